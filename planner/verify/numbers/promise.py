"""What a plan promises of kube-scheduler: every ring says it, or the plan is marked as a packing and says nothing of the kind."""

from collections.abc import Iterator

from models.answer.finding import Finding, FindingCode
from models.answer.plan import IsolationPlan
from models.solver.outcome import FEASIBLE, INFEASIBLE
from planner.verify.finding import error

EXACT = "exact"
WHY = "A packing that nobody promised is read as one that kube-scheduler finds, unless the plan is marked as a packing."


def check(plan: IsolationPlan) -> Iterator[Finding]:
    """Yield promises that are missing, and those that a packing does not make."""
    if plan.packing not in ("", EXACT):
        yield error(FindingCode.PACKING_UNKNOWN, plan.name, f"is marked as {plan.packing!r}, which means nothing", WHY)
    told = [ring.name for ring in plan.rings if ring.any_order]
    untold = [ring.name for ring in plan.rings if not ring.any_order]
    if plan.verdict == FEASIBLE and not plan.packing and untold:
        message = f"is no marked packing, and does not say in which orders the pods of {', '.join(untold)} find room"
        yield error(FindingCode.PROMISE_MISSING, plan.name, message, WHY)
    elif told and untold:
        message = f"says in which orders pods find room, but for those of {', '.join(untold)}"
        yield error(FindingCode.PROMISE_MISSING, plan.name, message, WHY)
    refused = plan.choice is not None and plan.choice.reason
    if told and (plan.packing or (plan.verdict == INFEASIBLE and not refused)):
        kind = "a packing" if plan.packing else "infeasible"
        yield error(
            FindingCode.PROMISE_BASELESS, plan.name, f"is {kind}, and promises an order of arrival for {', '.join(told)}", WHY
        )
    if plan.packing and (plan.guides or plan.reserves or plan.packing_goals):
        yield error(FindingCode.PROMISE_BASELESS, plan.name, "is a packing, and leads pods to nodes, or keeps room for them", WHY)
    for ring in plan.rings:
        if ring.because and (not ring.any_order or ring.any_order.is_proven):
            message = f"gives a reason for not being proven: {ring.because}; it is {ring.any_order or 'not said to be anything'}"
            yield error(FindingCode.PROMISE_BASELESS, ring.name, message, WHY)
