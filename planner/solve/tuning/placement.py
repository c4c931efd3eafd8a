"""What steers the search for a placement on the nodes that there are."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class FitTuning:
    """Best fit."""

    rounds: int = 3
    """So often each class has its turn within its quota: what one leaves may be room for another."""
    waste: float = 4.0
    """What is left of a resource that a class does not ask for counts so many times: such nodes are for those who do."""


@dataclass(frozen=True, slots=True)
class SumsTuning:
    """The sums that divide nodes among rings."""

    kinds: int = 64
    """With more kinds of nodes, neighbours in size become one: the sums prove less, and nothing wrong."""
    most: int = 12_000
    """Up to so many sums are solved as integers; where there are more, that takes longer than it saves."""


@dataclass(frozen=True, slots=True)
class ExactTuning:
    """The exact model, goal by goal."""

    placing: float = 0.25
    """So much of the work of a goal goes into placing pods: rings that were packed exactly leave little to find."""
    evening: float = 0.05
    """So much of a goal's budget goes into the head-room, the last goal,"""
    step: float = 0.02
    """and into each step of that: evenness has no last proof."""


@dataclass(frozen=True, slots=True)
class PlacementTuning:
    """The search for a placement on the nodes that there are."""

    fit: FitTuning = field(default_factory=FitTuning)
    per_pair: float = 1e-4
    """What it costs to pack, for each class and node that goes together."""
    tries: int = 3
    """So often nodes are divided by sums, with more reserved each time for rings that then lack room."""
    few_pods: int = 4_000
    """Up to so many pods are looked at closely from two starting points: which of them leads further is chance."""
    widths: tuple[int, ...] = (12, 24, 40)
    """So many nodes are packed again at a time, few at first: an exact search of many takes long."""
    relief: int = 400
    """So many nodes are tried in all to get one for a ring that lacks room,"""
    relief_choices: int = 12
    """and so many for one pod, those first that are emptied most easily."""
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
class BlockTuning:
    """The search for the rings of blocks."""

    most_pairs: int = 6_000
    """With more pairs of pod type and node kind the sums are those of whole rings: the others take longer than they save."""
    share: float = 1 / 10
    """So much of the work of a goal may choosing rings take, for each goal."""
    most_choices: int = 24
    """So many choices are tried until one holds all pods: sums that say nothing of fragments are wrong a few times, not often."""
    most_better: int = 3
    """So many more are tried that sums promise to be better than the best that is known."""


@dataclass(frozen=True, slots=True)
class ShapesTuning:
    """The division of nodes where each workload is led to nodes of one kind."""

    division: float = 1.0
    """What may be spent on one division, in CP-SAT's deterministic units."""
    homes: float = 0.3
    """What may be spent on one ring."""
    pairs: int = 4_000
    """Up to so many pairs of class and node a ring is looked at."""
