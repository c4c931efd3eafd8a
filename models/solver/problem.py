"""The placement problem without Kubernetes in it: classes of pods, nodes, and numbers. The solver reads nothing else."""

from dataclasses import dataclass

from models.frozen_map import FrozenMap

OWN, NONE = -1, -2
"""Which domain a node of an offer joins: one of its own, or none."""
ENDLESS = 200_000
"""More nodes than any cluster has: 5,000 are supported, and 130,000 the most that anybody has shown."""


@dataclass(frozen=True, slots=True)
class PodClass:
    """Pods that are alike in every rule.

    `requests[k]` is the request of resource k. `candidates` are the indices of the nodes that the static filters allow,
    ascending. `running` counts today's pods per node index ("3" -> 2). A `daemon` class has one pod on every candidate
    node of its ring, and on every candidate node of all rings when `ring` is -1. `parts` are the pods of each workload that
    was merged into the class, none where there is one. `offers` are the indices of the offers whose nodes the static filters
    allow, ascending. That a running pod stays counts `weight`: where it keeps data on its node, more than that all others stay.
    """

    name: str
    ring: int
    count: int
    requests: tuple[int, ...]
    candidates: tuple[int, ...]
    priority: int = 0
    running: FrozenMap[int] = FrozenMap()
    daemon: bool = False
    parts: tuple[int, ...] = ()
    offers: tuple[int, ...] = ()
    weight: int = 1


@dataclass(frozen=True, slots=True)
class NodeSlot:
    """One node: what is left of it for planned pods, per resource, and the ring it carries today (-1 for none).

    `rings` are the rings it may be given. `price` is what using it costs, in the unit of an offer's price.
    """

    name: str
    capacity: tuple[int, ...]
    rings: tuple[int, ...]
    ring_today: int = -1
    shape: int = 0
    price: int = 0


@dataclass(frozen=True, slots=True)
class Offer:
    """Nodes that are alike and could be bought: one shape in one zone.

    `capacity` is what such a node has for planned pods, per resource, `rings` those that it may be given. `price` is that of
    one node in millionths per hour, of any one currency. `shape` is an index into the problem's `most`.
    """

    name: str
    capacity: tuple[int, ...]
    rings: tuple[int, ...]
    price: int
    shape: int


@dataclass(frozen=True, slots=True)
class PortConflict:
    """Two classes that may not be on one node (host ports); first == second means at most one pod of it per node."""

    first: int
    second: int


@dataclass(frozen=True, slots=True)
class AntiAffinity:
    """Required anti-affinity: where a pod of `owner` is in a domain, no other pod of `others` may be in it.

    `domains` are tuples of node indices. `others` may contain `owner`. `joins[o]` is the domain that a node of offer o joins:
    an index, OWN where each is a domain of its own, or NONE where it is in none.
    """

    owner: int
    others: tuple[int, ...]
    domains: tuple[tuple[int, ...], ...]
    joins: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Affinity:
    """Required affinity: for each of `keys`, the domain of each pod of `owner` holds an earlier pod of `targets`.

    `keys[t]` are the domains of term t, `joins[t][o]` the one that a node of offer o joins (see AntiAffinity). The first pod
    of all may go anywhere if `owner` is among the `targets`.
    """

    owner: int
    targets: tuple[int, ...]
    keys: tuple[tuple[tuple[int, ...], ...], ...]
    joins: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class TopologySpread:
    """A DoNotSchedule spread constraint of `owner` over the counted nodes of its ring.

    For each domain with a pod of `owner`: its pods of `matched`, less the smallest count of any domain, are at most
    `max_skew`; with fewer than `min_domains` domains the smallest is 0.
    A domain exists if one of its nodes is in the owner's ring; `standing` are the indices of domains that exist in any
    case, because of a node outside all rings (such a domain may have no nodes here, and then counts 0). `joins` is as in
    AntiAffinity.
    """

    owner: int
    matched: tuple[int, ...]
    domains: tuple[tuple[int, ...], ...]
    max_skew: int
    min_domains: int = 1
    standing: tuple[int, ...] = ()
    joins: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FailureDomain:
    """Nodes that may be lost at once: one, or, where `zone` says so, those of a zone.

    Without them each ring must be able to hold the pods it has on those of them that are its own, its other pods staying
    where they are. Of the `tied` classes nothing is asked: their pods could be nowhere else whatever is planned. Nodes of the
    `offers`, where they are bought, are lost with a zone, and otherwise one by one, each a loss of its own.
    """

    nodes: tuple[int, ...]
    tied: tuple[int, ...] = ()
    zone: bool = False
    offers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RingSize:
    """How many nodes a ring has at least and at most."""

    least: int = 0
    most: int = ENDLESS


@dataclass(frozen=True, slots=True)
class Growth:
    """A node group that may grow by nodes of a shape, an index into the problem's `most`, and the `nodes` of its ring's block."""

    nodes: tuple[int, ...]
    shape: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Pods to place on nodes so that no node holds pods of two rings.

    `resources` names the columns of every request and capacity; "pods" is one of them. All lists are sorted by name, so
    that the same input gives the same problem. `most[s]` is how many nodes of shape s can be bought in all its offers.
    `sizes[r]` limits the nodes of ring r; there are none where no ring is limited. The nodes of each of the `blocks`, which may
    be given the same rings, are of one ring; where blocks are `divisible`, as few as possible are divided. What each of the
    `growths` adds to a block is of the block's ring, or of one ring where the block has no nodes yet.
    """

    resources: tuple[str, ...]
    rings: tuple[str, ...]
    classes: tuple[PodClass, ...]
    nodes: tuple[NodeSlot, ...]
    clashes: tuple[PortConflict, ...] = ()
    aparts: tuple[AntiAffinity, ...] = ()
    togethers: tuple[Affinity, ...] = ()
    spreads: tuple[TopologySpread, ...] = ()
    losses: tuple[FailureDomain, ...] = ()
    offers: tuple[Offer, ...] = ()
    most: tuple[int, ...] = ()
    sizes: tuple[RingSize, ...] = ()
    blocks: tuple[tuple[int, ...], ...] = ()
    divisible: bool = False
    growths: tuple[Growth, ...] = ()
