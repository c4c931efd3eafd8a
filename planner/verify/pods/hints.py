"""Guides lead workloads to kinds of nodes that their rings have."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from models.answer.finding import Finding, FindingCode
from models.answer.plan import Guide, IsolationPlan
from models.kubernetes.workload import Workload, WorkloadId
from models.trust import Membership
from planner.verify.finding import error
from planner.verify.numbers.buying import HOSTNAME
from planner.verify.state import Scene

Told = tuple[str, dict[str, Any]]
"""A case of what is wrong with a guide, and what its sentence names."""


def check(scene: Scene) -> Iterator[Finding]:
    """Yield the guides that lead nobody, nowhere or to single nodes, and those of which one workload has several."""
    known = {workload.id: workload for workload in scene.plan.cluster.workloads}
    for guide in scene.plan.guides:
        if told := _against(scene.plan.policy.guide, guide) or _misled(scene, guide, known.get(guide.workload)):
            case, facts = told
            yield error(FindingCode.GUIDE_UNTRUE, guide.workload, case=case, **facts)
    for name, count in sorted(Counter(guide.workload for guide in scene.plan.guides).items()):
        if count > 1:
            yield error(FindingCode.GUIDE_UNTRUE, name, case="often", count=count)


def _against(policy: str, guide: Guide) -> Told | None:
    if policy == "none" or (guide.required and policy != "require"):
        return "policy", {"required": guide.required, "key": guide.key, "policy": policy}
    return None


def _misled(scene: Scene, guide: Guide, workload: Workload | None) -> Told | None:
    if workload is None:
        return "unknown", {}
    if workload.is_daemon:
        return "daemon", {}
    if not guide.values:
        return "no values", {"key": guide.key}
    if guide.values != tuple(sorted(set(guide.values))):
        return "unsorted", {"key": guide.key}
    if guide.key == HOSTNAME:
        return "single", {"nodes": guide.values}
    if workload.pods and not _leads_somewhere(scene, guide):
        return "nowhere", {"key": guide.key, "values": guide.values}
    return None


def _leads_somewhere(scene: Scene, guide: Guide) -> bool:
    home = _home(scene.plan, guide.workload)
    inside = (node for node in scene.nodes if scene.ring_of.get(node.name) == home)
    return any(node.labels.get(guide.key) in guide.values for node in inside)


def _home(plan: IsolationPlan, workload: WorkloadId) -> str:
    return plan.trust.members.get(str(workload), Membership()).ring
