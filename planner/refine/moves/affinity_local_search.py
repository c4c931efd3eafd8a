"""Local search (first improvement) over affinity hints, workload by workload: the last resort where no rule says whom to lead.

Where pods depend on each other, sums say little of who blocks whom. So guides are tried on the simulated kube-scheduler, for the
workloads of the rings that are not kept: those that get stuck, and those that may be in their way.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from models.answer.plan import Guide
from planner.refine.moves.one_shape_per_workload import is_led
from planner.refine.oracle.orders import pods_of

if TYPE_CHECKING:
    from models.answer.forecast import Forecast
    from models.answer.plan import IsolationPlan
    from models.kubernetes.workload import WorkloadId
    from planner.refine.moves.one_shape_per_workload import Owned
    from planner.refine.oracle.oracle import Oracle

REQUIRE = "require"
Misses = tuple[int, int]
"""Pods left pending, in all orders together, and rings that are not kept."""


def lead_one_by_one(owned: "Owned", oracle: "Oracle", plan: "IsolationPlan") -> "IsolationPlan | None":
    """Return the plan with guides that make kube-scheduler keep it, or None where none were found."""
    if not is_led(plan.policy):
        return None
    tuning = oracle.tuning
    return _Search(owned, oracle, plan).run(min(tuning.hint_tries, tuning.hint_work // max(1, pods_of(plan))))


@dataclass(slots=True)
class _Search:
    """The plan with the best guides so far."""

    owned: "Owned"
    oracle: "Oracle"
    plan: "IsolationPlan"

    def run(self, tries: int) -> "IsolationPlan | None":
        """Try guides in turn and keep those that help, until all rings are kept or no guide helps any more."""
        forecast = self.oracle.foresee(self.plan)
        least = self._misses(self.plan, forecast)
        moves = list(self._moves(forecast))
        idle = turn = 0
        while tries and idle < len(moves):
            candidate = self._with_hint(*moves[turn % len(moves)])
            turn, idle = turn + 1, idle + 1
            if candidate.guides == self.plan.guides:
                continue
            self.oracle.progress("leading workloads one by one")
            tries -= 1
            misses = self._misses_up_to(candidate, least)
            if not any(misses):
                plan = self._confirm(candidate)
                if plan is not None:
                    return plan
            elif misses < least:
                self.plan, least, idle = candidate, misses, 0
        return None

    def _misses_up_to(self, candidate: "IsolationPlan", least: Misses) -> Misses:
        """Count what a candidate misses, in as many orders as it takes to see that it is no better."""
        misses = least
        for forecast in self.oracle.order_by_order(candidate):
            misses = self._misses(candidate, forecast)
            if misses[0] >= least[0] > 0:
                break
        return misses

    def _misses(self, plan: "IsolationPlan", forecast: "Forecast") -> Misses:
        return sum(left.pods for run in forecast.runs for left in run.pending), len(self.oracle.rings_not_kept(plan, forecast))

    def _moves(self, forecast: "Forecast") -> "Iterator[tuple[WorkloadId, Guide | None]]":
        """Yield every guide for each workload of the rings that are not kept, and none at all; who gets stuck comes first."""
        from planner.refine.hints import may_be_led, ways

        rings = self.oracle.rings_not_kept(self.plan, forecast)
        waiting = {left.workload for run in forecast.runs for left in run.pending}
        members, nodes = self.plan.trust.members, {node.name: node for node in self.plan.cluster.nodes}
        inside = {ring.name: [nodes[name] for name in ring.nodes] for ring in self.plan.rings if ring.name in rings}
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

    def _confirm(self, candidate: "IsolationPlan") -> "IsolationPlan | None":
        """Return the plan with its pods where required guides lead them, if that is possible and every order tried keeps it."""
        placed: IsolationPlan | None = candidate
        if any(guide.required for guide in candidate.guides):
            placed = self.owned.placement(self.owned.division(candidate), candidate.guides)
        if placed is None:
            return None
        plan, stuck, _ = self.oracle.verdict(placed)
        return plan if plan.is_kept and not stuck else None
