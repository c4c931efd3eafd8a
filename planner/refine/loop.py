"""A packing becomes a promise: hints and room, until kube-scheduler leaves no pod pending in any order that was tried.

Counter-example-guided refinement: moves propose candidates, the oracle simulates them, and its counter-examples say where room is
wanting. The incumbent is what the oracle is sure of when an end is asked for.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from models.answer.plan import IsolationPlan
from planner.refine import compare
from planner.refine.deadline import Asked
from planner.refine.oracle.oracle import EXACT, Oracle, exact
from planner.refine.oracle.orders import is_large, is_small
from planner.refine.shortage import in_each_zone, reservations, shortage

if TYPE_CHECKING:
    from models.kubernetes.workload import WorkloadId
    from planner.refine.hints.reservations import Wanted
    from planner.refine.oracle.evaluation import Evaluation

__all__ = ["EXACT", "Refinement", "exact", "refine"]

REQUIRED = {"none": (), "prefer": (False,), "require": (False, True)}
"""Which hints to try, the gentle ones first: preferred, then required."""


@dataclass(slots=True)
class Refinement:
    """Looks for a plan that kube-scheduler keeps; `again` plans once more with room for more pods, None if there is none.

    `by_shape` may know a plan with the same nodes that is kept, `by_pools` one of another make, which is compared with what comes
    of more room; `by_hints` is asked where that does not do.
    """

    again: "Callable[[Wanted], IsolationPlan | None]"
    oracle: Oracle
    by_pools: "Callable[[Oracle], IsolationPlan | None] | None" = None
    by_shape: "Callable[[Oracle, IsolationPlan], IsolationPlan | None] | None" = None
    by_hints: "Callable[[Oracle, IsolationPlan], IsolationPlan | None] | None" = None
    wanted: "Counter[tuple[WorkloadId, str]]" = field(default_factory=Counter)

    def run(self, packing: IsolationPlan) -> IsolationPlan:
        """Return the packing itself where kube-scheduler finds it, else the first plan that it keeps, else what comes closest."""
        oracle, tuning = self.oracle, self.oracle.tuning
        best = self._with_hints(packing)
        shaped = self.by_shape(oracle, packing) if best.misses and self.by_shape else None
        if shaped is not None:
            return replace(shaped, packing_goals=packing.goals)
        pooled = self.by_pools(oracle) if best.misses and self.by_pools else None
        if pooled is not None and not is_small(packing, tuning) and compare.is_near(pooled, packing, tuning):
            return replace(pooled, packing_goals=packing.goals)
        best = self._with_room(packing, best)
        hinted = self.by_hints(oracle, best.plan) if best.misses and self.by_hints else None
        plan = hinted or oracle.settle(best)
        return compare.cheaper(replace(pooled, packing_goals=packing.goals), plan) if pooled else plan

    def _with_room(self, packing: IsolationPlan, best: "Evaluation") -> "Evaluation":
        """Make room for what kube-scheduler wastes, until nothing is missed or no more can be made."""
        tuning, evaluation = self.oracle.tuning, best
        attempts = tuning.few_attempts if is_large(packing, tuning) else tuning.attempts
        for attempt in range(2, attempts + 1):
            short = shortage(evaluation, self.oracle.any_order)
            if attempt > tuning.anywhere:
                short = in_each_zone(evaluation.plan, short)
            if not best.misses or not short:
                break
            self.oracle.progress(f"making room for what kube-scheduler wastes, attempt {attempt}")
            roomier = self._roomier(short)
            if roomier is None:
                break
            reserved = replace(roomier, reserves=reservations(roomier, self.wanted), packing_goals=packing.goals)
            evaluation = self._with_hints(reserved)
            # Of equals the first stays: it has less spare room.
            best = min(best, evaluation, key=_misses)
        return best

    def _roomier(self, short: "Counter[tuple[WorkloadId, str]]") -> IsolationPlan | None:
        """Plan with room for all who came short, or at least for one of them."""
        before = self.wanted
        # Sorted, as max takes the first of equals: which one that is must not hang on who came short first.
        worst = Counter({max(sorted(short), key=lambda name: short[name]): 1})
        for more in (short, worst) if short != worst else (short,):
            self.wanted = before + more
            plan = self.again(self.wanted)
            if plan is not None:
                return plan
        return None

    def _with_hints(self, plan: IsolationPlan) -> "Evaluation":
        """Lead the workloads of the rings that are not kept, and of no others."""
        from planner.refine.hints import guides
        from planner.refine.oracle import failures

        best = self.oracle.evaluate(plan)
        for required in REQUIRED[plan.policy.guide]:
            more = guides(plan, best.rings_not_kept(self.oracle.any_order), required) if best.misses else ()
            if not more:
                continue
            named = {guide.workload for guide in more}
            others = (guide for guide in best.plan.guides if guide.workload not in named)
            hints = tuple(sorted((*more, *others), key=lambda guide: guide.workload))
            candidate = failures.with_losses_repacked(replace(plan, guides=hints))
            if failures.is_met(candidate):
                best = min(best, self.oracle.evaluate(candidate), key=_misses)
        return best


def _misses(evaluation: "Evaluation") -> int:
    return evaluation.misses


def refine(refinement: Refinement, packing: IsolationPlan, seconds: float | None = None) -> IsolationPlan:
    """Return a plan that kube-scheduler keeps; the incumbent if an end is asked for before one is known.

    It ends after so many `seconds` at the latest, if there is a limit.
    """
    from planner.solve.runtime.interrupt import in_time

    try:
        plan = in_time(lambda: refinement.run(packing), seconds)
    except Asked:
        plan = None
    return plan or refinement.oracle.incumbent(packing)
