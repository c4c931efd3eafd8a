"""Guides lead workloads to kinds of nodes that their rings have, and room is reserved for workloads in their own rings."""

from collections.abc import Iterator, Mapping

from models.finding import Finding
from models.plan import Guide, IsolationPlan, Reserve
from models.trust import Membership
from models.workload import Workload, WorkloadId
from planner.verify.buying import HOSTNAME
from planner.verify.finding import error
from planner.verify.scene import Scene

WHY_GUIDE = "The patches write guides into workloads: one that leads nowhere, or to a single node, keeps pods pending later."
WHY_RESERVE = "Reserved room is read as what a ring has left for a workload of its own."


def check(made: Scene) -> Iterator[Finding]:
    """Yield the guides that lead nobody, nowhere or to single nodes, and the reserves of nobody."""
    known = {workload.id: workload for workload in made.plan.cluster.workloads}
    for guide in made.plan.guides:
        if wrong := _against(made.plan.policy.guide, guide) or _misled(made, guide, known.get(guide.workload)):
            yield error("guide-untrue", guide.workload, wrong, WHY_GUIDE)
    for reserve in made.plan.reserves:
        if wrong := _misplaced(made.plan, reserve, known):
            yield error("reserve-untrue", reserve.workload, wrong, WHY_RESERVE)


def _against(policy: str, guide: Guide) -> str:
    if policy == "none" or (guide.required and policy != "require"):
        return f"is {'made to go' if guide.required else 'led'} to {guide.key}, against the policy's guide: {policy}"
    return ""


def _misled(made: Scene, guide: Guide, workload: Workload | None) -> str:
    if workload is None:
        return "is led, but there is no such workload"
    if workload.is_daemon:
        return "is led, but its controller chooses the nodes of a DaemonSet"
    if not guide.values:
        return f"is led to nodes of which {guide.key} has one of no values"
    if guide.key == HOSTNAME:
        return f"is led to single nodes: {', '.join(guide.values)}"
    if workload.pods and not _leads_somewhere(made, guide):
        return f"is led to {guide.key} {', '.join(guide.values)}, which no node of its ring has"
    return ""


def _leads_somewhere(made: Scene, guide: Guide) -> bool:
    home = _home(made.plan, guide.workload)
    inside = (node for node in made.nodes if made.ring_of.get(node.name) == home)
    return any(node.labels.get(guide.key) in guide.values for node in inside)


def _misplaced(plan: IsolationPlan, reserve: Reserve, known: Mapping[WorkloadId, Workload]) -> str:
    if reserve.workload not in known:
        return "has room reserved, but there is no such workload"
    home = _home(plan, reserve.workload)
    if reserve.ring != home or not home:
        return f"has room reserved in ring {reserve.ring}, and is in {f'ring {home}' if home else 'none'}"
    return f"has room reserved for {reserve.pods} pods" if reserve.pods < 1 else ""


def _home(plan: IsolationPlan, workload: WorkloadId) -> str:
    return plan.trust.members.get(str(workload), Membership()).ring
