"""The way from a Problem to an Outcome: build, prove, search exactly where that is small enough, check, explain."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from models.solver.outcome import FEASIBLE, INFEASIBLE, UNDECIDED, Goal, Outcome
from models.solver.problem import Problem
from planner.solve.bound.counting import Counting
from planner.solve.bound.goal_bounds import Bounds, Prover
from planner.solve.exact.solve import ExactModel, GoalResult
from planner.solve.heuristics.balance_headroom import even_out
from planner.solve.infeasible.minimal_conflict import Conflict, conflict_of
from planner.solve.instance.arrays import Facts, facts_of
from planner.solve.instance.assignment import Assignment, count_missing, count_ringless, empty_assignment
from planner.solve.instance.goal_values import (
    WHOLE,
    count_moved,
    count_relabelled,
    count_unplaced,
    goals_of_moves,
    headroom_of,
    priorities_of,
)
from planner.solve.place.complete import assert_valid
from planner.solve.place.construct import Builder
from planner.solve.redundancy.owned import RedundancySearch, without_failures
from planner.solve.runtime.deadline import Deadline
from planner.solve.runtime.interrupt import in_time
from planner.solve.runtime.search_context import SearchContext


def search(problem: Problem, context: SearchContext, start: Assignment | None = None) -> Outcome:
    """Return the best placement found, what is proven of it, and, if not everything fits, why; `start` is one that is known.

    A placement of all pods is to survive the problem's losses. Where none is known that does, the answer is the best one that
    does not, and "undecided", or "infeasible" if it is proven that there is none.
    """
    facts, deadline = facts_of(problem), context.deadline
    last_steps = context.tuning.placement.last_steps * (deadline.left() or 0.0)
    attempt = Search(without_failures(facts), context, start)
    attempt.is_late = not in_time(attempt.run, _a_little_more(deadline, last_steps))
    if attempt.is_late:
        attempt.take_up()
    if problem.losses and not any(count_missing(problem, attempt.plan)):
        context.progress(f"trying {len(problem.losses):,} losses")
        survivor = RedundancySearch(facts, context.with_work(context.budget.work))
        if not in_time(lambda: attempt.survive(survivor), _a_little_more(deadline, last_steps)):
            attempt.give_up(survivor)
    return attempt.outcome()


def _a_little_more(deadline: Deadline, more: float) -> float | None:
    """Return the seconds until a search that looks at the clock is cut short, with some more for the steps that do not."""
    left = deadline.left()
    return left if left is None else left + more


@dataclass(slots=True)
class Search:
    """One run; `short` is the verdict where all pods have a place but the rings do not survive.

    Whenever it is cut short `plan` keeps all rules, and `bounds` hold. It `is_late` then.
    """

    facts: Facts
    context: SearchContext
    start: Assignment | None = None
    plan: Assignment = field(init=False)
    bounds: Bounds = field(init=False)
    short: str = ""
    is_late: bool = False
    builder: Builder | None = None

    def __post_init__(self) -> None:
        """Begin with no pod in its place, and nothing proven."""
        self.plan = self.start or empty_assignment(self.facts.problem)
        self.bounds = Bounds(tuple(0 for _ in priorities_of(self.facts.problem)), 0, 0, WHOLE)

    def run(self) -> bool:
        """Build a placement, prove what sums prove, and close what gaps are left if the problem is small."""
        problem = self.facts.problem
        self.context.progress(f"dividing {len(problem.nodes):,} nodes among {len(problem.rings):,} rings")
        self.builder = builder = Builder(self.facts, self.context.part(self.context.tuning.placement.building))
        self.plan = builder.build(self.start)
        self.context.progress(f"proving how good {int(self.facts.counts.sum()):,} pods are placed")
        prover = Prover(self.facts, self.plan, self.context)
        self.bounds = prover.prove()
        self._aim(builder, prover)
        if self._is_open() and int((self.facts.fit > 0).sum()) <= self.context.budget.exact:
            self.context.progress("searching exactly")
            self._exactly()
        self.plan = assert_valid(problem, even_out(self.facts, self.plan))
        return True

    def take_up(self) -> None:
        """Go on with the best placement that was built before all was cut short, or with what was packed by then."""
        if self.builder is None:
            return
        self.plan = self.builder.best or self.plan
        packed = in_time(self.builder.packed_so_far, 0) if any(count_missing(self.facts.problem, self.plan)) else None
        if packed and sum(count_missing(self.facts.problem, packed)) < sum(count_missing(self.facts.problem, self.plan)):
            self.plan = packed

    def give_up(self, survivor: RedundancySearch) -> None:
        """Take what survives if there is such a placement by now, though nothing is proven of it; else nothing is known."""
        self.plan, self.short = survivor.plan or self.plan, "" if survivor.plan else UNDECIDED

    def survive(self, survivor: RedundancySearch) -> bool:
        """Replace a placement that does not survive by one that does, or say that none was found."""
        surviving = survivor.find(self.plan, self.start)
        if surviving is None:
            self.short = INFEASIBLE if survivor.impossible else UNDECIDED
        elif surviving is not self.plan:
            survivor.improve()
            self.plan, self.bounds = survivor.plan or surviving, survivor.bounds or self.bounds
        return True

    def _aim(self, builder: Builder, prover: Prover) -> None:
        """Try the divisions that promise more head-room, the best first, until one keeps its promise."""
        before = self._values()
        for promised, shares in sorted(prover.hoped, key=lambda hope: -hope[0])[: self.context.tuning.placement.hopes]:
            self.plan = builder.aim(shares, prover.merged)
            if self._values()[-1] >= promised:
                break
        # bounds hold under what the goals before have come to: for other values they are proven anew
        if self._values()[:-1] != before[:-1]:
            self.bounds = Prover(self.facts, self.plan, self.context).prove()

    def _values(self) -> tuple[int, ...]:
        problem, plan = self.facts.problem, self.plan
        tiers = [count_unplaced(problem, plan.counts, priority) for priority in priorities_of(problem)]
        free = headroom_of(self.facts, plan.ring_of, plan.counts)
        return (*tiers, count_moved(problem, plan.counts), count_relabelled(problem, plan.ring_of), free)

    def _proven_values(self) -> tuple[int, ...]:
        return (*self.bounds.unplaced, self.bounds.moves, self.bounds.relabels, self.bounds.headroom)

    def _is_open(self) -> bool:
        return self._values() != self._proven_values() or count_ringless(self.facts, self.plan) > 0

    def _exactly(self) -> None:
        exact = ExactModel(self.facts, self.context, self.plan)
        exact.fill_rings()
        goals: list[Callable[[int], GoalResult]] = [
            *(partial(exact.place, priority) for priority in priorities_of(self.facts.problem)),
            exact.stay,
            exact.keep_labels,
            exact.even_out,
        ]
        *least, most = self._proven_values()
        anything = [*(0 for _ in least), WHOLE]
        won: list[GoalResult] = []
        known = True
        for goal, before, proven, trivial in zip(goals, self._values(), (*least, most), anything, strict=True):
            won.append(goal(proven if known else trivial))
            # what sums proved holds under what the goals before had come to; once one of them is worse, it no longer does
            known = known and won[-1].value <= before
        self.plan = assert_valid(self.facts.problem, exact.found())
        *tiers, stayed, kept, free = (w.bound for w in won)
        self.bounds = Bounds(tuple(tiers), stayed, kept, free)

    def outcome(self) -> Outcome:
        """Put it into the words of the contract."""
        plan, left = self.plan, count_missing(self.facts.problem, self.plan)
        counts = tuple(tuple(sorted(on.items())) for on in plan.counts)
        if not any(left):
            return Outcome(self.short or FEASIBLE, plan.ring_of, counts, left, self._goals())
        conflict = None if self.is_late else in_time(self._contradiction, self.context.deadline.left())
        if conflict is None:
            return Outcome(UNDECIDED, plan.ring_of, counts, left, self._goals())
        goals = self._goals(least=1)
        return Outcome(INFEASIBLE, plan.ring_of, counts, left, goals, conflict.classes, conflict.parts, conflict.smallest)

    def _contradiction(self) -> Conflict | None:
        """Say why not everything can be placed; what nothing confirms is not proven."""
        self.context.progress("looking for the smallest contradiction")
        conflict = conflict_of(self.facts, self.plan, self.context, sum(self.bounds.unplaced) > 0)
        short = Counting.of(self.facts).short()
        tiers = priorities_of(self.facts.problem)
        sums = [sum(int(short[i]) for i, c in enumerate(self.facts.problem.classes) if c.priority == tier) for tier in tiers]
        least = tuple(map(max, self.bounds.unplaced, sums)) if conflict else tuple(sums)
        self.bounds = replace(self.bounds, unplaced=least)
        return conflict

    def _goals(self, least: int = 0) -> tuple[Goal, ...]:
        """List the goals; at least so many pods stay without a place, of whatever priority."""
        priorities = priorities_of(self.facts.problem)
        values, proven = self._values(), self._proven_values()
        pairs = [GoalResult(*pair) for pair in zip(values, proven, strict=True)]
        tiers = pairs[: len(priorities)]
        goals = [
            Goal(f"unplaced (priority {priority})", tier.value, tier.bound)
            for priority, tier in zip(priorities, tiers, strict=True)
            if len(priorities) > 1
        ]
        goals.append(Goal("unplaced", sum(t.value for t in tiers), max(least, sum(t.bound for t in tiers))))
        stayed, kept, free = pairs[len(priorities) :]
        goals += goals_of_moves(self.facts.problem, stayed.value, stayed.bound)
        goals += [Goal("relabels", kept.value, kept.bound), Goal("headroom", free.value, free.bound, "max")]
        return tuple(goals)
