"""What a forecast means for whoever reads the plan."""

from collections.abc import Iterator, Sequence

from models.answer.finding import INFO, WARNING, Finding, FindingCode
from models.answer.forecast import Forecast, Pending, RingForecast, Run
from models.answer.order_result import OrderResult
from models.answer.plan import IsolationPlan
from planner.simulate.pending_by_ring import pending_by_ring, rings_of, unplaced_by_ring

NAMED = 3
"""So many are named in a sentence, as more would hide them."""
ANY_ORDER = FindingCode.ANY_ORDER
WHY = "kube-scheduler binds pods one by one, as they come, to the nodes it likes best: it may miss the packing that was found."
FIX = "give the ring another node, or let its nodes be more alike"


def findings(plan: IsolationPlan, forecast: Forecast) -> tuple[Finding, ...]:
    """Return for each ring what is known of any order of arrival; a warning where more pods stay pending than the plan says.

    The orders are named once.
    """
    said, written = unplaced_by_ring(plan), {plan_ring.name: plan_ring.any_order for plan_ring in plan.rings}
    known = {forecast_ring.ring: forecast_ring for forecast_ring in forecast.rings}
    orders = f" ({', '.join(run.order for run in forecast.runs)})"
    results = []
    for ring in ("", *(plan_ring.name for plan_ring in plan.rings)):
        worst = max(forecast.runs, key=lambda run: pending_by_ring(plan, run).get(ring, 0), default=None)
        if worst is not None and pending_by_ring(plan, worst).get(ring, 0) > said.get(ring, 0):
            results.append(Finding(ANY_ORDER, WARNING, ring or "every ring", _stuck(plan, ring, worst, forecast.runs), WHY, FIX))
        elif ring in known:
            results.append(_well(known[ring], orders, bool(said.get(ring)), written[ring]))
            orders = "" if known[ring].because else orders
    return tuple(sorted(results, key=lambda forecast_ring: forecast_ring.severity != WARNING))


def is_stuck(finding: Finding) -> bool:
    """Say whether a finding is that an order leaves pods pending."""
    return (finding.id, finding.severity) == (ANY_ORDER, WARNING)


def _stuck(plan: IsolationPlan, ring: str, worst: Run, runs: Sequence[Run]) -> str:
    count, said = pending_by_ring(plan, worst)[ring], unplaced_by_ring(plan).get(ring, 0)
    such = sum(pending_by_ring(plan, run).get(ring, 0) > said for run in runs)
    beyond = f", {count - said} more than the plan says," if said else ""
    named = "; ".join(_names(plan, ring, worst.pending))
    pods = "1 pod" if count == 1 else f"{count} pods"
    return (
        f"kube-scheduler leaves {pods} pending{beyond} when they arrive {worst.order} (so or similar in {such} of "
        f"{len(runs)} orders tried): {named}"
    )


def _names(plan: IsolationPlan, ring: str, pending: Sequence[Pending]) -> Iterator[str]:
    mine = [(rings_of(plan, left)[ring], left) for left in pending]
    largest = sorted(((pods, left) for pods, left in mine if pods), key=lambda pair: (-pair[0], pair[1].workload))
    for pods, left in largest[:NAMED]:
        yield f"{left.workload} {pods} ({left.message.removesuffix('.')})"
    if len(largest) > NAMED:
        yield f"and {len(largest) - NAMED} workloads more"


def _well(known: RingForecast, orders: str, some_unplaced: bool, written: OrderResult | None) -> Finding:
    if not known.because:
        message = f"{known.any_order}: its pods find room in whatever order they arrive"
        return Finding(ANY_ORDER, INFO, known.ring, message)
    rest = " but those that the plan names" if some_unplaced else ""
    if written and written.is_stuck:
        rest += f"; that it is {written} was found with ties between nodes broken in another way"
    message = f"{known.any_order}{orders}: no pod stays pending{rest}"
    return Finding(ANY_ORDER, INFO, known.ring, message, f"Not proven for every order: {known.because}.")
