"""How many pods PodDisruptionBudgets allow to be put out.

Source: pkg/scheduler/framework/preemption/util.go FilterVictimsWithPDBViolation, pkg/controller/disruption/disruption.go.
"""

from collections import Counter
from collections.abc import Sequence

from models.cluster import DisruptionBudget
from planner.foresee.group import Cast
from planner.foresee.state import State
from planner.rules import disruption, selectors


class Budgets:
    """The budgets, and whom each protects."""

    def __init__(self, cast: Cast) -> None:
        """Learn which groups each budget selects."""
        self._all = [(budget, _protected(budget, cast)) for budget in cast.plan.cluster.budgets]
        self._expected = [sum(cast.groups[at].size for at in groups) for _, groups in self._all]
        self._counted = [
            all(disruption.counts(budget, cast.groups[at].workload.kind) for at in groups) for budget, groups in self._all
        ]
        self._of: dict[int, list[int]] = {}
        for number, (_, groups) in enumerate(self._all):
            for at in sorted(groups):
                self._of.setdefault(at, []).append(number)

    def broken_by(self, state: State, groups: Sequence[int]) -> list[int]:
        """Say of each pod, given by its group, how many budgets its going would break once those before it are gone."""
        gone: Counter[int] = Counter()
        found = []
        for group in groups:
            broken = 0
            for number in self._of.get(group, ()):
                gone[number] += 1
                broken += gone[number] > self._allowed(state, number)
            found.append(broken)
        return found

    def _allowed(self, state: State, number: int) -> int:
        budget, groups = self._all[number]
        healthy = sum(state.placed.get(at, 0) for at in groups)
        return max(0, disruption.allowed(budget, healthy, self._expected[number])) if self._counted[number] else 0


def _protected(budget: DisruptionBudget, cast: Cast) -> set[int]:
    return {
        group.at
        for group in cast.groups
        if group.pod.namespace == budget.namespace and selectors.matches(budget.selector, group.pod.labels)
    }
