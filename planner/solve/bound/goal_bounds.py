"""What is proven about the goals of a placement from sums alone."""

from dataclasses import dataclass, field

from planner.solve.bound.aggregate_model import AggregateModel, AggregateSolution, Expression
from planner.solve.bound.divide import is_small, least_moves, least_relabels
from planner.solve.bound.node_spread import has_node_spread
from planner.solve.instance.aggregate import Merged, merge
from planner.solve.instance.arrays import Facts
from planner.solve.instance.assignment import Assignment, count_missing
from planner.solve.instance.goal_values import WHOLE, count_moved, count_relabelled, count_unplaced, headroom_of, priorities_of
from planner.solve.runtime.cp_sat import INFEASIBLE
from planner.solve.runtime.search_context import SearchContext


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least that each goal must come to, given what the placement makes of the goals before it; the most head-room."""

    unplaced: tuple[int, ...]
    moves: int
    relabels: int
    headroom: int


@dataclass(slots=True)
class Prover:
    """Proves bounds for one placement; `hoped` are divisions that would give more head-room, if the pods fit."""

    facts: Facts
    plan: Assignment
    context: SearchContext
    hoped: list[tuple[int, AggregateSolution]] = field(default_factory=list)
    merged: Merged = field(init=False)

    def prove(self) -> Bounds:
        """Go through the goals in their order, holding the sums to what the placement reached."""
        problem, plan = self.facts.problem, self.plan
        incomplete = any(count_missing(problem, plan))
        merged = self.merged = self._merge()
        # Details cost time: they are looked at where pods have no place, and where spread says how many nodes a ring needs.
        division = AggregateModel(merged, detailed=incomplete or has_node_spread(problem))
        division.start_from(plan)
        tiers = []
        for priority in priorities_of(problem):
            terms = division.unplaced(priority)
            tiers.append(self._goal(division, terms, count_unplaced(problem, plan.counts, priority), 0))
        stayed = least_moves(self.facts)
        if self.facts.running.any() and merged.running:
            stayed = self._goal(division, division.moves(), count_moved(problem, plan.counts), stayed)
        kept = self._goal(division, division.relabels(), count_relabelled(problem, plan.ring_of), least_relabels(self.facts))
        return Bounds(tuple(tiers), stayed, kept, self._headroom(division))

    def _merge(self) -> Merged:
        """Tell nodes apart by what runs on them unless that makes too many groups; forgetting it proves less, not wrongly."""
        tuning = self.context.tuning.sums
        merged = merge(self.facts, tuning)
        return merged if is_small(merged, tuning) else merge(self.facts, tuning, running=False)

    def _goal(self, division: AggregateModel, terms: Expression, value: int, least: int) -> int:
        bound = least
        if value > least:
            answer = division.minimize(terms, self.context.budget.work / 8, self.context.deadline)
            # the placement itself keeps the sums: a solver that calls them impossible has proven nothing
            bound = max(least, answer.bound if answer.status != INFEASIBLE else 0)
        if terms:
            division.hold(terms, value)
        # a bound above what was reached contradicts itself, so the solver's word does not count
        return bound if bound <= value else least

    def _headroom(self, division: AggregateModel) -> int:
        """Find the smallest head-room that is refuted; what stays open counts as possible."""
        low, high = headroom_of(self.facts, self.plan.ring_of, self.plan.counts), WHOLE
        while low < high:
            # rounded up: `low = middle` would stand still otherwise
            middle = (low + high + 1) // 2
            answer = division.free_at_least(middle, self.context.budget.work / 100, self.context.deadline)
            if answer.status == INFEASIBLE:
                high = middle - 1
            else:
                low = middle
            if answer.found:
                self.hoped.append((middle, division.shares(answer.values)))
        return high
