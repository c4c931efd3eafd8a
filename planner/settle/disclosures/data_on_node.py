"""What is said of pods that keep data on their node: the plan leaves them there as far as it can, kube-scheduler does not."""

from collections.abc import Iterator

from models.disclosure import Disclosure, DisclosureCode
from models.kubernetes.cluster import Cluster
from models.kubernetes.workload import Workload
from planner.rules import data_on_node


def statements(cluster: Cluster) -> Iterator[Disclosure]:
    """Name the workloads that run where data of theirs is of which kube-scheduler does not know."""
    for workload in cluster.workloads:
        if workload.is_daemon or not workload.running:
            continue
        yield from _unknown(workload, [f"hostPath {path}" for path in workload.template.host_paths], "folders")
        loose = [volume for volume in data_on_node.volumes(workload, cluster) if volume.node_affinity is None]
        yield from _unknown(workload, [f"volume {volume.name} ({volume.source} {volume.path})" for volume in loose], "volumes")


def _unknown(workload: Workload, what: list[str], case: str) -> Iterator[Disclosure]:
    if what:
        given = {"data": tuple(what), "nodes": tuple(sorted(workload.running))}
        yield Disclosure.of(DisclosureCode.DATA_ON_NODE, str(workload.id), workload.where, case=case, **given)
