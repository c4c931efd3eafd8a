"""What steers the searches, each number with its reason: none of them changes what is right, only what is found and how soon.

All that is here may be set by argument, which tests and ablations do.
"""

from dataclasses import dataclass, field

from planner.solve.tuning.buy import BuyTuning
from planner.solve.tuning.infeasible import ConflictTuning, RepairTuning
from planner.solve.tuning.placement import BlockTuning, ExactTuning, PlacementTuning, ShapesTuning, SumsTuning
from planner.solve.tuning.redundancy import RedundancyTuning


@dataclass(frozen=True, slots=True)
class SolveTuning:
    """What steers a search for a placement, or a purchase; it travels in the search's context."""

    early: float = 0.8
    """So much of the time of a search is for searching, the rest for its last steps, which look at no clock."""
    sums: SumsTuning = field(default_factory=SumsTuning)
    exact: ExactTuning = field(default_factory=ExactTuning)
    buy: BuyTuning = field(default_factory=BuyTuning)
    placement: PlacementTuning = field(default_factory=PlacementTuning)
    redundancy: RedundancyTuning = field(default_factory=RedundancyTuning)
    repair: RepairTuning = field(default_factory=RepairTuning)
    conflict: ConflictTuning = field(default_factory=ConflictTuning)
    blocks: BlockTuning = field(default_factory=BlockTuning)
    shapes: ShapesTuning = field(default_factory=ShapesTuning)


SOLVING = SolveTuning()
"""What every search is given beside its problem."""
