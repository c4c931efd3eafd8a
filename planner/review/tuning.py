"""What steers a review: how much is asked of the solver, and of how many things; what is said then holds all the same."""

from dataclasses import dataclass, field

from planner.group.tuning import GroupTuning


@dataclass(frozen=True, slots=True)
class RoomTuning:
    """What more a ring takes."""

    most: int = 1_000
    """Pods whose place hangs on others are bound one by one, and no more than so many."""
    work: int = 1_000_000
    """So many times a review asks whether such a pod fits on a node, in all."""


@dataclass(frozen=True, slots=True)
class NodesTuning:
    """Which nodes could go, and how far rings can grow on those that there are."""

    work: float = 2.0
    """The solver's budget for the fewest nodes of one ring."""
    drops: int = 24
    """So many nodes of a ring that must survive a loss are tried to be left out, those with fewest pods first."""
    packing_work: float = 1.0
    """The solver's budget for each goal of a packing without the nodes that could go."""
    kept: int = 200
    """For so many nodes of a ring it is said what keeps each."""
    tries: int = 4
    """So many full plans are made: after each that does not hold, rings get back a node, two more, four more, fullest first."""
    growth_work: float = 0.5
    """The solver's budget for each growth that is tried: for a place for each pod, and no more for the most even one."""
    growth: int = 256
    """No ring is asked for more growth than so many per cent."""
    most_pods: int = 20_000
    """For more pods no such plan is made, nor is growth asked for: each try takes as long as planning does."""


@dataclass(frozen=True, slots=True)
class TaxTuning:
    """What isolation costs."""

    whole_work: float = 2.0
    """The solver's budget for a question about all groups,"""
    part_work: float = 0.5
    """and for one that leaves a group out."""
    most_groups: int = 24
    """For so many groups it is said what each causes."""


@dataclass(frozen=True, slots=True)
class SharingTuning:
    """What sharing saves."""

    ways: GroupTuning = field(default_factory=lambda: GroupTuning(work=0.5, ways_per_count=3, bounds=40))
    """How ways to share are searched: with less work than where a curve is all that is asked for."""
    most_groups: int = 8
    """The curve of more groups is not asked for, nor is that of more pods."""
    most_pods: int = 20_000
    free_groups: int = 6
    """For so many groups it is asked what there would be to save if all trusted each other: there are few ways to share."""


@dataclass(frozen=True, slots=True)
class ReviewTuning:
    """What steers the room."""

    room: RoomTuning = field(default_factory=RoomTuning)
    nodes: NodesTuning = field(default_factory=NodesTuning)
    tax: TaxTuning = field(default_factory=TaxTuning)
    sharing: SharingTuning = field(default_factory=SharingTuning)
    as_is_work: float = 1.0
    """The solver's budget for each goal of a packing in which every node keeps its ring."""


REVIEWING = ReviewTuning()
"""What every review is given beside its plan."""
