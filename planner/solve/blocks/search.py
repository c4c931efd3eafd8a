"""Logic-based Benders decomposition (Hooker and Ottosson, 2003): rings of blocks first, then pods; what fails is ruled out.

The master problem knows sums only. A choice of its rings leaves a problem without blocks, which the usual search solves. Where
that is proven to hold not all pods, the rings whose pods contradict each other must have other blocks next time.
"""

from dataclasses import dataclass, field, replace

from models.solver.outcome import FEASIBLE, INFEASIBLE, UNDECIDED, Outcome
from models.solver.problem import Problem
from planner.solve.blocks.goals import Vector, bounds_over, vector_of, without_proof
from planner.solve.blocks.master import Master, Proposal
from planner.solve.instance.arrays import facts_of
from planner.solve.instance.blocks import Choice, restricted
from planner.solve.owned.solve import search
from planner.solve.runtime.search_context import SearchContext


def search_blocks(problem: Problem, context: SearchContext) -> Outcome:
    """Return the best placement that was found with every block in one ring, or in several where it may be divided."""
    return _Search(problem, context).run()


@dataclass(slots=True)
class _Search:
    """One run; `tried` are the outcomes of the choices that were looked at, by choice."""

    problem: Problem
    context: SearchContext
    master: Master = field(init=False)
    tried: dict[Choice, Outcome] = field(default_factory=dict)
    best: Outcome | None = None
    further: Proposal | None = None
    is_proven: bool = True

    def run(self) -> Outcome:
        """Try choices until none that is left can be better, or enough were tried."""
        self.context.progress(f"choosing rings for {len(self.problem.blocks):,} node groups")
        self.master = Master(facts_of(self.problem), self.context)
        while not self._is_over():
            self.further = self.master.propose()
            if self.further is None or self._is_best():
                break
            self._try(self.further.choice)
        return self._with_bounds(self.best) if self.best else self._refused()

    def _is_over(self) -> bool:
        if self.context.deadline.over() and self.tried:
            return True
        limits = self.context.tuning.blocks
        feasible = sum(outcome.verdict == FEASIBLE for outcome in self.tried.values())
        return feasible > limits.most_better or (not self.best and len(self.tried) >= limits.most_choices)

    def _is_best(self) -> bool:
        """Say whether nothing that is left can be better than the best that is known."""
        return self.best is not None and self.further is not None and self._vector(self.best) <= Vector.promised(self.further)

    def _vector(self, outcome: Outcome) -> Vector:
        return vector_of(self.problem, outcome)

    def _try(self, choice: Choice) -> None:
        """Place the pods in these rings, keep what is better, and rule the choice out."""
        outcome = self.tried[choice] = self._placed(choice)
        rings = self._rings_in_conflict(outcome)
        self.master.rule_out(choice, rings, bool(outcome.conflict) and self._more_helps())
        if outcome.verdict == FEASIBLE:
            self.best = min(self.best or outcome, outcome, key=self._vector)
        elif outcome.verdict == UNDECIDED:
            self.is_proven = False

    def _placed(self, choice: Choice) -> Outcome:
        outcome = search(restricted(self.problem, choice), self.context)
        is_whole = self.problem.divisible or all(self._is_whole(outcome, block) for block in self.problem.blocks)
        return outcome if is_whole or outcome.verdict != FEASIBLE else replace(outcome, verdict=UNDECIDED)

    def _is_whole(self, outcome: Outcome, block: tuple[int, ...]) -> bool:
        return len({outcome.ring_of[number] for number in block}) == 1

    def _rings_in_conflict(self, outcome: Outcome) -> set[int]:
        """Return the rings of pods that contradict each other; all rings where it is not known which do."""
        rings = {self.problem.classes[c].ring for c in outcome.conflict}
        return rings if rings and -1 not in rings else set(range(len(self.problem.rings)))

    def _more_helps(self) -> bool:
        """Say whether a ring with more nodes holds all that it holds with fewer: no spread, and no DaemonSet of one ring."""
        daemons = any(c.daemon and c.ring >= 0 for c in self.problem.classes)
        return not (daemons or self.problem.spreads)

    def _with_bounds(self, best: Outcome) -> Outcome:
        """Put in place of what is proven for the rings of these blocks what is proven for all."""
        further = None if self.master.is_exhausted else self.further
        is_bounded = self.master.is_exhausted or further is not None
        others = [outcome for outcome in self.tried.values() if outcome.verdict != INFEASIBLE]
        return replace(best, goals=bounds_over(self.problem, best, others, further, is_bounded))

    def _refused(self) -> Outcome:
        """Return what the best choice by sums places, and what is known of all others.

        Demands that contradict each other on single nodes do so on whole groups; but whether all others of them could be placed
        there was asked of nobody.
        """
        self.context.progress("looking whether divided groups would do")
        alone = search(replace(self.problem, blocks=()), self.context)
        choice = self.master.least()
        best = self.tried.get(choice) or self._placed(choice)
        is_refused = alone.verdict == INFEASIBLE or (self.master.is_exhausted and self.is_proven)
        verdict = INFEASIBLE if is_refused else UNDECIDED
        known = alone if alone.verdict == INFEASIBLE else None
        return replace(
            best,
            verdict=verdict,
            goals=without_proof(best, alone.goals, is_refused),
            conflict=known.conflict if known else (),
            conflict_parts=known.conflict_parts if known else (),
            conflict_smallest=False,
        )
