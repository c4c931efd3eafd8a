"""What steers the search for node pools."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class AnnealTuning:
    """Threshold accepting over divisions of types of pods among pools."""

    others: int = 100
    """How much room is lost because other types than the one that lacks most are not equally many on all nodes, in permille."""
    looks: int = 10
    """So many kinds and counts are looked at for a pool, the cheapest first."""
    move: float = 0.45
    """How often a type goes to any pool of equal nodes; else two types change places."""
    swap: float = 0.9
    """Above this draw two types go for one."""
    rounds: int = 8
    """So often nodes are added to a pool that has all of its shape, until it has enough."""
    glance: int = 500
    """After so many steps it is asked whether it is over."""
    warm: int = 50
    """What a step may lose at first: this fraction of what the ring costs."""
    cold: int = 100
    """And in the end: this fraction of that."""
    near_on_shapes: float = 0.8
    """How often a type goes to a pool that is there, where a pool has all nodes of its shape."""
    swap_on_shapes: float = 0.3
    """How often it does so in exchange for a type of that pool."""
    merge_on_shapes: int = 25
    """A whole pool moves every so many steps."""
    warm_on_shapes: int = 20
    """The first threshold: this fraction of what the ring costs."""
    cold_on_shapes: int = 20_000
    """The last one."""


@dataclass(frozen=True, slots=True)
class LocalSearchTuning:
    """Local search on divisions that a crude greedy scheduler is tried on."""

    side_by_side: int = 12
    """So many divisions are changed at a time."""
    kept: tuple[int, ...] = (3, 2, 1, 1)
    """So many of the moves are tried further after each stage of orders, the best; in the end the best one is taken."""
    dear: int = 300
    """The cheapest are changed first; one with so many pods left out comes no sooner than one that costs twice as much."""
    patience: int = 100
    """A division is given up after so many steps that made nothing better."""
    few_orders: tuple[int, int] = (4, 2)
    """So many orders by pod and by workload at first."""
    more_orders: tuple[tuple[int, int], ...] = ((16, 8), (40, 20))
    """And so many more before a division is believed."""
    smallest_first: int = 8
    """So often the smallest come first, each time with other luck: who then comes last needs luck most."""
    hard_orders: tuple[int, ...] = (2, -1)
    """Of the first orders those that leave out most, the smallest first and one by workload: what they forbid is dropped."""
    most_work: int = 600_000_000
    """Nodes to look at for a pod of one of the orders, per ring, at most."""
    work_per_pod: int = 600_000
    """The same for each pod that the ring has."""
    begin: int = 1_700
    """So many more nodes could be looked at in the time that it takes to begin with a pod, in however many orders at once."""
    cells_at_once: int = 1_000_000
    """So many pairs of a node and a type are tried at a time, whatever the time that is left."""
    walk: int = 150
    """So often moves are drawn from the best division, to find others with its nodes."""
    most_alike: int = 8
    """So many of those that hold are kept."""
    more_work: int = 3
    """So many times the usual work is to be done for them."""
    many_orders: tuple[int, int] = (150, 30)
    """What is best is seen by so many further orders."""
    moves_tried: int = 3
    """So many of the moves that hold are tried on them."""
    near: int = 100
    """Nodes are exchanged for others that cost more by no more than this part of the whole."""
    breadth: int = 8
    """So many moves are wanted at a time."""
    tries: int = 20
    """So many are drawn to find sound ones."""
    more_tries: int = 40
    """So many are drawn where the best are taken,"""
    most_cells: int = 500_000
    """but no more than there are pairs of a type and a pool for."""
    swap: float = 0.5
    """How often two types change places."""
    move: float = 0.75
    """Below this draw, else, a type has another kind alone."""
    two_for_one: float = 0.2
    """How often, where there are pools, one type changes places with two others."""
    urgent: float = 0.5
    """How often it is a type that is left out."""
    slacks: tuple[int, ...] = (500, 700, 900)
    """How much room is lost by rule of thumb, as in a search for divisions; which of these is drawn anew each time."""
    noise: int = 2000
    """Of two moves one seems better or worse by chance, by about this part of the cost."""


@dataclass(frozen=True, slots=True)
class PoolTuning:
    """The search for node pools of one ring."""

    anneal: AnnealTuning = field(default_factory=AnnealTuning)
    local_search: LocalSearchTuning = field(default_factory=LocalSearchTuning)
    slacks: tuple[int, ...] = (250, 500, 1000)
    """How much room is lost, by rule of thumb, in permille of what pods lack to be as many on every node."""
    even_slacks: tuple[int, ...] = (800, 950, 1100)
    """The same where all nodes of a pool are equal, and have equally many of each."""
    kept_as_found: int = 3
    """So many candidates are kept of each slack as they are."""
    most_pods: int = 4_000
    """Up to so many pods of a ring are tried on a crude kube-scheduler."""
    most_pairs: int = 250_000
    """And up to so many pairs of a type and an owned node."""
    turns: tuple[bool, ...] = (False, False)
    """A ring is searched so often, each time with other luck, where there is no limit of time: what is found hangs much on it."""
    turns_of_pools: tuple[bool, ...] = (False, True, True)
    """The same where a shape may be that of several pools: whether it is then."""
    idle_turns: int = 5
    """With a limit a ring is searched while there is time, but no more once so many turns in a row found nothing cheaper."""
    most_pools: int = 8
    """A ring is divided among so many pools at most,"""
    types_per_pool: int = 5
    """or among one for so many of its types,"""
    fewer_pools: int = 2
    """and later among a few less."""
    chains: int = 64
    """So many chains of threshold accepting run side by side: numpy makes a step of all in hardly more time than of one."""
    steps: int = 20_000
    """A chain has no more steps than this,"""
    steps_per_type: int = 500
    """than this for each type of pods,"""
    effort: int = 1_200_000
    """and than this divided by the number of types: with more of them, each step takes longer."""
    most_types: int = 500
    """Rings with more types of pods are bought for without pools."""
    many_pods: int = 100
    """With fewer pods in all rings together a search takes little longer than a process to begin."""
    dividing: float = 1 / 3
    """So much of the time goes into divisions, where it is short."""
    turning: float = 0.9
    """And so much into all turns; the rest is for what they have found."""
    search_seconds: float = 12.0
    """What a search for divisions takes that makes all the steps of `effort`, on a machine of today."""
    few_kinds: int = 24
    """Of so many kinds of nodes all are worth looking at."""
    most_kinds: int = 32
    """There are so many at most, unless some type would have none."""


POOLS = PoolTuning()
"""What every search for pools is given beside its problem."""
