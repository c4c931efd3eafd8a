"""What only a cluster tells of, on nodes that the policy leaves alone: it stays there, and no level is asked of it."""

from collections.abc import Set
from dataclasses import replace

from models.disclosure import Disclosure, DisclosureCode
from models.kubernetes.cluster import Cluster
from models.kubernetes.workload import Workload
from models.trust import TrustPolicy
from planner.rules.ring_membership import is_excluded
from planner.trust.members import has_no_level
from planner.wording.disclosures import said


def without_left_alone(policy: TrustPolicy, cluster: Cluster) -> Cluster:
    """Return the cluster without the workloads that stay outside of every ring, which it names.

    A manifest never does: where its pods will run nobody knows. What tolerates the taint of a ring may go there any day.
    """
    nodes = {node.name for node in cluster.nodes if is_excluded(node, policy.nodes)}
    stay = [workload for workload in cluster.workloads if nodes and _stays(workload, nodes, policy, cluster)]
    if not stay:
        return cluster
    names = {workload.id for workload in stay}
    where, workloads = stay[0].where, tuple(str(workload.id) for workload in stay)
    left = Disclosure.of(DisclosureCode.NOT_MODELLED, "nodes.exclude", where, case="left alone", workloads=workloads)
    kept = tuple(workload for workload in cluster.workloads if workload.id not in names)
    return replace(cluster, workloads=kept, unread=(*cluster.unread, said(left)))


def _stays(workload: Workload, nodes: Set[str], policy: TrustPolicy, cluster: Cluster) -> bool:
    return (
        workload.stored
        and not workload.is_daemon
        and workload.running.keys() <= nodes
        # A pod that does not run yet may still come to a node of a ring.
        and sum(workload.running.values()) >= max(workload.first, 1)
        and all(toleration.key not in ("", policy.nodes.taint_key) for toleration in workload.template.tolerations)
        and has_no_level(workload, policy, cluster)
    )
