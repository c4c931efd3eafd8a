"""Why a ring is not proven, or where it is stuck: what a plan says of it is found anew. Part of the pipeline, like claims.py."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from models.answer.finding import ERROR, Finding
from models.answer.plan import IsolationPlan, RingPlan
from models.solver.outcome import FEASIBLE
from planner.audit.order_claims import WHY
from planner.refine import loop
from planner.refine.loop import PROVEN, SMALL, STUCK

if TYPE_CHECKING:
    from models.answer.forecast import Forecast, RingForecast

FIX = "make the plan again with: ringfence plan"
NEVER = "; no number of nodes like its own changes that"


def reasons(plan: IsolationPlan, forecast: "Forecast") -> Iterator[Finding]:
    """Yield an error for each ring that is proven and not said to be, and for each that says another reason than is found."""
    known = {ring.ring: ring for ring in forecast.rings}
    for made in plan.rings:
        found = known[made.name]
        if made.any_order.startswith(STUCK):
            if plan.verdict != FEASIBLE:  # else that is what is wrong
                yield from _stuck(plan, made, forecast, found)
        elif made.any_order and made.any_order != PROVEN and found.any_order == PROVEN:
            yield _error(made, f"says that it is {made.any_order}, and its pods find room in any order")
        elif made.any_order and not _is_reason(plan, made, "" if made.any_order == PROVEN else found.because):
            yield _error(made, f"says that it is not proven since {made.because!r}, and it is since {found.because!r}")


def _is_reason(plan: IsolationPlan, made: RingPlan, because: str) -> bool:
    if made.because == because:
        return True
    return bool(because) and made.because == because + NEVER and loop.is_hopeless(plan, made.name)


def _stuck(plan: IsolationPlan, made: RingPlan, forecast: "Forecast", found: "RingForecast") -> Iterator[Finding]:
    """Play the order through in which the ring is said to be stuck, of small plans with ties broken otherwise, too."""
    order = made.any_order.removeprefix(STUCK)
    if order not in {name for names in _orders(plan) for name in names}:
        yield _error(made, f"is said to be {made.any_order}, which is no order that is tried")
        return
    said = set()
    for runs in _runs(plan, order, forecast):
        left = loop.left_over(plan, runs, made.name, made.any_order)
        said |= {left} if left else set()
        if left and made.because == left:
            return
    if not said and found.any_order == made.any_order and _is_reason(plan, made, found.because):
        return  # those who wait there are of no ring
    if not said and _is_many(plan):
        return  # with ties broken in other ways it may be, which nobody plays through again where pods are many
    truth = f"it is since {min(said)!r}" if said else "it is not"
    yield _error(made, f"is said to be {made.any_order} since {made.because!r}, and {truth}")


def _orders(plan: IsolationPlan) -> "Iterator[tuple[str, ...]]":
    from planner import simulate

    yield loop.orders(plan)
    yield (*simulate.ORDERS, *simulate.ROLLOUTS)


def _runs(plan: IsolationPlan, order: str, forecast: "Forecast") -> "Iterator[Forecast]":
    """Yield the forecast, and what it is with ties broken in other ways."""
    from planner.refine.oracle import tie_breaks

    yield forecast
    if not _is_many(plan):
        yield tie_breaks.tempted(plan, forecast, (order,), loop.ties_of(plan))


def _is_many(plan: IsolationPlan) -> bool:
    return sum(workload.pods for workload in plan.cluster.workloads) > SMALL


def _error(made: RingPlan, message: str) -> Finding:
    return Finding("promise", ERROR, made.name, message, WHY, FIX)
