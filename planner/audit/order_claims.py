"""What a plan says of the order of arrival, held against a forecast."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from models.answer.finding import ERROR, Finding, FindingCode
from models.answer.order_result import OrderKind, OrderResult
from models.answer.plan import IsolationPlan, RingPlan
from models.solver.outcome import FEASIBLE
from planner.refine.oracle.oracle import EXACT

if TYPE_CHECKING:
    from models.answer.forecast import Forecast, Run

WHY = "What a plan says of the order of arrival is a promise about kube-scheduler, so it is foreseen again here."


def claims(plan: IsolationPlan, forecast: "Forecast") -> Iterator[Finding]:
    """Yield an error for each ring of which the plan says more than the forecast bears out."""
    known = {ring.ring: ring for ring in forecast.rings}
    late = next((run.order for run in forecast.runs if pending_outside(plan, run)), "")
    if late and _is_promised(plan) and plan.is_kept and all(ring.any_order for ring in plan.rings):
        reason = f"the plan is called feasible, but pods outside every ring stay pending when all arrive {late}"
        yield Finding(FindingCode.PROMISE, ERROR, "every ring", reason, WHY, "make the plan again with: ringfence plan")
    for ring in plan.rings:
        foreseen = known[ring.name]
        if plan.verdict != FEASIBLE and not _stuck_so_far(plan, ring, forecast):
            continue  # that more orders find it stuck is no news: it promises nothing
        if reason := _overstatement(plan, ring.any_order, foreseen.any_order, len(forecast.runs)):
            because = f" ({foreseen.because})" if foreseen.because else ""
            yield Finding(
                FindingCode.PROMISE, ERROR, ring.name, f"{reason}{because}", WHY, "make the plan again with: ringfence plan"
            )


def pending_outside(plan: IsolationPlan, run: "Run") -> int:
    """Count the pods that a run leaves pending outside every ring, beyond what the plan says."""
    from planner.simulate.pending_by_ring import pending_by_ring, unplaced_by_ring

    return pending_by_ring(plan, run)[""] - unplaced_by_ring(plan)[""]


def _is_promised(plan: IsolationPlan) -> bool:
    return plan.verdict == FEASIBLE and plan.packing != EXACT


def _stuck_so_far(plan: IsolationPlan, ring: RingPlan, forecast: "Forecast") -> bool:
    """Say whether a ring is stuck in one of the orders that the plan says were tried; whatever else it says may be wrong too."""
    from planner.simulate.pending_by_ring import pending_by_ring, unplaced_by_ring

    said = ring.any_order
    if said is None or said.kind is not OrderKind.TRIED or said.orders > len(forecast.runs):
        return True
    left = unplaced_by_ring(plan)[ring.name]
    return any(pending_by_ring(plan, run)[ring.name] > left for run in forecast.runs[: said.orders])


def _overstatement(plan: IsolationPlan, said: OrderResult | None, foreseen: OrderResult, orders: int) -> str:
    """Say what the plan says of a ring beyond what is foreseen of so many orders; nothing where that is less or the same."""
    if said is None:
        is_broken = _is_promised(plan) and foreseen.is_stuck
        return f"the plan is called feasible, and not marked as a packing, but the ring is {foreseen}" if is_broken else ""
    if said.is_stuck:
        return ""  # whether its risk is no greater than its grade says is looked at there
    if foreseen.is_stuck or (said.is_proven and not foreseen.is_proven):
        return f"the plan says that the ring is {said} for its order of arrival, but it is {foreseen}"
    if said.orders > orders:
        return f"the plan says that {said.orders} orders of arrival were tried, but there are only {orders} to try"
    return ""
