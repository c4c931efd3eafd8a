"""Why a ring is not proven, or where it is stuck: what a plan says of it is found anew."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from models.answer.finding import ERROR, Finding, FindingCode
from models.answer.order_result import Reason
from models.answer.plan import IsolationPlan, RingPlan
from planner.refine.oracle.report import is_hopeless, who_is_left

if TYPE_CHECKING:
    from models.answer.forecast import Forecast, RingForecast


def reasons(plan: IsolationPlan, forecast: "Forecast") -> Iterator[Finding]:
    """Yield an error for each ring that is proven and not said to be, and for each that says another reason than is found.

    The forecast has all scenarios that the plan says were simulated.
    """
    known = {ring.ring: ring for ring in forecast.rings}
    for ring in plan.rings:
        said, foreseen = ring.any_order, known[ring.name]
        if said is None:
            continue
        if said.is_stuck:
            yield from _stuck(plan, ring, forecast, foreseen)
        elif foreseen.any_order.is_proven and not said.is_proven:
            yield Finding.of(FindingCode.PROMISE, ERROR, ring.name, case="proven", said=said)
        elif not _is_reason(plan, ring, None if said.is_proven else foreseen.because):
            since = {"said": _words(ring.because), "foreseen": _words(foreseen.because)}
            yield Finding.of(FindingCode.PROMISE, ERROR, ring.name, case="reason", **since)


def _is_reason(plan: IsolationPlan, ring: RingPlan, because: Reason | None) -> bool:
    if ring.because == because:
        return True
    return because is not None and ring.because == replace(because, hopeless=True) and is_hopeless(plan, ring.name)


def _stuck(plan: IsolationPlan, ring: RingPlan, forecast: "Forecast", foreseen: "RingForecast") -> Iterator[Finding]:
    """Look whether the ring is stuck in the order that is said, and because of those who are said to wait."""
    result = foreseen.any_order
    if result != ring.any_order:
        yield Finding.of(FindingCode.PROMISE, ERROR, ring.name, case="stuck", said=ring.any_order, foreseen=result)
        return
    left = who_is_left(plan, forecast, ring.name, result)
    if not (ring.because == left if left else _is_reason(plan, ring, foreseen.because)):
        since = {"result": result, "said": _words(ring.because), "foreseen": _words(left)}
        yield Finding.of(FindingCode.PROMISE, ERROR, ring.name, case="stuck since", **since)


def _words(because: Reason | None) -> str:
    return str(because) if because else ""
