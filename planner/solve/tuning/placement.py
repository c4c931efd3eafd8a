"""What steers the search for a placement on the nodes that there are."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlacementTuning:
    """The search for a placement on the nodes that there are."""

    hopes: int = 4
    """So many divisions are tried that promise more head-room, the best first."""
    last_steps: float = 0.1
    """So much of the time may be needed to level and to check what was found, where there is a limit."""
    building: float = 2 / 3
    """So much of the time goes into a placement, where there is a limit; the rest is for proving how good it is."""
    ring: float = 1 / 10
    """So much of the work of a goal is for packing one ring exactly: with all rules in the model, most take a hundredth of it."""
    ring_most: float = 0.5
    """And so much at most: what takes longer hardly ever ends well, and another division is tried sooner."""
    reserves: tuple[int, ...] = (0, 20, 50, 100)
    """The permille of room that packing may waste: only with none do sums prove anything, with more they can be packed."""
    details: int = 5_000
    """Up to so many pairs of a kind of nodes and a type of pods sums tell them apart where nodes are counted."""


@dataclass(frozen=True, slots=True)
class ShapesTuning:
    """The division of nodes where each workload is led to nodes of one kind."""

    division: float = 1.0
    """What may be spent on one division, in CP-SAT's deterministic units."""
    homes: float = 0.3
    """What may be spent on one ring."""
    pairs: int = 4_000
    """Up to so many pairs of class and node a ring is looked at."""
