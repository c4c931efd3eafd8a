"""A packing becomes a promise: guides and room, until kube-scheduler leaves no pod pending in any order that was tried.

Part of the pipeline, which is why it may call every room.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from models.cluster import Statement
from models.outcome import UNDECIDED
from models.plan import Guide, IsolationPlan, Reserve

if TYPE_CHECKING:
    from models.forecast import Forecast
    from models.workload import WorkloadId

ATTEMPTS = 8
FEW_ATTEMPTS = 2
MEANS = {"none": (), "prefer": (False,), "require": (False, True)}
"""Which guides to try, the gentle ones first: preferred, then required."""
EXACT = "exact"


@dataclass(slots=True)
class Keeper:
    """Looks for a plan that kube-scheduler keeps; `again` plans once more with room for more pods, None if there is none."""

    again: "Callable[[Counter[WorkloadId]], IsolationPlan | None]"
    progress: Callable[[str], None]
    wanted: "Counter[WorkloadId]" = field(default_factory=Counter)

    def keep(self, packing: IsolationPlan) -> IsolationPlan:
        """Return the packing itself where kube-scheduler finds it, else the first plan that it keeps, else what comes closest."""
        best, least = packing, -1
        made: IsolationPlan | None = packing
        attempts = FEW_ATTEMPTS if _is_large(packing) else ATTEMPTS
        for attempt in range(attempts):
            if made is None:
                break
            made, forecast = self._led(made)
            made = replace(made, reserves=_reserves(made, self.wanted), packing_goals=packing.goals if attempt else ())
            stuck = _pending(made, forecast)
            if least < 0 or sum(stuck.values()) < least:
                best, least = _told(made, forecast), sum(stuck.values())
            if not stuck or attempt == attempts - 1:
                break
            self.wanted += stuck
            self.progress(f"making room for what kube-scheduler wastes, attempt {attempt + 2}")
            made = self.again(self.wanted)
        return best if not least else replace(best, verdict=UNDECIDED)

    def _led(self, plan: IsolationPlan) -> "tuple[IsolationPlan, Forecast]":
        """Lead the workloads of the rings that get stuck, and of no others."""
        from planner.steer import guides

        forecast = self._foreseen(plan)
        for required in MEANS[plan.policy.guide]:
            stuck = _stuck_rings(forecast)
            more = guides(plan, stuck, required) if stuck else ()
            if not more:
                continue
            named = {guide.workload for guide in more}
            led = replace(
                plan, guides=tuple(sorted((*more, *(g for g in plan.guides if g.workload not in named)), key=_workload))
            )
            then = self._foreseen(led)
            if sum(_pending(led, then).values()) < sum(_pending(plan, forecast).values()):
                plan, forecast = led, then
        return plan, forecast

    def _foreseen(self, plan: IsolationPlan) -> "Forecast":
        from planner import foresee

        orders = foresee.FEW_ORDERS if _is_large(plan) else foresee.ORDERS
        return foresee.foresee(plan, orders, progress=self.progress)


def _workload(guide: Guide) -> "WorkloadId":
    return guide.workload


def _is_large(plan: IsolationPlan) -> bool:
    from planner import foresee

    return sum(workload.pods for workload in plan.cluster.workloads) > foresee.MANY_PODS


def _stuck_rings(forecast: "Forecast") -> frozenset[str]:
    return frozenset(one.ring for one in forecast.rings if one.any_order.startswith("stuck"))


def _pending(plan: IsolationPlan, forecast: "Forecast") -> "Counter[WorkloadId]":
    """Return for each workload the most pods that any order leaves pending."""
    found: Counter[WorkloadId] = Counter()
    for run in forecast.runs:
        for one in run.pending:
            if plan.trust.members[str(one.workload)].ring:
                found[one.workload] = max(found[one.workload], one.pods)
    return found


def _reserves(plan: IsolationPlan, wanted: "Counter[WorkloadId]") -> tuple[Reserve, ...]:
    rings = plan.trust.members
    return tuple(Reserve(rings[str(name)].ring, name, pods) for name, pods in sorted(wanted.items()) if pods)


def _told(plan: IsolationPlan, forecast: "Forecast") -> IsolationPlan:
    """Write into the plan what was foreseen of each ring, and of kube-scheduler as a whole."""
    known = {one.ring: one.any_order for one in forecast.rings}
    rings = tuple(replace(made, any_order=known.get(made.name, "")) for made in plan.rings)
    orders = ", ".join(run.order for run in forecast.runs)
    left = sum(_pending(plan, forecast).values())
    ends = f"up to {left} pods stayed pending in one of them" if left else "no pod of a ring stayed pending"
    said = (
        f"its default profile was simulated for {len(forecast.runs)} orders of arrival ({orders}): {ends}; others were not tried"
    )
    mine = Statement("kube-scheduler", said)
    others = (one for one in plan.not_modelled if one.subject != mine.subject)
    return replace(plan, rings=rings, not_modelled=(mine, *others))


def exact(packing: IsolationPlan) -> IsolationPlan:
    """Mark a plan that promises a packing only."""
    return replace(packing, packing=EXACT)
