"""What steers the searches, each number with its reason: none of them changes what is right, only what is found and how soon.

All that is here may be set by argument, which tests and ablations do.
"""

from dataclasses import dataclass, field

from planner.solve.tuning.buy import BuyTuning
from planner.solve.tuning.infeasible import ConflictTuning, RepairTuning
from planner.solve.tuning.placement import PlacementTuning, ShapesTuning
from planner.solve.tuning.redundancy import RedundancyTuning


@dataclass(frozen=True, slots=True)
class SolveTuning:
    """What steers a search for a placement, or a purchase; it travels in the search's context."""

    buy: BuyTuning = field(default_factory=BuyTuning)
    placement: PlacementTuning = field(default_factory=PlacementTuning)
    redundancy: RedundancyTuning = field(default_factory=RedundancyTuning)
    repair: RepairTuning = field(default_factory=RepairTuning)
    conflict: ConflictTuning = field(default_factory=ConflictTuning)
    shapes: ShapesTuning = field(default_factory=ShapesTuning)


SOLVING = SolveTuning()
"""What every search is given beside its problem."""
