"""The demands that are said to contradict each other: what can be checked of them without a solver."""

from collections.abc import Iterator, Mapping

from models.answer.finding import Finding, FindingCode
from models.answer.plan import IsolationPlan
from models.kubernetes.workload import Workload, WorkloadId
from models.solver.outcome import INFEASIBLE
from planner.verify.finding import error
from planner.verify.rings import node_groups


def check(plan: IsolationPlan) -> Iterator[Finding]:
    """Yield what is wrong: no set where one is due, one where none is, a member that asks for nothing, a set that is placed."""
    workloads = {workload.id: workload for workload in plan.cluster.workloads}
    waiting = {left.workload for left in plan.unplaced if left.workload in workloads and not workloads[left.workload].is_daemon}
    # With limits on the nodes of rings, or whole groups, it need not be the workloads that contradict each other.
    is_due = not (plan.policy.ring_nodes or node_groups.are_whole(plan))
    if plan.verdict == INFEASIBLE and waiting and is_due and not plan.conflict:
        yield error(FindingCode.CONFLICT_MISSING, plan.name, case="due")
    if plan.conflict_smallest and not plan.conflict:
        yield error(FindingCode.CONFLICT_MISSING, plan.name, case="smallest")
    if plan.conflict:
        yield from _members(plan, workloads)
        if plan.verdict != INFEASIBLE:
            yield error(FindingCode.CONFLICT_BASELESS, plan.name, verdict=plan.verdict)
        if not waiting.intersection(plan.conflict):
            yield error(FindingCode.CONFLICT_PLACED, plan.name)
        if len(plan.conflict) == 1 and not plan.conflict_smallest:
            yield error(FindingCode.CONFLICT_SMALLEST, plan.name)


def _members(plan: IsolationPlan, workloads: Mapping[WorkloadId, Workload]) -> Iterator[Finding]:
    for name in plan.conflict:
        known = workloads.get(name)
        if known and (known.is_daemon or not known.pods):
            yield error(FindingCode.CONFLICT_MEMBER, name, case="no pods")
    if len(set(plan.conflict)) < len(plan.conflict):
        yield error(FindingCode.CONFLICT_MEMBER, plan.name, case="twice")
