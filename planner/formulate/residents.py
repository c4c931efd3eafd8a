"""Pods that stay where they are, as classes with one candidate each."""

from collections.abc import Iterator, Mapping

from models.cluster import Cluster
from models.formulation import Batch
from models.trust import Group, Trust, TrustPolicy
from models.workload import Workload, WorkloadId


def resident_batches(cluster: Cluster, names: Mapping[str, int]) -> Iterator[Batch]:
    """Yield the static pods of the planned nodes; they belong to no ring and take room on their node."""
    for resident in cluster.residents:
        if resident.node in names:
            workload = Workload(WorkloadId("Pod", resident.pod.namespace, resident.name), "v1", resident.pod)
            yield Batch(workload, resident.pod, "", 1, fixed_to=resident.node)


def pinned(cluster: Cluster, policy: TrustPolicy, trust: Trust) -> dict[str, str]:
    """Return node -> ring for nodes whose static pods carry a level themselves; "" where two do not belong together.

    A static pod that carries none is taken for part of the node, as the kubelet is.
    """
    ring_of = {group: ring.name for ring in trust.rings for group in ring.groups}
    found: dict[str, set[str]] = {}
    for resident in cluster.residents:
        level = resident.pod.labels.get(policy.labels.level)
        if level is not None:
            tenant = resident.pod.labels.get(policy.labels.tenant, "") if level in policy.separate_tenants else ""
            found.setdefault(resident.node, set()).add(ring_of.get(Group(level, tenant).name, ""))
    return {node: rings.pop() if len(rings) == 1 else "" for node, rings in found.items()}
