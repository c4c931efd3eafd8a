"""What is said of pods that keep data on their node: the plan leaves them there as far as it can, kube-scheduler does not."""

from collections.abc import Iterator

from models.disclosure import DisclosureCode
from models.kubernetes.cluster import Cluster, Statement
from models.kubernetes.workload import Workload
from planner.rules import data_on_node
from planner.words import some

NOTHING_TELLS = (
    "nothing tells kube-scheduler: the plan leaves these pods there as far as it can, but pods that are made anew, as when the "
    "patches roll out, may start without it on another node of their ring"
)
FOLDERS = "give the pods node affinity to their nodes, or move it into volumes that have some"
VOLUMES = "give the volumes node affinity (spec.nodeAffinity) to these nodes before anything rolls out"


def statements(cluster: Cluster) -> Iterator[Statement]:
    """Name the workloads that run where data of theirs is of which kube-scheduler does not know."""
    for workload in cluster.workloads:
        if workload.is_daemon or not workload.running:
            continue
        yield from _unknown(workload, [f"hostPath {path}" for path in workload.template.host_paths], FOLDERS)
        loose = [volume for volume in data_on_node.volumes(workload, cluster) if volume.node_affinity is None]
        yield from _unknown(workload, [f"volume {volume.name} ({volume.source} {volume.path})" for volume in loose], VOLUMES)


def _unknown(workload: Workload, what: list[str], fix: str) -> Iterator[Statement]:
    if what:
        nodes = some(sorted(workload.running))
        message = f"keeps {some(what)} on {nodes}, of which {NOTHING_TELLS}; {fix}"
        yield Statement(str(workload.id), message, workload.where, DisclosureCode.DATA_ON_NODE)
