"""What sharing saves: the cheapest way to divide the groups for each number of rings, from nobody shares to all that may."""

from dataclasses import dataclass

from models.solver.outcome import Goal
from models.trust import Ring


@dataclass(frozen=True, slots=True)
class Point:
    """The cheapest way found to have so many rings, and how many pairs of groups share a ring in it.

    `goal` is what it comes to, a cost or a number of nodes, with a bound for every way to have so many rings; None where no way
    was found to place all pods. `verdict` says whether there is one.
    """

    rings: tuple[Ring, ...]
    pairs: int
    verdict: str
    goal: Goal | None = None
    allowed: bool = True


@dataclass(frozen=True, slots=True)
class Tradeoff:
    """The curve, from the most rings to the fewest. `unit` is what its values count: a cost, or nodes."""

    name: str
    unit: str
    points: tuple[Point, ...]
    max_rings: int | None = None
