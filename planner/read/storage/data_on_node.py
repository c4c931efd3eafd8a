"""What a pod keeps on its node beside its claims: folders of the node itself (hostPath), and what is made for it (emptyDir).

Source: pkg/volume/hostpath, pkg/volume/emptydir (deleted with the pod), staging/src/k8s.io/api/core/v1/types.go HostPathType.
"""

from collections.abc import Iterator
from posixpath import normpath

from planner.read.schema import pod_schema

SYSTEM = ("/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/run", "/sbin", "/sys", "/usr", "/var/run")
"""Folders that are the machine's own, alike on every node or gone when it starts again: no pod keeps its data there."""
NO_DATA = ("CharDevice", "Socket")
"""Types of hostPath that lead to something else than data."""


def host_paths(spec: pod_schema.PodSpec) -> tuple[str, ...]:
    """Return the paths of its node in which a pod may have left data, sorted."""
    paths = {
        # normpath keeps two slashes in front, to which POSIX lets a system give a meaning.
        normpath("/" + (volume.host_path.path or "").lstrip("/"))
        for volume in spec.volumes or ()
        if volume.host_path and volume.host_path.type not in NO_DATA and _is_written(spec, volume)
    }
    return tuple(sorted(path for path in paths if not _is_system(path)))


def empty_dirs(spec: pod_schema.PodSpec) -> tuple[str, ...]:
    """Return the names of the volumes that are made on its node and go with the pod, sorted."""
    volumes = (volume for volume in spec.volumes or () if volume.empty_dir and _is_written(spec, volume))
    return tuple(sorted({volume.name or "" for volume in volumes}))


def _is_system(path: str) -> bool:
    return any(path == folder or path.startswith(f"{folder}/") for folder in SYSTEM)


def _is_written(spec: pod_schema.PodSpec, volume: pod_schema.Volume) -> bool:
    """Say whether any container may write a volume; one that none mounts is taken to be of use to somebody."""
    mounts = [mount for container in _containers(spec) for mount in container.volume_mounts or () if mount.name == volume.name]
    return not mounts or not all(mount.read_only for mount in mounts)


def _containers(spec: pod_schema.PodSpec) -> Iterator[pod_schema.Container]:
    yield from spec.containers or ()
    yield from spec.init_containers or ()


def without_far_mounts(spec: pod_schema.PodSpec) -> None:
    """Forget the mounts of all other volumes: names like that of a pod's token would keep equal specs apart."""
    here = {volume.name for volume in spec.volumes or () if volume.host_path or volume.empty_dir}
    for container in _containers(spec):
        if container.volume_mounts:
            container.volume_mounts = [
                volume_mount
                for volume_mount in container.volume_mounts
                if volume_mount.bind_mount_options or volume_mount.name in here
            ] or None
