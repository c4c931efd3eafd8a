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

Told = tuple[str, dict[str, object]]
"""A case of what a plan overstates, and what its sentence names."""


def claims(plan: IsolationPlan, forecast: "Forecast") -> Iterator[Finding]:
    """Yield an error for each ring of which the plan says more than the forecast bears out."""
    known = {ring.ring: ring for ring in forecast.rings}
    late = next((run.order for run in forecast.runs if pending_outside(plan, run)), "")
    if late and _is_promised(plan) and plan.is_kept and all(ring.any_order for ring in plan.rings):
        yield Finding.of(FindingCode.PROMISE, ERROR, "every ring", case="outside", order=late)
    for ring in plan.rings:
        foreseen = known[ring.name]
        if plan.verdict != FEASIBLE and not _stuck_so_far(plan, ring, forecast):
            continue  # that more orders find it stuck is no news: it promises nothing
        if told := _overstatement(plan, ring.any_order, foreseen.any_order, len(forecast.runs)):
            case, facts = told
            yield Finding.of(FindingCode.PROMISE, ERROR, ring.name, case=case, because=foreseen.because, **facts)


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


def _overstatement(plan: IsolationPlan, said: OrderResult | None, foreseen: OrderResult, orders: int) -> Told | None:
    """Return what the plan says of a ring beyond what is foreseen of so many orders; nothing where that is less or the same."""
    if said is None:
        is_broken = _is_promised(plan) and foreseen.is_stuck
        return ("unmarked", {"foreseen": foreseen}) if is_broken else None
    if said.is_stuck:
        return None  # whether its risk is no greater than its grade says is looked at there
    if foreseen.is_stuck or (said.is_proven and not foreseen.is_proven):
        return "overstated", {"said": said, "foreseen": foreseen}
    return ("orders", {"said": said.orders, "orders": orders}) if said.orders > orders else None
