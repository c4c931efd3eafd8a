"""Pods that stay where they are: static ones, as classes with one candidate each, and those that nothing patches."""

from collections.abc import Iterator, Mapping

from models.kubernetes.cluster import Cluster
from models.kubernetes.workload import Workload, WorkloadId
from models.solver.indexed_problem import Batch
from models.trust import Trust, TrustPolicy
from planner.rules import data_on_node as keeps
from planner.rules import static_pods


def static_batches(cluster: Cluster, names: Mapping[str, int]) -> Iterator[Batch]:
    """Yield the static pods of the planned nodes; they belong to no ring and take room on their node."""
    for resident in cluster.residents:
        if resident.node in names:
            workload = Workload(WorkloadId("Pod", resident.pod.namespace, resident.name), "v1", resident.pod)
            yield Batch(workload, resident.pod, "", 1, fixed_to=resident.node)


def rings_of_static_pods(cluster: Cluster, policy: TrustPolicy, trust: Trust) -> dict[str, str]:
    """Return node -> ring for nodes whose static pods carry a level themselves; "" where the node may be in none."""
    nodes = {node.name: node for node in cluster.nodes}
    told = static_pods.by_node(cluster, policy)
    return {name: static_pods.ring_of(nodes[name], its, trust.rings, policy) for name, its in told.items() if name in nodes}


def rings_of_unpatched_pods(cluster: Cluster, trust: Trust) -> dict[str, str]:
    """Return node -> ring for nodes on which pods of one ring run that nothing patches, and so nothing moves.

    A node with such pods of several rings mixes them already, whatever ring it gets: some of them have to go by hand. Where
    pods of another ring keep data there that they would lose, the goals weigh the two.
    """
    result: dict[str, set[str]] = {}
    bound: dict[str, set[str]] = {}
    for workload in cluster.workloads if not cluster.may_move_by_hand else ():
        ring = trust.members[str(workload.id)].ring
        kinds = [result] if workload.by_hand and not workload.is_daemon else []
        kinds += [bound] if keeps.keeps(workload, cluster) else []
        for node, pods in workload.running.items():
            for homes in kinds if ring and pods else ():
                homes.setdefault(node, set()).add(ring)
    return {node: min(rings) for node, rings in result.items() if len(rings | bound.get(node, set())) == 1}


def fixed_candidates(
    batch: Batch, candidates: tuple[int, ...], stay: Mapping[str, str], names: Mapping[str, int]
) -> tuple[int, ...]:
    """Return the node of a Pod that nothing patches, if it is to be of the Pod's ring and still takes it; else all candidates."""
    if batch.workload.by_hand and batch.workload.id.full_kind == "Pod":
        here = [names[node] for node in batch.running if stay.get(node) == batch.ring and node in names]
        return tuple(candidate for candidate in candidates if candidate in here) or candidates
    return candidates
