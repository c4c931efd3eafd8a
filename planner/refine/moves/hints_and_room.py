"""The gentle moves: workloads are led to the kinds of nodes that the packing has in mind; the ring gets more room."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from planner.refine.oracle.candidate import Candidate, Proposals
from planner.refine.oracle.orders import is_large
from planner.refine.shortage import in_each_zone, reservations, shortage
from planner.refine.tuning import TUNING, Tuning

if TYPE_CHECKING:
    from models.answer.plan import Guide, IsolationPlan
    from models.kubernetes.workload import WorkloadId
    from planner.refine.hints.reservations import Wanted
    from planner.refine.oracle.evaluation import Evaluation

REQUIRED = {"none": (), "prefer": (False,), "require": (False, True)}
"""Which hints to try, the gentle ones first: preferred, then required."""


def lead(bare: "Evaluation") -> Proposals:
    """Lead the workloads of the rings that are not kept, and of no others; return the best, which may be without hints."""
    from planner.refine.hints import guides

    best = bare
    for required in REQUIRED[bare.plan.policy.guide]:
        more = guides(bare.plan, best.not_kept, required) if best.misses else ()
        if not more:
            continue
        named = {guide.workload for guide in more}
        others = (guide for guide in best.plan.guides if guide.workload not in named)
        hints = tuple(sorted((*more, *others), key=lambda guide: guide.workload))
        evaluation = yield Candidate("leading workloads to the nodes of the packing", partial(_with_hints, bare.plan, hints))
        best = min(best, evaluation or best, key=_misses)
    return best


def _with_hints(plan: "IsolationPlan", hints: "tuple[Guide, ...]") -> "IsolationPlan | None":
    """Return the plan with these hints; None where its rings do not survive then what they must."""
    from planner.refine.oracle import failures

    hinted = failures.with_losses_repacked(replace(plan, guides=hints))
    return hinted if failures.is_met(hinted) else None


@dataclass(slots=True)
class MakeRoom:
    """Makes room for what kube-scheduler wastes; `again` plans once more with room for more pods, None if there is none."""

    packing: "IsolationPlan"
    again: "Callable[[Wanted], IsolationPlan | None]"
    any_order: bool = False
    tuning: Tuning = TUNING
    wanted: "Counter[tuple[WorkloadId, str]]" = field(default_factory=Counter)

    def __call__(self, best: "Evaluation") -> Proposals:
        """Make more room until nothing is missed, or no more can be made."""
        tuning, evaluation = self.tuning, best
        attempts = tuning.few_attempts if is_large(self.packing, tuning) else tuning.attempts
        for attempt in range(2, attempts + 1):
            short = shortage(evaluation, self.any_order)
            if attempt > tuning.anywhere:
                short = in_each_zone(evaluation.plan, short)
            if not best.misses or not short:
                break
            doing = f"making room for what kube-scheduler wastes, attempt {attempt}"
            roomier = yield Candidate(doing, partial(self._roomier, short))
            if roomier is None:
                break
            evaluation = yield from lead(roomier)
            # Of equals the first stays: it has less spare room.
            best = min(best, evaluation, key=_misses)
        return best

    def _roomier(self, short: "Counter[tuple[WorkloadId, str]]") -> "IsolationPlan | None":
        """Plan with room for all who came short, or at least for one of them."""
        before = self.wanted
        # Sorted, as max takes the first of equals: which one that is must not hang on who came short first.
        worst = Counter({max(sorted(short), key=lambda name: short[name]): 1})
        for more in (short, worst) if short != worst else (short,):
            self.wanted = before + more
            plan = self.again(self.wanted)
            if plan is not None:
                return replace(plan, reserves=reservations(plan, self.wanted))
        return None


def _misses(evaluation: "Evaluation") -> int:
    return evaluation.misses
