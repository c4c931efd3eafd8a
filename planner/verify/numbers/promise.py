"""What a plan promises of kube-scheduler: every ring says it, or the plan is marked as a packing and says nothing of the kind."""

from collections.abc import Iterator

from models.answer.finding import Finding, FindingCode
from models.answer.plan import IsolationPlan
from models.solver.outcome import FEASIBLE, INFEASIBLE
from planner.verify.finding import error

EXACT = "exact"


def check(plan: IsolationPlan) -> Iterator[Finding]:
    """Yield promises that are missing, and those that a packing does not make."""
    if plan.packing not in ("", EXACT):
        yield error(FindingCode.PACKING_UNKNOWN, plan.name, packing=plan.packing)
    told = tuple(ring.name for ring in plan.rings if ring.any_order)
    untold = tuple(ring.name for ring in plan.rings if not ring.any_order)
    if plan.verdict == FEASIBLE and not plan.packing and untold:
        yield error(FindingCode.PROMISE_MISSING, plan.name, case="unmarked", rings=untold)
    elif told and untold:
        yield error(FindingCode.PROMISE_MISSING, plan.name, case="some", rings=untold)
    refused = plan.choice is not None and plan.choice.reason
    if told and (plan.packing or (plan.verdict == INFEASIBLE and not refused)):
        yield error(FindingCode.PROMISE_BASELESS, plan.name, case="order", packing=plan.packing, rings=told)
    if plan.packing and (plan.guides or plan.reserves or plan.packing_goals):
        yield error(FindingCode.PROMISE_BASELESS, plan.name, case="led")
    for ring in plan.rings:
        if ring.because and (not ring.any_order or ring.any_order.is_proven):
            facts = {"because": ring.because, "result": ring.any_order}
            yield error(FindingCode.PROMISE_BASELESS, ring.name, case="reason", **facts)
