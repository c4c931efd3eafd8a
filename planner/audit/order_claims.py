"""What a plan says of the order of arrival, held against a forecast. Part of the pipeline, like promise.py."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from models.answer.finding import ERROR, Finding
from models.answer.plan import IsolationPlan, RingPlan
from models.solver.outcome import FEASIBLE
from planner.refine.loop import EXACT, PROVEN, STUCK, TRIED

if TYPE_CHECKING:
    from models.answer.forecast import Forecast, Run

WHY = "What a plan says of the order of arrival is a promise about kube-scheduler, so it is foreseen again here."


def claims(plan: IsolationPlan, forecast: "Forecast") -> Iterator[Finding]:
    """Yield an error for each ring of which the plan says more than the forecast bears out."""
    known = {ring.ring: ring for ring in forecast.rings}
    late = next((run.order for run in forecast.runs if pending_outside(plan, run)), "")
    if late and plan.verdict == FEASIBLE and plan.packing != EXACT and all(made.any_order for made in plan.rings):
        reason = f"the plan is called feasible, but pods outside every ring stay pending when all arrive {late}"
        yield Finding("promise", ERROR, "every ring", reason, WHY, "make the plan again with: ringfence plan")
    for made in plan.rings:
        found = known[made.name]
        if plan.verdict != FEASIBLE and not _stuck_so_far(plan, made, forecast):
            continue  # that more orders find it stuck is no news: it promises nothing
        if reason := _overstated(plan, made.any_order, found.any_order, len(forecast.runs)):
            because = f" ({found.because})" if found.because else ""
            yield Finding("promise", ERROR, made.name, f"{reason}{because}", WHY, "make the plan again with: ringfence plan")


def pending_outside(plan: IsolationPlan, run: "Run") -> int:
    """Count the pods that a run leaves pending outside every ring, beyond what the plan says."""
    from planner.simulate.pending_by_ring import pending_by_ring, promised

    return pending_by_ring(plan, run)[""] - promised(plan)[""]


def _stuck_so_far(plan: IsolationPlan, made: RingPlan, forecast: "Forecast") -> bool:
    """Say whether a ring is stuck in one of the orders that the plan says were tried; whatever else it says may be wrong too."""
    from planner.simulate.pending_by_ring import pending_by_ring, promised

    number = made.any_order.removeprefix(TRIED).removesuffix(" orders")
    if not (made.any_order.startswith(TRIED) and number.isdecimal() and int(number) <= len(forecast.runs)):
        return True
    said = promised(plan)[made.name]
    return any(pending_by_ring(plan, run)[made.name] > said for run in forecast.runs[: int(number)])


def _overstated(plan: IsolationPlan, said: str, found: str, tried: int) -> str:
    promised = plan.verdict == FEASIBLE and plan.packing != EXACT
    if not said:
        broken = promised and found.startswith(STUCK)
        return f"the plan is called feasible, and not marked as a packing, but the ring is {found}" if broken else ""
    if said.startswith(STUCK):
        return f"the plan is called feasible, but says that the ring is {said}" if promised else ""
    number = said.removeprefix(TRIED).removesuffix(" orders")
    if said != PROVEN and not (said == f"{TRIED}{number} orders" and number.isdecimal()):
        return f"the plan says {said!r} of the order of arrival, which means nothing"
    if found.startswith(STUCK) or (said == PROVEN != found):
        return f"the plan says that the ring is {said} for its order of arrival, but it is {found}"
    if said != PROVEN and int(number) > tried:
        return f"the plan says that {said[len(TRIED) :]} of arrival were tried, but there are only {tried} to try"
    return ""
