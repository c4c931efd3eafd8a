"""What a pod spec asks for that the nouns cannot say: put into words, so that it is never dropped."""

from collections.abc import Iterator

from models.disclosure import Disclosure
from models.kubernetes.resources import EPHEMERAL_STORAGE, MEMORY
from planner.read.documents.remarks import remark
from planner.read.schema import pod_schema
from planner.read.storage.volumes import built_in
from planner.read.values import quantity


def remarks(spec: pod_schema.PodSpec, affinity: pod_schema.Affinity) -> tuple[Disclosure, ...]:
    """List what a plan does not guarantee to such a pod."""
    return (*_together(spec), *_users(spec), *_fractions(spec), *_mounts(spec), *_volumes(spec), *_wishes(affinity))


def _together(spec: pod_schema.PodSpec) -> Iterator[Disclosure]:
    if spec.scheduling_group or spec.workload_ref:
        yield remark("gang")


def _users(spec: pod_schema.PodSpec) -> Iterator[Disclosure]:
    """Name what API servers refuse unless their gate UserNamespacesHostNetworkSupport is on, which it is not by default."""
    if spec.host_network and spec.host_users is False:
        yield remark("host users")


def _fractions(spec: pod_schema.PodSpec) -> Iterator[Disclosure]:
    """Name parts of bytes, of which API servers warn (pkg/api/pod/warnings.go): whoever writes 1024m means 1024Mi."""
    for container in (*(spec.containers or ()), *(spec.init_containers or ())):
        asked = container.resources or pod_schema.Resources()
        pairs = [
            (name, (given or {}).get(name)) for given in (asked.requests, asked.limits) for name in (MEMORY, EPHEMERAL_STORAGE)
        ]
        for name, value in dict.fromkeys(pairs):
            if value is not None and quantity.is_part(value):
                yield remark("fraction", container=container.name or "", resource=name, amount=str(value))


def _mounts(spec: pod_schema.PodSpec) -> Iterator[Disclosure]:
    """Name what API servers drop unless their gate VolumeBindMountOptions is on, which it is not by default."""
    containers = (*(spec.containers or ()), *(spec.init_containers or ()))
    if any(mount.bind_mount_options for container in containers for mount in container.volume_mounts or ()):
        yield remark("mount options")


def _volumes(spec: pod_schema.PodSpec) -> Iterator[Disclosure]:
    volumes = spec.volumes or ()
    disks = tuple(volume.name or "" for volume in volumes if built_in(volume))
    if any(disks):
        yield remark("disks", volumes=disks)


def _wishes(affinity: pod_schema.Affinity) -> Iterator[Disclosure]:
    kinds = {
        "nodeAffinity": affinity.node_affinity,
        "podAffinity": affinity.pod_affinity,
        "podAntiAffinity": affinity.pod_anti_affinity,
    }
    preferred = tuple(name for name, kind in kinds.items() if kind and kind.preferred)
    if preferred:
        yield remark("preferences", fields=preferred)
