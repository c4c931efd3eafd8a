"""What a forecast means for whoever reads the plan."""

from collections.abc import Sequence

from models.answer.finding import INFO, WARNING, Finding, FindingCode
from models.answer.forecast import Forecast, Pending, RingForecast, Run
from models.answer.order_result import LeftPending, OrderResult
from models.answer.plan import IsolationPlan
from planner.simulate.pending_by_ring import pending_by_ring, rings_of, unplaced_by_ring


def findings(plan: IsolationPlan, forecast: Forecast) -> tuple[Finding, ...]:
    """Return for each ring what is known of any order of arrival; a warning where more pods stay pending than the plan says.

    The orders are named once.
    """
    said, written = unplaced_by_ring(plan), {plan_ring.name: plan_ring.any_order for plan_ring in plan.rings}
    known = {forecast_ring.ring: forecast_ring for forecast_ring in forecast.rings}
    orders: tuple[str, ...] | None = tuple(run.order for run in forecast.runs)
    results = []
    for ring in ("", *(plan_ring.name for plan_ring in plan.rings)):
        worst = max(forecast.runs, key=lambda run: pending_by_ring(plan, run).get(ring, 0), default=None)
        if worst is not None and pending_by_ring(plan, worst).get(ring, 0) > said.get(ring, 0):
            results.append(_stuck(plan, ring, worst, forecast.runs))
        elif ring in known:
            results.append(_well(known[ring], orders, bool(said.get(ring)), written[ring]))
            orders = None if known[ring].because else orders
    return tuple(sorted(results, key=lambda forecast_ring: forecast_ring.severity != WARNING))


def is_stuck(finding: Finding) -> bool:
    """Say whether a finding is that an order leaves pods pending."""
    return (finding.code, finding.severity) == (FindingCode.ANY_ORDER, WARNING)


def _stuck(plan: IsolationPlan, ring: str, worst: Run, runs: Sequence[Run]) -> Finding:
    count, said = pending_by_ring(plan, worst)[ring], unplaced_by_ring(plan).get(ring, 0)
    facts = {
        "pods": count,
        "beyond": count - said if said else 0,
        "order": worst.order,
        "such": sum(pending_by_ring(plan, run).get(ring, 0) > said for run in runs),
        "runs": len(runs),
        "left": _left(plan, ring, worst.pending),
    }
    return Finding.of(FindingCode.ANY_ORDER, WARNING, ring or "every ring", case="stuck", **facts)


def _left(plan: IsolationPlan, ring: str, pending: Sequence[Pending]) -> tuple[LeftPending, ...]:
    """Return whose pods are left pending in a ring, the most first."""
    mine = [(rings_of(plan, left)[ring], left) for left in pending]
    largest = sorted(((pods, left) for pods, left in mine if pods), key=lambda pair: (-pair[0], pair[1].workload))
    return tuple(LeftPending(str(left.workload), pods, left.message.removesuffix(".")) for pods, left in largest)


def _well(known: RingForecast, orders: tuple[str, ...] | None, some_unplaced: bool, written: OrderResult | None) -> Finding:
    if not known.because:
        return Finding.of(FindingCode.ANY_ORDER, INFO, known.ring, case="proven", result=known.any_order)
    facts = {
        "result": known.any_order,
        "orders": orders,
        "unplaced": some_unplaced,
        "said": written if written and written.is_stuck else None,
        "because": known.because,
    }
    return Finding.of(FindingCode.ANY_ORDER, INFO, known.ring, case="tried", **facts)
