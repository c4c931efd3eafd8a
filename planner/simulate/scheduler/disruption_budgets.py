"""How many pods PodDisruptionBudgets allow to be put out.

Source: pkg/scheduler/framework/preemption/util.go FilterVictimsWithPDBViolation.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from models.kubernetes.cluster import DisruptionBudget
from models.kubernetes.workload import WorkloadId
from planner.rules import disruption, selectors
from planner.simulate.scheduler.cluster_state import State
from planner.simulate.scheduler.pods import Cast


class Budgets:
    """The budgets, and whom each protects."""

    def __init__(self, cast: Cast) -> None:
        """Learn which groups each budget selects, and how many pods their controllers keep."""
        self._all = [(budget, _groups_protected(budget, cast)) for budget in cast.plan.cluster.budgets]
        keeps = {workload.id: workload.steady for workload in cast.plan.cluster.workloads}
        self._expected = [_by_kind({cast.groups[group].workload for group in groups}, keeps) for _, groups in self._all]
        self._of: dict[int, list[int]] = {}
        for number, (_, groups) in enumerate(self._all):
            for group in sorted(groups):
                self._of.setdefault(group, []).append(number)

    def broken_by(self, state: State, groups: Sequence[int]) -> list[bool]:
        """Say of each pod, given by its group, whether its going would break a budget once those before it are gone."""
        gone: Counter[int] = Counter()
        breaking = []
        for group in groups:
            mine = self._of.get(group, ())
            gone.update(mine)
            breaking.append(any(gone[number] > self._disruptions_allowed(state, number) for number in mine))
        return breaking

    def _disruptions_allowed(self, state: State, number: int) -> int:
        budget, groups = self._all[number]
        return disruption.allowed(budget, sum(state.placed.get(group, 0) for group in groups), self._expected[number])


def _by_kind(workloads: set[WorkloadId], keeps: Mapping[WorkloadId, int]) -> Counter[str]:
    expected: Counter[str] = Counter()
    for name in workloads:
        expected[name.kind] += keeps.get(name, 1)
    return expected


def _groups_protected(budget: DisruptionBudget, cast: Cast) -> set[int]:
    """Return the groups that the budget protects from preemption: none of them if its selector is empty."""
    selector = budget.selector
    if selector is None or not (selector.match_labels or selector.match_expressions):
        return set()
    # FilterVictimsWithPDBViolation passes over pods without labels, whatever a selector would say of them.
    mine = (group for group in cast.groups if group.pod.namespace == budget.namespace and group.pod.labels)
    return {group.number for group in mine if selectors.matches(selector, group.pod.labels)}
