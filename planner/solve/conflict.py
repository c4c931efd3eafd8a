"""The smallest set of classes whose demands already contradict each other, found by leaving out one after the other.

Only classes of the set must be placed; all others may be there if that helps, so leaving one out never makes it harder.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from planner.solve.build import Builder
from planner.solve.division import Division
from planner.solve.exact import Exact
from planner.solve.facts import Facts, facts_of
from planner.solve.kinds import merge
from planner.solve.limits import Limits
from planner.solve.objectives import unplaced
from planner.solve.plan import Plan
from planner.solve.sat import INFEASIBLE, PLAIN, SEARCH, SUMS, Clock, Model
from planner.solve.subproblem import REQUIRED, fresh, only

COST = 0.02
SHARE = 8
Refuter = Callable[[Sequence[int]], bool]


def smallest_conflict(facts: Facts, limits: Limits, clock: Clock) -> tuple[int, ...]:
    """Return the classes, ascending; empty if no such set could be proven within the limits."""
    return _Filter(facts, limits, clock).find()


@dataclass(slots=True)
class _Filter:
    facts: Facts
    limits: Limits
    clock: Clock
    left: float = 0.0
    sums: Division = field(init=False)

    def __post_init__(self) -> None:
        self.left = self.limits.conflict
        self.sums = Division(merge(facts_of(fresh(self.facts.problem)), apart=True), detailed=False)

    def find(self) -> tuple[int, ...]:
        """Delete in halves, quarters, … and one by one, the small demands first; then show that every member is needed.

        The coarsest model that refuses goes first, the finer ones after it.
        """
        core, refused = self._by_demand(), False
        for refuted in (self._refuted_by_sums, self._refuted_by_details, self._refuted_exactly):
            if refused or refuted(core):
                core, refused = self._delete(core, refuted), True
        return self._confirmed(core) if refused else ()

    def _by_demand(self) -> list[int]:
        facts = self.facts
        have = np.maximum(1, facts.capacity.clip(min=0).sum(axis=0))
        demand = (facts.requests * facts.counts[:, None] / have).max(axis=1, initial=0.0)
        return sorted((c for c in facts.plain if facts.counts[c]), key=lambda c: (demand[c], c))

    def _delete(self, core: Sequence[int], refuted: Refuter) -> list[int]:
        kept, step, keep_back = list(core), max(1, len(core) // 2), self.left / 2
        while self.left > keep_back:
            at = 0
            while at < len(kept) and self.left > keep_back:
                without = kept[:at] + kept[at + step :]
                if without and refuted(without):
                    kept = without
                else:
                    at += step
            if step == 1:
                return kept
            step = max(1, step // 2)
        return kept

    def _confirmed(self, core: Sequence[int]) -> tuple[int, ...]:
        """Show with different means that the set contradicts itself, and that it no longer does without any one class."""
        if not self._refuted_again(core):
            return ()
        needed = len(core) == 1 or all(self._possible([other for other in core if other != c]) for c in core)
        return tuple(sorted(core)) if needed else ()

    def _refuted_by_sums(self, classes: Sequence[int]) -> bool:
        """Say whether the sums alone are impossible."""
        return self._sums_of(classes, SUMS)

    def _sums_of(self, classes: Sequence[int], style: str) -> bool:
        model, wanted = self.sums.model.copy(), set(classes)
        for t, type_ in enumerate(self.sums.merged.types):
            if type_.classes[0] in wanted:
                model.linear([(1, self.sums.left_out[t])], high=0)
        return self._impossible(model, self.limits.work / 40, style)

    def _impossible(self, model: Model, work: float, style: str) -> bool:
        answer = model.solve(work, self.clock, style)
        self.left -= answer.spent + COST
        return answer.status == INFEASIBLE

    def _refuted_by_details(self, classes: Sequence[int]) -> bool:
        """Say whether the sums per kind of node are impossible."""
        return self.left > 0 and self._details_of(classes, SUMS)

    def _details_of(self, classes: Sequence[int], style: str) -> bool:
        part = facts_of(only(self.facts.problem, classes))
        division = Division(merge(part))
        division.hold(division.unplaced(REQUIRED), 0)
        self.left -= COST * SHARE
        return self._impossible(division.model, self.limits.work / 40, style)

    def _refuted_exactly(self, classes: Sequence[int]) -> bool:
        """Say whether the whole model is impossible, if it is small enough to ask."""
        part = facts_of(only(self.facts.problem, classes))
        if self.left <= 0 or int((part.fit > 0).sum()) > self.limits.exact:
            return False
        return self._exactly(part, self.limits.work / 10, SEARCH)

    def _exactly(self, part: Facts, work: float, style: str) -> bool:
        exact = Exact(part, self.limits, self.clock)
        for c in part.plain:
            if part.problem.classes[c].priority == REQUIRED:
                exact.model.linear([(1, exact.variables.missing(c))], high=0)
        return self._impossible(exact.model, work, style)

    def _refuted_again(self, classes: Sequence[int]) -> bool:
        """Ask a second time without presolve: the solver has called possible models impossible before."""
        if self._sums_of(classes, PLAIN) or self._details_of(classes, PLAIN):
            return True
        part = facts_of(only(self.facts.problem, classes))
        return int((part.fit > 0).sum()) <= self.limits.exact and self._exactly(part, self.limits.work, PLAIN)

    def _possible(self, classes: Sequence[int]) -> bool:
        """Say whether a placement of these classes was found."""
        if self.left <= 0:
            return False
        part = facts_of(only(self.facts.problem, classes))
        limits = replace(self.limits, work=self.limits.work / SHARE)
        plan: Plan = Builder(part, limits, self.clock).build()
        if unplaced.count(part.problem, plan.counts, REQUIRED) and int((part.fit > 0).sum()) <= self.limits.exact:
            exact = Exact(part, limits, self.clock, plan)
            exact.fill_rings()
            exact.place(REQUIRED)
            plan = exact.found()
        self.left -= COST * SHARE
        return not unplaced.count(part.problem, plan.counts, REQUIRED)
