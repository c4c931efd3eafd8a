"""Why a workload, a node or a node group is where the plan has it, and why not elsewhere; and what a ring has."""

from dataclasses import dataclass

from models.frozen_map import EMPTY_COUNTS, FrozenMap
from models.kubernetes.node import Node
from models.kubernetes.node_group import NodeGroup
from models.kubernetes.workload import Workload


@dataclass(frozen=True, slots=True)
class Ground:
    """The nodes of one ring, or those outside every ring (`ring` is empty), as one more pod of a workload finds them.

    It is asked as if the workload were of that ring. `takes` are the nodes with a place for it; `refuses` are the others by what
    kube-scheduler would say, `excluded` those that the policy leaves alone.
    """

    ring: str
    groups: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    refuses: FrozenMap[tuple[str, ...]] = FrozenMap()
    excluded: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Count the nodes."""
        return len(self.takes) + len(self.excluded) + sum(map(len, self.refuses.values()))


@dataclass(frozen=True, slots=True)
class WorkloadExplained:
    """A workload: how many pods are `on` which nodes, what its own `home` ring has for one more, and what the `others` have.

    A DaemonSet is asked for a node at a time: `takes` are those that it reaches, with room or not.
    """

    workload: Workload
    on: FrozenMap[int]
    home: Ground | None = None
    others: tuple[Ground, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """What a ring could do with a node: so many of its `workloads` could be there if it were in that ring and empty.

    `refused` counts the others by what kube-scheduler would say. `today` are the ring's pods that run there now.
    """

    ring: str
    workloads: int
    able: int
    refused: FrozenMap[int] = EMPTY_COUNTS
    today: int = 0


@dataclass(frozen=True, slots=True)
class NodeExplained:
    """A node, its ring (empty outside every ring), and what each ring could do with it."""

    node: Node
    ring: str
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupExplained:
    """A node group with its nodes, its ring (empty outside every ring), and what each ring could do with them.

    Where the plan divides it, `ring` is the one that keeps it. Of a claim's workloads so many are able as the best node takes.
    """

    group: NodeGroup
    nodes: tuple[Node, ...]
    ring: str
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class RingExplained:
    """A ring, the node groups that are in it, and its nodes that are of none."""

    ring: str
    groups: tuple[tuple[NodeGroup, tuple[Node, ...]], ...]
    alone: tuple[Node, ...]


Explained = WorkloadExplained | NodeExplained | GroupExplained | RingExplained
