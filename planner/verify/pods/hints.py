"""Guides lead workloads to kinds of nodes that their rings have."""

from collections import Counter
from collections.abc import Iterator

from models.answer.finding import Finding, FindingCode
from models.answer.plan import Guide, IsolationPlan
from models.kubernetes.workload import Workload, WorkloadId
from models.trust import Membership
from planner.verify.finding import error
from planner.verify.numbers.buying import HOSTNAME
from planner.verify.state import Scene

WHY_GUIDE = "The patches write guides into workloads: one that leads nowhere, or to a single node, keeps pods pending later."


def check(scene: Scene) -> Iterator[Finding]:
    """Yield the guides that lead nobody, nowhere or to single nodes, and those of which one workload has several."""
    known = {workload.id: workload for workload in scene.plan.cluster.workloads}
    for guide in scene.plan.guides:
        if wrong := _against(scene.plan.policy.guide, guide) or _misled(scene, guide, known.get(guide.workload)):
            yield error(FindingCode.GUIDE_UNTRUE, guide.workload, wrong, WHY_GUIDE)
    for name, count in sorted(Counter(guide.workload for guide in scene.plan.guides).items()):
        if count > 1:
            yield error(FindingCode.GUIDE_UNTRUE, name, f"is led {count} times, and can follow one guide", WHY_GUIDE)


def _against(policy: str, guide: Guide) -> str:
    if policy == "none" or (guide.required and policy != "require"):
        return f"is {'made to go' if guide.required else 'led'} to {guide.key}, against the policy's guide: {policy}"
    return ""


def _misled(scene: Scene, guide: Guide, workload: Workload | None) -> str:
    if workload is None:
        return "is led, but there is no such workload"
    if workload.is_daemon:
        return "is led, but its controller chooses the nodes of a DaemonSet"
    if not guide.values:
        return f"is led to nodes of which {guide.key} has one of no values"
    if guide.values != tuple(sorted(set(guide.values))):
        return f"is led to values of {guide.key} that are not sorted, or named twice"
    if guide.key == HOSTNAME:
        return f"is led to single nodes: {', '.join(guide.values)}"
    if workload.pods and not _leads_somewhere(scene, guide):
        return f"is led to {guide.key} {', '.join(guide.values)}, which no node of its ring has"
    return ""


def _leads_somewhere(scene: Scene, guide: Guide) -> bool:
    home = _home(scene.plan, guide.workload)
    inside = (node for node in scene.nodes if scene.ring_of.get(node.name) == home)
    return any(node.labels.get(guide.key) in guide.values for node in inside)


def _home(plan: IsolationPlan, workload: WorkloadId) -> str:
    return plan.trust.members.get(str(workload), Membership()).ring
