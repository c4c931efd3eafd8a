"""The way from a Problem to an Outcome: build, prove, search exactly where that is small enough, check, explain."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from models.outcome import FEASIBLE, INFEASIBLE, UNDECIDED, Goal, Outcome
from models.problem import Problem
from planner.solve.bounds import Bounds, Prover
from planner.solve.build import Builder
from planner.solve.check import breaches
from planner.solve.conflict import smallest_conflict
from planner.solve.exact import Exact, Won
from planner.solve.facts import Facts, facts_of
from planner.solve.limits import Limits
from planner.solve.objectives import headroom, moves, relabels, unplaced
from planner.solve.plan import Plan, missing, ringless
from planner.solve.sat import Clock
from planner.solve.spares import level

HOPES = 4
Progress = Callable[[str], None]


def search(problem: Problem, limits: Limits, progress: Progress) -> Outcome:
    """Return the best placement found, what is proven of it, and, if not everything fits, why."""
    found = Search(facts_of(problem), limits, Clock(limits.seconds), progress)
    found.run()
    return found.outcome()


def fits_all(facts: Facts, limits: Limits, clock: Clock) -> bool:
    """Say whether a placement of all pods was found, by packing or, where that is small enough, exactly."""
    plan = Builder(facts, limits, clock).build()
    if any(missing(facts.problem, plan)) and int((facts.fit > 0).sum()) <= limits.exact:
        exact = Exact(facts, limits, clock, plan)
        exact.fill_rings()
        exact.place(None)
        plan = exact.found()
    return not any(missing(facts.problem, plan))


@dataclass(slots=True)
class Search:
    """One run; `won` lists the goals in their order with value and bound."""

    facts: Facts
    limits: Limits
    clock: Clock
    progress: Progress
    plan: Plan = field(init=False)
    bounds: Bounds = field(init=False)

    def run(self) -> None:
        """Build a placement, prove what sums prove, and close what gaps are left if the problem is small."""
        problem = self.facts.problem
        self.progress(f"dividing {len(problem.nodes):,} nodes among {len(problem.rings):,} rings")
        builder = Builder(self.facts, self.limits, self.clock)
        self.plan = builder.build()
        self.progress(f"proving how good {int(self.facts.counts.sum()):,} pods are placed")
        prover = Prover(self.facts, self.plan, self.limits, self.clock)
        self.bounds = prover.prove()
        self._aim(builder, prover)
        if self._open() and int((self.facts.fit > 0).sum()) <= self.limits.exact:
            self.progress("searching exactly")
            self._exactly()
        self.plan = level(self.facts, self.plan)
        wrong = next(breaches(problem, self.plan.ring_of, self.plan.counts), None)
        if wrong:
            raise AssertionError(f"the placement breaks a rule: {wrong.rule}: {wrong.what}")

    def _aim(self, builder: Builder, prover: Prover) -> None:
        """Try the divisions that promise more head-room, the best first, until one keeps its promise."""
        before = self._values()
        for promised, shares in sorted(prover.hoped, key=lambda hope: -hope[0])[:HOPES]:
            self.plan = builder.aim(shares, prover.merged)
            if self._values()[-1] >= promised:
                break
        if self._values()[:-1] != before[:-1]:
            self.bounds = Prover(self.facts, self.plan, self.limits, self.clock).prove()

    def _values(self) -> tuple[int, ...]:
        problem, plan = self.facts.problem, self.plan
        tiers = [unplaced.count(problem, plan.counts, priority) for priority in unplaced.priorities(problem)]
        free = headroom.permille(self.facts, plan.ring_of, plan.counts)
        return (*tiers, moves.count(problem, plan.counts), relabels.count(problem, plan.ring_of), free)

    def _proven(self) -> tuple[int, ...]:
        return (*self.bounds.unplaced, self.bounds.moves, self.bounds.relabels, self.bounds.headroom)

    def _open(self) -> bool:
        return self._values() != self._proven() or ringless(self.facts, self.plan) > 0

    def _exactly(self) -> None:
        exact = Exact(self.facts, self.limits, self.clock, self.plan)
        exact.fill_rings()
        goals: list[Callable[[int], Won]] = [
            *(partial(exact.place, priority) for priority in unplaced.priorities(self.facts.problem)),
            exact.stay,
            exact.keep_labels,
            exact.even_out,
        ]
        *least, most = self._proven()
        anything = [*(0 for _ in least), headroom.WHOLE]
        won: list[Won] = []
        known = True
        for goal, before, proven, trivial in zip(goals, self._values(), (*least, most), anything, strict=True):
            won.append(goal(proven if known else trivial))
            # what sums proved holds under what the goals before had come to; once one of them is worse, it no longer does
            known = known and won[-1].value <= before
        self.plan = exact.found()
        *tiers, stayed, kept, free = (w.bound for w in won)
        self.bounds = Bounds(tuple(tiers), stayed, kept, free)

    def outcome(self) -> Outcome:
        """Put it into the words of the contract."""
        problem, plan = self.facts.problem, self.plan
        left, proven = missing(problem, plan), sum(self.bounds.unplaced)
        verdict = FEASIBLE if not any(left) else INFEASIBLE if proven else UNDECIDED
        conflict: tuple[int, ...] = ()
        if verdict == INFEASIBLE:
            self.progress("looking for the smallest contradiction")
            conflict = smallest_conflict(self.facts, self.limits, self.clock)
        counts = tuple(tuple(sorted(on.items())) for on in plan.counts)
        return Outcome(verdict, plan.ring_of, counts, left, self._goals(), conflict)

    def _goals(self) -> tuple[Goal, ...]:
        priorities = unplaced.priorities(self.facts.problem)
        values, proven = self._values(), self._proven()
        pairs = [Won(*pair) for pair in zip(values, proven, strict=True)]
        tiers = pairs[: len(priorities)]
        goals = [
            Goal(f"unplaced (priority {priority})", tier.value, tier.bound)
            for priority, tier in zip(priorities, tiers, strict=True)
            if len(priorities) > 1
        ]
        goals.append(Goal("unplaced", sum(t.value for t in tiers), sum(t.bound for t in tiers)))
        names = ("moves", "min"), ("relabels", "min"), ("headroom", "max")
        for (name, sense), won in zip(names, pairs[len(priorities) :], strict=True):
            goals.append(Goal(name, won.value, won.bound, sense))
        return tuple(goals)
