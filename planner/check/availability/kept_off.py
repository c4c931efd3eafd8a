"""DaemonSets that nodes cannot do without, and that a taint keeps off."""

import re
from collections.abc import Iterator

from models.answer.finding import ERROR, WARNING
from models.kubernetes.workload import Workload
from planner.check.estate.dedicated import sets_apart
from planner.check.estate.estate import Estate
from planner.check.estate.template import Template
from planner.check.rule import AVAILABILITY, Rule
from planner.check.sighting import Sighting
from planner.rules import daemonset, ring_membership
from planner.rules.plugins import nodeaffinity, tainttoleration
from planner.words import some

_NEEDED = re.compile(r"/(cni|plugins(_registry)?|csi)(/|$)|^/opt/cni|^/etc/cni")
_CRITICAL = "system-node-critical"


def _question(estate: Estate) -> Iterator[Sighting]:
    if estate.plan is not None:
        yield from _by_plan(estate)
        return
    for template in estate.daemons:
        if not _is_needed(template) or estate.is_shared(template):
            continue
        lost = [
            f"{node.name} ({taint.key})"
            for node in estate.today
            for taint in node.taints
            if taint.effect != "PreferNoSchedule" and sets_apart(taint.key) and not template.tolerates(taint)
            if template.selects(node.labels)
        ]
        if lost:
            yield template.sighting(f"every node needs it, and taints keep it off {some(lost)}", "tolerations")


def _is_needed(template: Template) -> bool:
    """Say whether nodes do not work without it: it serves volumes or the network, or says that it is critical."""
    folders = (path for _, path, _ in template.host_paths)
    return template.spec.get("priorityClassName") == _CRITICAL or any(map(_NEEDED.search, folders))


def _by_plan(estate: Estate) -> Iterator[Sighting]:
    """Name the DaemonSets that lose nodes by the plan's taints."""
    plan = estate.plan
    if plan is None:
        return
    ring_of = {name: ring.name for ring in plan.rings for name in ring.nodes}
    final = ring_membership.final_nodes(plan.cluster.nodes, ring_of, plan.policy.nodes)
    for workload in plan.cluster.workloads:
        if not workload.is_daemon or estate.is_shared_id(str(workload.id)):
            continue
        pod = daemonset.daemon_pod(workload.template)
        ring = plan.trust.members[str(workload.id)].ring
        later = ring_membership.ring_pod(pod, ring, plan.policy.nodes) if ring and not workload.by_hand else pod
        lost = [
            now.name
            for now, then in zip(plan.cluster.nodes, final, strict=True)
            if not now.shape
            if nodeaffinity.matches(pod, now) and not tainttoleration.untolerated(pod.tolerations, now.taints)
            if not nodeaffinity.matches(later, then) or tainttoleration.untolerated(later.tolerations, then.taints)
        ]
        if lost:
            message = f"runs on every node it can reach today, and the plan takes {some(lost)} from it"
            yield Sighting(str(workload.id), message, workload.where, severity=_severity(workload))


def _severity(workload: Workload) -> str:
    return ERROR if workload.template.priority >= _SYSTEM or workload.id.namespace == "kube-system" else WARNING


_SYSTEM = 2_000_000_000

RULE = Rule(
    id="daemon-loses-nodes",
    breaks=AVAILABILITY,
    severity=ERROR,
    sentence="A DaemonSet that nodes need is kept off some of them",
    why="Without volume driver, network agent or proxy pods hang there; NoSchedule evicts nothing, so nobody sees it at first.",
    how="A new taint, and an agent whose tolerations name the old ones.",
    fix="let it tolerate the taint, or name it under spec.everywhere of the policy",
    source="https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/#taints-and-tolerations",
    question=_question,
)
