"""How many pods a workload has at its peak: what a rollout adds is counted as far as the rollout needs it.

Source: pkg/controller/deployment/rolling.go. A rollout sticks only where no new pod finds a place and no old one may end:
where a rule limits how many pods stand side by side, one more is enough, and none is needed if an old pod may end first.
"""

from dataclasses import dataclass
from typing import Any

from models.disclosure import Disclosure
from models.kubernetes.pod import Pod, PodAffinityTerm
from models.trust import Demand
from planner.read.documents.remarks import remark
from planner.read.values.selectors import may_match
from planner.read.workloads.pod_count.rollout_strategy import Rollout
from planner.read.workloads.pod_source import PodSource
from planner.wording.disclosures import said

_HASH = "pod-template-hash"
_TERMS = "requiredDuringSchedulingIgnoredDuringExecution"
_APART = "its required anti-affinity keeps them apart"
_SPREAD = "they are spread (DoNotSchedule)"
_PORTS = "they take ports of their node"


@dataclass(frozen=True, slots=True)
class Peak:
    """How many pods come on top during a rollout, in words where the number came from, and what a plan cannot promise."""

    surge: int
    counted: str
    unsaid: Disclosure | None = None


def at_peak(source: PodSource, pod: Pod, demand: Demand) -> Peak:
    """Count what a rollout of the pod source's pods adds; `pod` is one of them."""
    rollout = source.rollout
    added = rollout.added(source.pods) if rollout else 0
    if rollout is None or not demand.surge or not added:
        return Peak(0, source.counted)
    why = _side_by_side(pod)
    if why == _APART and _told_apart(source):
        unsaid = remark("apart", count=added, strategy=rollout.words)
        return Peak(0, f"{_base(source)}; {said(unsaid).message}", unsaid)
    if not why or rollout.whole or (added == 1 and not rollout.ended_first(source.pods)):
        joint = ", and" if source.counted else " and"
        return Peak(added, f"{_base(source)}{joint} {added} more during a rollout ({rollout.words})")
    return _count_waiting(source, rollout, added, why)


def _count_waiting(source: PodSource, rollout: Rollout, added: int, why: str) -> Peak:
    """Count one pod, or none, of those that a rollout adds, for the others may wait until an old one has ended."""
    first = rollout.ended_first(source.pods)
    if first:
        text = f"{added} more during a rollout ({rollout.words}) may wait until an old pod has ended, as {why}: not counted"
        return Peak(0, f"{_base(source)}; {text}")
    text = f"1 more during a rollout, the first of {added} ({rollout.words}): the others may wait, as {why}"
    return Peak(1, f"{_base(source)}, and {text}")


def _base(source: PodSource) -> str:
    return source.counted or f"{source.pods} replica{'s' if source.pods != 1 else ''}"


def _side_by_side(pod: Pod) -> str:
    """Say what limits how many such pods stand side by side, if anything does."""
    if any(_meets_itself(term, pod) for term in pod.pod_anti_affinity):
        return _APART
    spread = (constraint for constraint in pod.topology_spread_constraints if constraint.when_unsatisfiable == "DoNotSchedule")
    if any(may_match(rule.label_selector, pod.labels) for rule in spread):
        return _SPREAD
    if any(container.host_ports for container in (*pod.containers, *pod.init_containers)):
        return _PORTS
    return ""


def _meets_itself(term: PodAffinityTerm, pod: Pod) -> bool:
    here = pod.namespace in term.namespaces or not term.namespaces or term.namespace_selector is not None
    return here and may_match(term.label_selector, pod.labels)


def _told_apart(source: PodSource) -> bool:
    """Say whether its required anti-affinity tells old pods from new ones, which the nouns cannot say."""
    given: Any = source.spec.affinity
    for step in ("podAntiAffinity", _TERMS):
        given = given.get(step) if isinstance(given, dict) else None
    terms = given if isinstance(given, list) else []
    return any(_HASH in (term.get("matchLabelKeys") or ()) for term in terms if isinstance(term, dict))


def pods_away(source: PodSource, surge: int) -> int:
    """Count the pods that may be away at once in a rollout that adds so many: one at least where it adds none."""
    least = 0 if surge else 1
    return max(source.rollout.ended_first(source.pods), least) if source.rollout else least
