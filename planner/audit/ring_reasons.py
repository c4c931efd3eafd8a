"""Why a ring is not proven, or where it is stuck: what a plan says of it is found anew."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from models.answer.finding import ERROR, Finding, FindingCode
from models.answer.order_result import Reason
from models.answer.plan import IsolationPlan, RingPlan
from models.solver.outcome import FEASIBLE
from planner.audit.order_claims import WHY
from planner.refine.oracle.orders import is_small, orders, ties_of
from planner.refine.oracle.report import is_hopeless, who_is_left
from planner.refine.tuning import TUNING, Tuning

if TYPE_CHECKING:
    from models.answer.forecast import Forecast, RingForecast

FIX = "make the plan again with: ringfence plan"


def reasons(plan: IsolationPlan, forecast: "Forecast", tuning: Tuning = TUNING) -> Iterator[Finding]:
    """Yield an error for each ring that is proven and not said to be, and for each that says another reason than is found."""
    known = {ring.ring: ring for ring in forecast.rings}
    for ring in plan.rings:
        said, foreseen = ring.any_order, known[ring.name]
        if said is None:
            continue
        if said.is_stuck:
            if plan.verdict != FEASIBLE:  # else that is what is wrong
                yield from _stuck(plan, ring, forecast, foreseen, tuning)
        elif foreseen.any_order.is_proven and not said.is_proven:
            yield _error(ring, f"says that it is {said}, and its pods find room in any order")
        elif not _is_reason(plan, ring, None if said.is_proven else foreseen.because):
            reason = f"says that it is not proven since {_quote(ring.because)}, and it is since {_quote(foreseen.because)}"
            yield _error(ring, reason)


def _is_reason(plan: IsolationPlan, ring: RingPlan, because: Reason | None) -> bool:
    if ring.because == because:
        return True
    return because is not None and ring.because == replace(because, hopeless=True) and is_hopeless(plan, ring.name)


def _stuck(
    plan: IsolationPlan, ring: RingPlan, forecast: "Forecast", foreseen: "RingForecast", tuning: Tuning
) -> Iterator[Finding]:
    """Play the order through in which the ring is said to be stuck, of small plans with ties broken otherwise, too."""
    result = ring.any_order
    if result is None or result.order not in {name for names in _orders(plan, tuning) for name in names}:
        yield _error(ring, f"is said to be {result}, which is no order that is tried")
        return
    left: set[Reason] = set()
    for runs in _runs(plan, result.order, forecast, tuning):
        reason = who_is_left(plan, runs, ring.name, result)
        left |= {reason} if reason else set()
        if reason and ring.because == reason:
            return
    if not left and foreseen.any_order == result and _is_reason(plan, ring, foreseen.because):
        return  # those who wait there are of no ring
    if not left and not is_small(plan, tuning):
        return  # with ties broken in other ways it may be, which nobody plays through again where pods are many
    truth = f"it is since {min(map(str, left))!r}" if left else "it is not"
    yield _error(ring, f"is said to be {result} since {_quote(ring.because)}, and {truth}")


def _orders(plan: IsolationPlan, tuning: Tuning) -> "Iterator[tuple[str, ...]]":
    from planner import simulate

    yield orders(plan, tuning)
    yield (*simulate.ORDERS, *simulate.ROLLOUTS)


def _runs(plan: IsolationPlan, order: str, forecast: "Forecast", tuning: Tuning) -> "Iterator[Forecast]":
    """Yield the forecast, and what it is with ties broken in other ways."""
    from planner.refine.oracle import tie_breaks

    yield forecast
    if is_small(plan, tuning):
        yield tie_breaks.with_other_ties(plan, forecast, (order,), ties_of(plan, tuning), tuning=tuning)


def _quote(because: Reason | None) -> str:
    return repr(str(because)) if because else "''"


def _error(ring: RingPlan, message: str) -> Finding:
    return Finding(FindingCode.PROMISE, ERROR, ring.name, message, WHY, FIX)
