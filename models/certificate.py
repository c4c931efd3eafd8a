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
class Certificate:
    """What each pod is worth, such that no node can hold pods worth more than it costs.

    All numbers are in units of 1/`scale` of a price's unit, and none is negative. `worth[c]` is that of one pod of class c.
    `rents[s]` is paid for each of the most nodes of shape s, `node_rents[n]` for the own node n. Then all pods together, less
    all rents, cost at least what they are worth, because whichever pods a node holds are worth no more than its price and
    rent. A rate proves that: what the pods take, charged at the rate, comes to no more; a pod worth more than its charge
    counts with the difference as often as the node can hold it. Where that is too much, up to `work` steps of a search
    through what a node can hold may still show it.
    """

    scale: int
    worth: tuple[int, ...]
    rents: tuple[int, ...]
    node_rents: tuple[int, ...]
    rates: tuple[Rate, ...]
    work: int = 0
