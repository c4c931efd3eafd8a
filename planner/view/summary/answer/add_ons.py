"""Pods that are not in the input, like those of CoreDNS: what becomes of them once every node has a taint."""

from collections.abc import Iterable

from models.answer.plan import IsolationPlan
from models.kubernetes.node import CONTROL_PLANE, Node
from models.kubernetes.node_group import AKS, EKS, EKSCTL, GKE, grouped, groups_of
from models.solver.outcome import FEASIBLE
from planner.rules import ring_membership

GUIDE = "docs/how-to/node-groups.md#system-add-ons"
DNS = "CoreDNS"
_KNOWN = ((DNS, ("coredns", "kube-dns", "dns-default")), ("metrics-server", ("metrics-server",)))
"""What most clusters run, and how the names of its workloads end."""
_TOLERATED = (*CONTROL_PLANE, "CriticalAddonsOnly")
"""Taints that CoreDNS tolerates as it is installed."""

_DAEMONS = {
    EKS: "on EKS aws-node and kube-proxy run",
    EKSCTL: "on EKS aws-node and kube-proxy run",
    GKE: "on GKE fluentbit-gke and pdcsi-node run",
    AKS: "on AKS kube-proxy and cloud-node-manager run",
}
"""What providers run on every node."""


def stranded(plan: IsolationPlan) -> str:
    """Say that no node is left to pods that nobody told of, where all that they could use are in rings; else nothing."""
    ring_of = {name: ring.name for ring in plan.rings for name in ring.nodes}
    finals = ring_membership.final_nodes(plan.cluster.nodes, ring_of, plan.policy.nodes)
    if plan.verdict != FEASIBLE or not ring_of or _is_any_open(finals):
        return ""
    example = next((f", like {name}," for name in _missing(plan)), "")
    return f"Every node gets a taint: pods not in the input{example} find no node."


def is_open(plan: IsolationPlan) -> bool:
    """Say whether somebody has to decide where CoreDNS runs: it has nodes today, or all are still to come, and none later."""
    owned = [node for node in plan.cluster.nodes if not node.shape]
    return DNS in _missing(plan) and (not owned or _is_any_open(owned)) and bool(stranded(plan))


def remedy(plan: IsolationPlan) -> str:
    """Say what to do before nodes get their taint."""
    some = "one group" if grouped(plan.cluster.nodes, plan.policy.nodes.groups.by) else "some nodes"
    return f"put kube-system into the input, or keep {some} out"


def decision(plan: IsolationPlan) -> str:
    """Say what happens, and what to do before that; nothing where nobody has to decide."""
    return f"{stranded(plan)} Before apply.sh taint, {remedy(plan)}." if is_open(plan) else ""


def uncounted(plan: IsolationPlan) -> str:
    """Say that daemons of a provider take room which nobody counted, where the input has no DaemonSet; else nothing."""
    if any(workload.id.kind == "DaemonSet" for workload in plan.cluster.workloads):
        return ""
    providers = {group.provider for node in plan.cluster.nodes for group in groups_of(node)}
    there = next((words for provider, words in _DAEMONS.items() if provider in providers), "")
    return f"No DaemonSet is in the input; {there} on every node: rings have less room than this says." if there else ""


def _missing(plan: IsolationPlan) -> tuple[str, ...]:
    """Return the add-ons that most clusters have and the plan has not."""
    planned = {workload.id.name for workload in plan.cluster.workloads}
    return tuple(name for name, ends in _KNOWN if not any(known.endswith(ends) for known in planned))


def _is_any_open(nodes: Iterable[Node]) -> bool:
    """Say whether a pod that only tolerates what CoreDNS does could be scheduled on any of these nodes."""
    return any(
        not node.unschedulable and all(taint.key in _TOLERATED for taint in node.taints if taint.effect != "PreferNoSchedule")
        for node in nodes
    )
