"""What steers the choice of rings: each constant with its reason. Tests set them by argument."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GroupTuning:
    """The steering constants of grouping; none of them makes a choice wrong, only dearer, slower, or proven less."""

    share: float = 0.5
    """So much of the time limit may be spent on choosing: the plan in the rings that are chosen needs as much."""
    work: float = 1.0
    """What is spent on each way: enough to compare them; the plan itself is made with more."""
    cover_work: float = 4.0
    """What the choice of the next sets may take, in CP-SAT's deterministic units: seconds, where sets are thousands."""
    least_seconds: float = 0.01
    """Seconds that a way has at least: the first one is planned however late it is, as there must be one to give."""
    ways: int = 24
    """So many ways are planned at most: they come in the order of their bounds, so later ones are seldom better."""
    ways_per_count: int = 6
    """So many of them for each number of rings where the curve is asked for, which has as many points as there are groups."""
    bounds: int = 100
    """So many sets are bounded by themselves, the others by the dearest group that they hold: a bound is a problem of its own."""


GROUPING = GroupTuning()
