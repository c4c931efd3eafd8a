"""Which pods the terms of others mean, found by their labels: of a thousand workloads with rules few mean all."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import LabelSelector
from models.kubernetes.pod import Pod, PodAffinityTerm, TopologySpreadConstraint
from models.solver.indexed_problem import Batch
from planner.rules.plugins import interpodaffinity, podtopologyspread

Chosen = tuple[int, ...]


@dataclass(slots=True)
class Labelled:
    """Batches, each known by its namespace and labels; terms that mean the same get the same answer, which is one object."""

    cluster: Cluster
    batches: Sequence[Batch]
    _alike: dict[object, list[int]] = field(default_factory=dict)
    _by_label: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    _by_key: dict[str, list[int]] = field(default_factory=dict)
    _answers: dict[object, Chosen] = field(default_factory=dict)
    _known: dict[Chosen, Chosen] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Note by which labels those can be found that are alike, of each group its first batch."""
        for number, batch in enumerate(self.batches):
            self._alike.setdefault((batch.pod.namespace, batch.pod.labels), []).append(number)
        for first, *_ in self._alike.values():
            for key, value in self.batches[first].pod.labels.items():
                self._by_label.setdefault((key, value), []).append(first)
                self._by_key.setdefault(key, []).append(first)

    def selected(self, owner: Pod, terms: Sequence[PodAffinityTerm]) -> Chosen:
        """Return the batches that match every one of the owner's terms."""

        def meant(other: Pod) -> bool:
            return all(interpodaffinity.selects(term, owner, other, self.cluster) for term in terms)

        return self._answer((owner.namespace, tuple(terms)), [term.label_selector for term in terms], meant)

    def counting(self, owner: Pod, constraint: TopologySpreadConstraint) -> Chosen:
        """Return the batches that count for the owner's constraint."""

        def meant(other: Pod) -> bool:
            return podtopologyspread.counts(constraint, owner, other)

        return self._answer((owner.namespace, constraint.label_selector), [constraint.label_selector], meant)

    def _answer(self, question: object, selectors: Iterable[LabelSelector | None], meant: Callable[[Pod], bool]) -> Chosen:
        if question not in self._answers:
            groups = (self._group(first) for first in self._candidates(selectors) if meant(self.batches[first].pod))
            chosen = tuple(sorted(number for group in groups for number in group))
            self._answers[question] = self._known.setdefault(chosen, chosen)
        return self._answers[question]

    def _group(self, first: int) -> list[int]:
        pod = self.batches[first].pod
        return self._alike[pod.namespace, pod.labels]

    def _candidates(self, selectors: Iterable[LabelSelector | None]) -> Sequence[int]:
        """Return the groups, each by its first batch, that may match all selectors: by the label that is rarest."""
        result: list[Sequence[int]] = [[first for first, *_ in self._alike.values()]]
        for selector in selectors:
            if selector is None:
                return ()
            result += [self._by_label.get(pair, ()) for pair in selector.match_labels.items()]
            for expression in selector.match_expressions:
                if expression.operator == "In":
                    result.append(
                        [first for value in set(expression.values) for first in self._by_label.get((expression.key, value), ())]
                    )
                elif expression.operator == "Exists":
                    result.append(self._by_key.get(expression.key, ()))
        return min(result, key=len)
