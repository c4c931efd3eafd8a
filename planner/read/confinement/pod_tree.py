"""The spec of a pod as it is written, and what stands around it: who its containers may be, and what they may do."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from planner.read.documents.tree import Tree, branch, entries, numbered, pairs, text, texts

CONTAINERS = ("containers", "initContainers", "ephemeralContainers")


@dataclass(eq=False)
class PodTree:
    """The spec of a pod, or of a pod template; `around` it is the metadata of its pods."""

    spec: Tree = field(repr=False)
    around: Tree = field(repr=False)

    @cached_property
    def labels(self) -> dict[str, str]:
        """Return the labels of its pods."""
        return pairs(self.around, "metadata", "labels")

    @cached_property
    def annotations(self) -> dict[str, str]:
        """Return the annotations of its pods."""
        return pairs(self.around, "metadata", "annotations")

    @cached_property
    def containers(self) -> tuple[tuple[str, Tree], ...]:
        """Return all containers with the paths below the pod spec at which they stand."""
        return tuple((f"{kind}[{index}]", entry) for kind in CONTAINERS for index, entry in numbered(self.spec, kind))

    @cached_property
    def host_paths(self) -> tuple[tuple[str, str, bool], ...]:
        """Return name and folder of its hostPath volumes, and whether anything mounts them for writing."""
        mounts = [mount for _, container in self.containers for mount in entries(container, "volumeMounts")]
        writable = {mount.get("name") for mount in mounts if mount.get("readOnly") is not True}
        volumes = [volume for volume in entries(self.spec, "volumes") if text(volume, "hostPath", "path")]
        return tuple(
            (text(volume, "name"), text(volume, "hostPath", "path"), volume.get("name") in writable) for volume in volumes
        )

    def security(self, container: Tree, name: str) -> Any:
        """Return a field of a container's security context, or of the pod's where it has none."""
        # To the API server null is as good as absent.
        own = branch(container, "securityContext").get(name)
        return branch(self.spec, "securityContext").get(name) if own is None else own

    def capabilities(self, container: Tree) -> tuple[str, ...]:
        """Return the capabilities that are added to a container."""
        return texts(container, "securityContext", "capabilities", "add")
