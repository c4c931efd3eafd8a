"""Local search (first improvement) over affinity hints, workload by workload: the last resort where no rule says whom to lead.

Where pods depend on each other, sums say little of who blocks whom. So guides are tried on the simulated kube-scheduler, for the
workloads of the rings that are not kept: those that get stuck, and those that may be in their way.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from models.answer.plan import Guide
from planner.refine.moves.one_shape_per_workload import is_led
from planner.refine.oracle.candidate import Candidate, Proposals, Question, Sketch
from planner.refine.oracle.orders import pods_of
from planner.refine.tuning import Tuning

if TYPE_CHECKING:
    from models.answer.plan import IsolationPlan
    from models.kubernetes.workload import WorkloadId
    from planner.refine.moves.one_shape_per_workload import Owned
    from planner.refine.oracle.evaluation import Evaluation

REQUIRE = "require"
DOING = "leading workloads one by one"
Misses = tuple[int, int]
"""Pods left pending, in all orders together, and rings that are not kept."""


def lead_one_by_one(owned: "Owned", tuning: Tuning, best: "Evaluation") -> Proposals:
    """Try guides in turn and keep those that help, until kube-scheduler keeps the plan or no guide helps any more."""
    tries = min(tuning.hint_tries, tuning.hint_work // max(1, pods_of(best.plan)))
    if is_led(best.plan.policy) and tries:
        yield from _Search(owned, best.plan).run(tries)
    return best


@dataclass(slots=True)
class _Search:
    """The plan with the best guides so far."""

    owned: "Owned"
    plan: "IsolationPlan"

    def run(self, tries: int) -> "Generator[Question, Any, None]":
        """Try guides in turn, each in as many orders as it takes to see that it is no better."""
        seen: Evaluation = yield Sketch(DOING, self.plan)
        least = _misses(seen)
        moves = list(self._moves(seen))
        idle = turn = 0
        while tries and idle < len(moves):
            candidate = self._with_hint(*moves[turn % len(moves)])
            turn, idle = turn + 1, idle + 1
            if candidate.guides == self.plan.guides:
                continue
            tries -= 1
            misses = _misses((yield Sketch(DOING, candidate, partial(_is_no_better, least[0]))))
            if not any(misses):
                kept = yield Candidate(DOING, partial(self._placed, candidate))
                if kept and not kept.misses:
                    return
            elif misses < least:
                self.plan, least, idle = candidate, misses, 0

    def _moves(self, seen: "Evaluation") -> "Iterator[tuple[WorkloadId, Guide | None]]":
        """Yield every guide for each workload of the rings that are not kept, and none at all; who gets stuck comes first."""
        from planner.refine.hints import may_be_led, ways

        waiting = seen.pending.keys()
        members, nodes = self.plan.trust.members, {node.name: node for node in self.plan.cluster.nodes}
        inside = {ring.name: [nodes[name] for name in ring.nodes] for ring in self.plan.rings if ring.name in seen.not_kept}
        required = self.plan.policy.guide == REQUIRE
        for workload in sorted(self.plan.cluster.workloads, key=lambda candidate: (candidate.id not in waiting, candidate.id)):
            ring = members[str(workload.id)].ring
            if ring in inside and may_be_led(workload, required=True):
                for key, values in ways(inside[ring], self.plan.policy.nodes.label_key):
                    yield workload.id, Guide(workload.id, key, values, required)
                yield workload.id, None

    def _with_hint(self, name: "WorkloadId", guide: Guide | None) -> "IsolationPlan":
        others = [other for other in self.plan.guides if other.workload != name]
        guides = sorted([*others, *([guide] if guide else [])], key=lambda hint: hint.workload)
        return replace(self.plan, guides=tuple(guides))

    def _placed(self, candidate: "IsolationPlan") -> "IsolationPlan | None":
        """Return the plan with its pods where required guides lead them, if that is possible."""
        if not any(guide.required for guide in candidate.guides):
            return candidate
        return self.owned.placement(self.owned.division(candidate), candidate.guides)


def _misses(seen: "Evaluation") -> Misses:
    return sum(left.pods for run in seen.forecast.runs for left in run.pending), len(seen.not_kept)


def _is_no_better(least: int, seen: "Evaluation") -> bool:
    """Say whether as many pods are pending already as all orders together left at least so far."""
    return _misses(seen)[0] >= least > 0
