"""A machine: the last boundary between workloads."""

from dataclasses import dataclass

from models.frozen import EMPTY
from models.labels import Labels, Taint
from models.resources import NOTHING, Resources
from models.source import NOWHERE, Source


@dataclass(frozen=True, slots=True)
class Node:
    """A node as kube-scheduler sees it: labels, taints, and what it can allocate."""

    name: str
    labels: Labels = EMPTY
    taints: tuple[Taint, ...] = ()
    unschedulable: bool = False
    allocatable: Resources = NOTHING
    kubelet_version: str = ""
    where: Source = NOWHERE
