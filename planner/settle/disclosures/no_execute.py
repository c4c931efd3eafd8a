"""Pods that a node takes for some time only: it has a NoExecute taint, which they tolerate for so many seconds.

Source: pkg/controller/tainteviction/taint_eviction.go, pkg/apis/core/v1/helper/helpers.go GetMatchingTolerations.
"""

from collections.abc import Iterator, Sequence

from models.answer.plan import RingPlan
from models.disclosure import Disclosure, DisclosureCode
from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Taint
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from models.trust import Trust, TrustPolicy
from planner.rules import daemonset, ring_membership
from planner.rules.placement import failure_repacking
from planner.rules.plugins import tainttoleration

FAILURES = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")
"""Taints of nodes that fail: every pod tolerates them for some minutes, and they go when the node is back."""


def statements(cluster: Cluster, policy: TrustPolicy, trust: Trust, rings: Sequence[RingPlan]) -> Iterator[Disclosure]:
    """Name the workloads whose pods may be bound to nodes that evict them again."""
    ring_of = {name: ring.name for ring in rings for name in ring.nodes}
    nodes = [node for node in ring_membership.final_nodes(cluster.nodes, ring_of, policy.nodes) if any(map(_evicts, node.taints))]
    for workload in cluster.workloads if nodes else ():
        member, pod = trust.members[str(workload.id)], workload.template
        if not any(
            toleration.toleration_seconds is not None and toleration.key not in FAILURES for toleration in pod.tolerations
        ):
            continue
        pod = (
            ring_membership.ring_pod(pod, member.ring, policy.nodes)
            if member.ring
            else ring_membership.everywhere_pod(pod, policy.nodes)
        )
        pod = daemonset.daemon_pod(pod) if workload.is_daemon else pod
        affected = [node.name for node in nodes if _is_passing(pod, node) and failure_repacking.lets_in(pod, node, cluster)]
        if affected:
            nodes_of_it = tuple(sorted(affected))
            yield Disclosure.of(DisclosureCode.EVICTED_BY_TAINT, str(workload.id), workload.where, nodes=nodes_of_it)


def _evicts(taint: Taint) -> bool:
    return taint.effect == "NoExecute" and taint.key not in FAILURES


def _is_passing(pod: Pod, node: Node) -> bool:
    """Say whether the first toleration that matches one of the taints has an end."""
    taints = filter(_evicts, node.taints)
    first = (
        next((toleration for toleration in pod.tolerations if tainttoleration.tolerates(toleration, taint)), None)
        for taint in taints
    )
    return any(toleration is not None and toleration.toleration_seconds is not None for toleration in first)
