"""What is counted of a plan: usage of resources, nodes, rings and shared residents."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from models.answer.usage import Usage
from models.frozen_map import EMPTY_RESOURCES, FrozenMap
from models.kubernetes.resources import CPU, MEMORY, PODS, Resources

PLANNED = "planned"
SHARED = "shared"
FIXED = "fixed"
SHOWN_ALWAYS = (CPU, MEMORY, PODS)


@dataclass(frozen=True, slots=True)
class Occupant:
    """The pods of one workload on one node; `kind` says whether the plan put them there, they are shared, or fixed."""

    name: str
    kind: str
    group: str
    pods: int
    each: Resources

    @property
    def short(self) -> str:
        """Return the name without kind and namespace."""
        return self.name.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class NodeLoad:
    """One node: its ring (empty outside every ring), how full it is, and who is on it.

    It `is_bought` if it is not there yet, and `is_grown` where it then comes by growth of its node group.
    """

    name: str
    ring: str
    zone: str
    standing: str
    usage: FrozenMap[Usage]
    occupants: tuple[Occupant, ...]
    is_bought: bool = False
    is_grown: bool = False

    @property
    def coming(self) -> str:
        """Say how it comes; empty for one that is there."""
        return "to come" if self.is_grown else "to be bought" if self.is_bought else ""

    @property
    def scarcest(self) -> str:
        """Return the resource of which the largest part is taken."""
        return scarcest(self.usage)

    @property
    def fill(self) -> float:
        """Return the part of its scarcest resource that is taken."""
        return self.usage[self.scarcest].share if self.usage else 0.0

    @property
    def groups(self) -> tuple[str, ...]:
        """Return the groups whose pods the plan puts here."""
        return tuple(sorted({o.group for o in self.occupants if o.kind == PLANNED and o.group}))


@dataclass(frozen=True, slots=True)
class Guest:
    """A shared resident in one ring: on how many of its nodes it runs."""

    name: str
    nodes: int


@dataclass(frozen=True, slots=True)
class RingLoad:
    """One ring: its groups and nodes, the pods that the plan puts there, and how full it is as a whole.

    `levels` are the levels of its groups, most trusted first. `partners` are groups of other rings, and the group of
    this ring that trusts them.
    """

    name: str
    groups: tuple[str, ...]
    levels: tuple[str, ...]
    nodes: tuple[NodeLoad, ...]
    usage: FrozenMap[Usage]
    workloads: int
    pods: int
    unplaced: int
    guests: tuple[Guest, ...] = ()
    partners: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def scarcest(self) -> str:
        """Return the resource of which the largest part is taken."""
        return scarcest(self.usage)


@dataclass(frozen=True, slots=True)
class Exposure:
    """A shared resident, the rings it joins, and the nodes of theirs that it runs on."""

    name: str
    rings: tuple[str, ...]
    nodes: tuple[str, ...]
    each: Resources = EMPTY_RESOURCES
    host_network: bool = False


@dataclass(frozen=True, slots=True)
class Load:
    """The whole plan in numbers: rings from the most trusted level down, then the nodes outside every ring."""

    rings: tuple[RingLoad, ...]
    outside: tuple[NodeLoad, ...]
    exposure: tuple[Exposure, ...]
    usage: FrozenMap[Usage]
    level_of: FrozenMap[str]

    @property
    def nodes(self) -> tuple[NodeLoad, ...]:
        """Return the nodes of all rings."""
        return tuple(node for ring in self.rings for node in ring.nodes)

    @property
    def all_nodes(self) -> tuple[NodeLoad, ...]:
        """Return all nodes, those of rings first."""
        return (*self.nodes, *self.outside)


def scarcest(usage: Mapping[str, Usage]) -> str:
    """Return the resource of which the largest part is taken; of equals cpu, then memory, then by name."""
    if not usage:
        return ""
    return min(usage, key=lambda name: (-usage[name].share, rank(name)))


def rank(name: str) -> tuple[int, str]:
    """Order resources: cpu, memory, pods, then by name."""
    return (SHOWN_ALWAYS.index(name) if name in SHOWN_ALWAYS else len(SHOWN_ALWAYS), name)


def coming(nodes: Iterable[NodeLoad]) -> str:
    """Count the nodes that are not there yet: 2 to buy, 1 to come; empty where all are."""
    grown = [node.is_grown for node in nodes if node.is_bought]
    parts = ((len(grown) - sum(grown), "to buy"), (sum(grown), "to come"))
    return ", ".join(f"{number:,} {what}" for number, what in parts if number)
