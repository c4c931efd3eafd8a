"""What steers the search for why pods have no place, and for what would help."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RepairTuning:
    """The search for the cheapest repair."""

    copies: int = 64
    """So many more nodes of one kind are offered at most: who lacks more has another problem than a few nodes."""
    shapes: int = 12
    """So many kinds of nodes are tried, the largest first."""
    tries: int = 6
    """So often all pods are placed anew with fewer copies, which takes as long as a plan."""
    families: int = 3
    """So many capacities that every zone has are tried, the largest first."""
    trial: int = 40
    """A trial has this fraction of a goal's work, as there are many."""
    sums: int = 80
    """And sums that refuse a number of copies have this fraction."""
    spare: tuple[int, ...] = (0, 1, 2, 3, 4, 6, 8, 12, 16)
    """So many copies more than packing needs are tried where losses must be survived."""


@dataclass(frozen=True, slots=True)
class ConflictTuning:
    """The search for the smallest contradiction."""

    suspects: int = 8
    """So many classes that miss pods are asked by themselves where nothing is proven of all together."""
    efforts: int = 200
    """A question about fewer demands has this fraction of a goal's work: there are many."""
    question: float = 0.02
    """What a question costs beside the solver's work: the model has to be written."""
    pairs: int = 1_000_000
    """And so many pairs of a class and a node cost a unit of work to write down."""
    placement: int = 8
    """A placement that shows a set of demands possible has this fraction of a goal's work."""
