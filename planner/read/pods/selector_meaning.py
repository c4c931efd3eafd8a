"""The selectors of pods in a pod that may hang on labels that the plan cannot know."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from models.kubernetes.pod import Pod, PodAffinityTerm, PreferredPodTerm
from planner.read.pods.controller_labels import ADDED, TOPOLOGY
from planner.read.schema import pod_schema
from planner.read.schema.known_kinds import NAME_LABEL
from planner.read.values.selectors import keys_of

_ANTI = "podAntiAffinity"
_HOST = "kubernetes.io/hostname"


@dataclass(frozen=True, slots=True)
class Meaning:
    """A selector of pods; `label_keys` are those of matchLabelKeys and mismatchLabelKeys, which count where the pod has them.

    Not those that it gets when it is bound: the API server looks for them when it is made.
    """

    field: str
    is_hard: bool
    term: PodAffinityTerm
    label_keys: frozenset[str] = frozenset()

    @property
    def namespace_keys(self) -> frozenset[str]:
        """Return what namespaces are selected by; their names are always known."""
        return keys_of(self.term.namespace_selector) - {NAME_LABEL}

    @property
    def is_open(self) -> bool:
        """Say whether it may hang on anything that is not known."""
        return bool((keys_of(self.term.label_selector) | self.label_keys) & ADDED or self.namespace_keys)

    @property
    def is_wide(self) -> bool:
        """Say whether it keeps pods away that are in another ring: those are never on its own host."""
        return self.is_hard and self.field == _ANTI and self.term.topology_key != _HOST


def meanings(pod: Pod, affinity: pod_schema.Affinity, spreads: Sequence[pod_schema.Spread] | None) -> tuple[Meaning, ...]:
    """Return the selectors of a pod that may hang on labels that the plan cannot know."""
    selectors = (
        *_of_pod_affinity("podAffinity", affinity.pod_affinity, pod.pod_affinity, pod.preferred_pod_affinity),
        *_of_pod_affinity(_ANTI, affinity.pod_anti_affinity, pod.pod_anti_affinity, pod.preferred_pod_anti_affinity),
        *_of_spreads(pod, spreads or ()),
    )
    return tuple(meaning for meaning in selectors if meaning.is_open)


def _of_pod_affinity(
    field: str, given: pod_schema.PodAffinity | None, required: Iterable[PodAffinityTerm], preferred: Iterable[PreferredPodTerm]
) -> Iterator[Meaning]:
    given = given or pod_schema.PodAffinity()
    for required_term, term in zip(given.required or (), required, strict=True):
        yield Meaning(field, True, term, _label_keys(required_term))
    for weighted, preference in zip(given.preferred or (), preferred, strict=True):
        yield Meaning(field, False, preference.term, _label_keys(weighted.pod_affinity_term or pod_schema.PodTerm()))


def _label_keys(given: pod_schema.PodTerm) -> frozenset[str]:
    return frozenset((*(given.match_label_keys or ()), *(given.mismatch_label_keys or ()))) - TOPOLOGY


def _of_spreads(pod: Pod, spreads: Iterable[pod_schema.Spread]) -> Iterator[Meaning]:
    for spread, constraint in zip(spreads, pod.topology_spread_constraints, strict=True):
        term = PodAffinityTerm(constraint.topology_key, constraint.label_selector)
        is_hard = constraint.when_unsatisfiable == "DoNotSchedule"
        yield Meaning("topologySpreadConstraints", is_hard, term, frozenset(spread.match_label_keys or ()) - TOPOLOGY)
