"""What pods keep on their node, and leave behind where they go to another one.

A folder of the node (hostPath), or a volume that is one, is still there once the pod has gone, but the one that comes in its
place does not find it elsewhere: kube-scheduler knows of it only where the volume has node affinity. What was made for the pod
alone (emptyDir) is deleted with it wherever it comes again, so nothing is won by leaving it where it is.
Source: pkg/volume/hostpath, pkg/volume/local, pkg/volume/emptydir; pkg/scheduler/framework/plugins/volumebinding/binder.go.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from models.kubernetes.cluster import Cluster
from models.kubernetes.storage import Volume
from models.kubernetes.workload import Workload
from planner.rules import statefulset


@dataclass(frozen=True, slots=True)
class Kept:
    """In words, what pods keep on their node: what `lasts` there without them, and what `ends` with them."""

    lasts: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """Return all of it."""
        return (*self.lasts, *self.ends)


NOTHING_KEPT = Kept()


def kept(workload: Workload, cluster: Cluster) -> Kept:
    """Return what the pods of a workload keep on their nodes; daemons do not move."""
    pod = workload.template
    if workload.is_daemon:
        return NOTHING_KEPT
    folders = (f"hostPath {path}" for path in pod.host_paths)
    volume_names = (f"volume {volume.name} ({volume.source} {volume.path})" for volume in volumes(workload, cluster))
    return Kept((*folders, *volume_names), tuple(f"emptyDir {name}" for name in pod.empty_dirs))


def keeps(workload: Workload, cluster: Cluster) -> bool:
    """Say whether its pods would leave data behind: such stay before others do."""
    if workload.is_daemon or not workload.running:
        return False
    return bool(workload.template.host_paths) or any(True for _ in volumes(workload, cluster))


def left_behind(cluster: Cluster) -> dict[str, tuple[str, ...]]:
    """Return in words, node by node, what lasts there of the pods that run on it: elsewhere they do not find it."""
    by_node: dict[str, list[str]] = {}
    for workload in cluster.workloads:
        lasts = kept(workload, cluster).lasts if workload.running else ()
        for node in workload.running if lasts else ():
            by_node.setdefault(node, []).append(f"{workload.id} ({', '.join(lasts)})")
    return {node: tuple(sorted(words)) for node, words in by_node.items()}


def volumes(workload: Workload, cluster: Cluster) -> Iterator[Volume]:
    """Yield the volumes of a workload's claims that are a part of a node, in the order of the claims."""
    if not (workload.template.claims or workload.claim_templates):
        return
    for name in _claims(workload, cluster):
        claim = cluster.claims.get(f"{workload.id.namespace}/{name}")
        volume = cluster.volumes.get(claim.volume) if claim and claim.volume else None
        if volume is not None and volume.source:
            yield volume


def _claims(workload: Workload, cluster: Cluster) -> Iterator[str]:
    """Yield the names of its claims, those too that are made for each pod of a StatefulSet."""
    yield from workload.template.claims
    for ordinal in _numbers(workload, cluster) if workload.claim_templates else ():
        yield from (f"{template}-{workload.id.name}-{ordinal}" for template in workload.claim_templates)


def _numbers(workload: Workload, cluster: Cluster) -> Iterable[int]:
    """Return the ordinals of a StatefulSet; where it has more pods than there are claims, those that any claim ends with."""
    numbers = statefulset.numbers(workload)
    if workload.pods <= len(cluster.claims):
        return numbers
    endings = {name.rpartition("-")[2] for name in cluster.claims}
    return sorted(ordinal for ordinal in map(int, filter(str.isdecimal, endings)) if ordinal in numbers)
