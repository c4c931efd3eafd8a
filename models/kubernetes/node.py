"""A machine: the last boundary between workloads; and machines that could be bought."""

from dataclasses import dataclass

from models.frozen_map import EMPTY
from models.kubernetes.labels import Labels, Taint
from models.kubernetes.resources import NOTHING, Resources
from models.source import NOWHERE, Source

CONTROL_PLANE = ("node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master")


@dataclass(frozen=True, slots=True)
class Node:
    """A node as kube-scheduler sees it: labels, taints, and what it can allocate.

    `price` is what using it costs, in millionths per hour of any one currency. `shape` is the shape of a node that the plan
    buys, empty for one that is owned. `made_by` is the group that an annotation names, and the annotation's key.
    """

    name: str
    labels: Labels = EMPTY
    taints: tuple[Taint, ...] = ()
    unschedulable: bool = False
    allocatable: Resources = NOTHING
    kubelet_version: str = ""
    where: Source = NOWHERE
    price: int = 0
    shape: str = ""
    made_by: str = ""

    @property
    def is_control_plane(self) -> bool:
        """Say whether it runs the control plane, as kubeadm and all after it label such nodes."""
        return any(role in self.labels for role in CONTROL_PLANE)


@dataclass(frozen=True, slots=True)
class NodeShape:
    """Nodes that could be bought: what each of them is, in which zones, at what price, and how many at most (None: any number).

    `price` is per node, in millionths per hour. `zones` are sorted. Where such nodes come by growth of a node group, the shape is
    called like it: `group` is the key of the label, or of the annotation, that names it, `max` by how many it can grow, and `min`
    is the least that it may have.
    """

    name: str
    allocatable: Resources
    zones: tuple[str, ...]
    price: int
    labels: Labels = EMPTY
    taints: tuple[Taint, ...] = ()
    max: int | None = None
    where: Source = NOWHERE
    group: str = ""
    min: int = 0


UNPRICED = 1
"""What a node of a group counts whose price nobody knows, in millionths: so as few as possible come, before any that is paid."""


def bought_name(shape: str, zone: str, number: int) -> str:
    """Name a bought node: they are numbered from 1 for each shape and zone."""
    return f"{shape}@{zone}#{number}"
