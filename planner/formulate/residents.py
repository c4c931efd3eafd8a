"""Pods that stay where they are, as classes with one candidate each."""

from collections.abc import Iterator, Mapping

from models.cluster import Cluster
from models.formulation import Batch
from models.workload import Workload, WorkloadId


def resident_batches(cluster: Cluster, names: Mapping[str, int]) -> Iterator[Batch]:
    """Yield the static pods of the planned nodes; they belong to no ring and take room on their node."""
    for resident in cluster.residents:
        if resident.node in names:
            workload = Workload(WorkloadId("Pod", resident.pod.namespace, resident.name), "v1", resident.pod)
            yield Batch(workload, resident.pod, "", 1, fixed_to=resident.node)
