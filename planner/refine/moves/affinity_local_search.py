"""Leads workloads one by one, as long as that leaves fewer pods pending: the last resort where no rule says whom to lead.

Where pods depend on each other, sums say little of who blocks whom. So guides are tried on the simulated kube-scheduler, for the
workloads of the rings that are not kept: those that get stuck, and those that may be in their way.

Part of the pipeline, which is why it may call every room.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from models.answer.plan import Guide
from models.solver.outcome import FEASIBLE
from planner.refine.moves.one_shape_per_workload import is_led

if TYPE_CHECKING:
    from models.answer.forecast import Forecast
    from models.answer.plan import IsolationPlan
    from models.kubernetes.workload import WorkloadId
    from planner.refine.loop import Keeper
    from planner.refine.moves.one_shape_per_workload import Owned

REQUIRE = "require"
TRIES = 150
EFFORT = 12_000
"""So many pods may arrive while guides are tried, each time in all the usual orders."""
Misses = tuple[int, int]
"""Pods left pending, in all orders together, and rings that are not kept."""


def nudged(owned: "Owned", keeper: "Keeper", plan: "IsolationPlan") -> "IsolationPlan | None":
    """Return the plan with guides that make kube-scheduler keep it, or None where none were found."""
    if not is_led(plan.policy):
        return None
    pods = sum(workload.pods for workload in plan.cluster.workloads)
    return _Search(owned, keeper, plan).run(min(TRIES, EFFORT // max(1, pods)))


@dataclass(slots=True)
class _Search:
    """The plan with the best guides so far."""

    owned: "Owned"
    keeper: "Keeper"
    plan: "IsolationPlan"

    def run(self, tries: int) -> "IsolationPlan | None":
        """Try guides in turn and keep those that help, until all rings are kept or no guide helps any more."""
        from planner import simulate

        forecast = simulate.foresee(self.plan)
        least = self._misses(self.plan, forecast)
        moves = list(self._moves(forecast))
        idle = at = 0
        while tries and idle < len(moves):
            changed = self._changed(*moves[at % len(moves)])
            at, idle = at + 1, idle + 1
            if changed.guides == self.plan.guides:
                continue
            self.keeper.progress("leading workloads one by one")
            tries -= 1
            misses = self._misses(changed, simulate.foresee(changed))
            if not any(misses):
                kept = self._kept(changed)
                if kept is not None:
                    return kept
            elif misses < least:
                self.plan, least, idle = changed, misses, 0
        return None

    def _misses(self, plan: "IsolationPlan", forecast: "Forecast") -> Misses:
        return sum(one.pods for run in forecast.runs for one in run.pending), len(self.keeper.stuck(plan, forecast))

    def _moves(self, forecast: "Forecast") -> "Iterator[tuple[WorkloadId, Guide | None]]":
        """Yield every guide for each workload of the rings that are not kept, and none at all; who gets stuck comes first."""
        from planner.refine.hints import may_be_led, ways

        rings = self.keeper.stuck(self.plan, forecast)
        left = {one.workload for run in forecast.runs for one in run.pending}
        members, nodes = self.plan.trust.members, {node.name: node for node in self.plan.cluster.nodes}
        inside = {made.name: [nodes[name] for name in made.nodes] for made in self.plan.rings if made.name in rings}
        required = self.plan.policy.guide == REQUIRE
        for workload in sorted(self.plan.cluster.workloads, key=lambda one: (one.id not in left, one.id)):
            ring = members[str(workload.id)].ring
            if ring in inside and may_be_led(workload, required=True):
                for key, values in ways(inside[ring], self.plan.policy.nodes.label_key):
                    yield workload.id, Guide(workload.id, key, values, required)
                yield workload.id, None

    def _changed(self, name: "WorkloadId", guide: Guide | None) -> "IsolationPlan":
        others = [one for one in self.plan.guides if one.workload != name]
        guides = sorted([*others, *([guide] if guide else [])], key=lambda one: one.workload)
        return replace(self.plan, guides=tuple(guides))

    def _kept(self, plan: "IsolationPlan") -> "IsolationPlan | None":
        """Return the plan with its pods where required guides lead them, if that is possible and every order tried keeps it."""
        made: IsolationPlan | None = plan
        if any(guide.required for guide in plan.guides):
            made = self.owned.placed(self.owned.division(plan), plan.guides, self.keeper.progress)
        if made is None:
            return None
        told, stuck, _ = self.keeper.held(made)
        return told if told.verdict == FEASIBLE and not stuck else None
