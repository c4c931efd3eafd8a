"""A proof, in whole numbers, that placing all pods of a Problem costs at least so much; who reads it needs no solver."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """What a ring is charged for what its pods take of some nodes and offers: so much for each unit of each resource."""

    ring: int
    nodes: tuple[int, ...]
    offers: tuple[int, ...]
    prices: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Nodes and offers that are counted together."""

    nodes: tuple[int, ...]
    offers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Whole:
    """What a ring costs at least because it has whole numbers of nodes: more than by rates that may buy parts of them.

    `walk` divides all counts of the groups' nodes: (g, n) parts those with at most n nodes of group g, which come next, from
    those with more, which come after; (r,) ends such a part with `rates[r]`. Those are what nodes of the groups are charged for
    what their pods take: group after group, so much for each unit of each resource k, in `units[k]` of the certificate's units.
    A pod is worth its least charge. What a node costs beyond the charge for all its room, or less where it is below, counts
    for each node of a group that there is at least, or at most; what pods are worth and that together is what the part costs.
    """

    ring: int
    units: tuple[int, ...]
    groups: tuple[Group, ...]
    rates: tuple[tuple[int, ...], ...]
    walk: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Certificate:
    """What each pod is worth, such that no node can hold pods worth more than it costs.

    All numbers are in units of 1/`scale` of a price's unit, and none is negative. `worth[c]` is that of one pod of class c.
    `rents[s]` is paid for each of the most nodes of shape s, `node_rents[n]` for the own node n. Then all pods together, less
    all rents, cost at least what they are worth, because whichever pods a node holds are worth no more than its price and
    rent. A rate proves that: what the pods take, charged at the rate, comes to no more; a pod worth more than its charge
    counts with the difference as often as the node can hold it. Where that is too much, up to `work` steps of a search
    through what a node can hold may still show it. A ring of `wholes` costs what is shown there where that is more.

    Where zones must be survived, the nodes outside each of them hold all pods that the loss does not excuse, and `lost` says what
    that costs: a certificate for each such zone, in the order of the problem's losses. A node stands outside all zones but its
    own, so that what they come to together, through the number of zones without the one, is a lower bound too.
    """

    scale: int
    worth: tuple[int, ...]
    rents: tuple[int, ...]
    node_rents: tuple[int, ...]
    rates: tuple[Rate, ...]
    work: int = 0
    wholes: tuple[Whole, ...] = ()
    lost: tuple["Certificate", ...] = ()
