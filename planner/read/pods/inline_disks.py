"""Disks that a pod attaches without a claim -> resources of which every node has the same.

Source: pkg/scheduler/framework/plugins/volumerestrictions/volume_restrictions.go isVolumeConflict.

Of one disk a node has one writer, or any number of readers. An EBS volume has no readers, whatever the pod says, and an RBD image
is the same one if any of its monitors is.
"""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import replace

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Resident
from models.kubernetes.resources import DISKS, NOTHING, WHOLE, Resources
from models.kubernetes.workload import Workload
from planner.read.schema import pod_schema

POOL = "rbd"
"""The pool of an image that names none (pkg/apis/core/v1/defaults.go SetDefaults_RBDVolumeSource)."""


def disks(spec: pod_schema.PodSpec) -> Resources:
    """Return what a pod takes of each of its disks: of one that it has twice, once to write, all."""
    parts: dict[str, int] = {}
    for volume in spec.volumes or ():
        for name, reads in _of(volume):
            parts[name] = max(parts.get(name, 0), 1 if reads else WHOLE)
    return FrozenMap({DISKS + name: parts[name] for name in sorted(parts)}) if parts else NOTHING


def _of(volume: pod_schema.Volume) -> Iterator[tuple[str, bool]]:
    """Yield the names of the disks that a volume is, and whether the pod only reads it."""
    if (elastic := volume.aws_elastic_block_store) is not None:
        yield f"ebs/{elastic.volume_id or ''}", False
    if (persistent := volume.gce_persistent_disk) is not None:
        yield f"gce/{persistent.pd_name or ''}", bool(persistent.read_only)
    if (target := volume.iscsi) is not None:
        yield f"iscsi/{target.iqn or ''}", bool(target.read_only)
    if (image := volume.rbd) is not None:
        for monitor in image.monitors or ():
            yield f"rbd/{monitor}/{image.pool or POOL}/{image.image or ''}", bool(image.read_only)


def without_idle(workloads: Sequence[Workload], residents: Iterable[Resident]) -> list[Workload]:
    """Return the workloads without the disks that nobody can be kept from: those of one pod in all, and those that all read."""
    users: Counter[str] = Counter()
    written: set[str] = set()
    pods = [(workload.template, 1 if workload.is_daemon else workload.pods) for workload in workloads] + [
        (resident.pod, 1) for resident in residents
    ]
    for pod, count in pods:
        for name, part in pod.attached.items():
            users[name] += count
            written |= {name} if part == WHOLE else set()
    idle = {name for name in users if name.startswith(DISKS) and (users[name] < 2 or name not in written)}
    return [_without(workload, idle) if idle.intersection(workload.template.attached) else workload for workload in workloads]


def _without(workload: Workload, idle: Container[str]) -> Workload:
    kept = {name: part for name, part in workload.template.attached.items() if name not in idle}
    return replace(workload, template=replace(workload.template, attached=FrozenMap(kept)))


def whole(asked: Iterable[str]) -> Resources:
    """Return what every node has of the disks among the resources that pods ask for."""
    return FrozenMap({name: WHOLE for name in asked if name.startswith(DISKS)})
