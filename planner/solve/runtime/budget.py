"""How much work the solver may do, counted so that the same problem gets the same answer on every machine."""

from dataclasses import dataclass, replace

from planner.solve.runtime.deadline import Deadline, Purse

EARLY = 0.8
"""So much of the time of a search is for searching."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Effort in CP-SAT's deterministic units (about a second each), never in clock time.

    `work` is the budget of each goal. `exact` is the largest number of (class, node) pairs that one exact model may have;
    above it only merged models and neighbourhoods are solved. `conflict` is the budget of the search for the smallest
    contradiction. `purse` holds what all of it may cost together, where that is limited. `seconds` is an outer guard on the
    clock: if it is hit, the answer is whatever was proven by then, and may differ from run to run. A `patient` search of what to
    buy goes on until then while anything is open. Searches end early enough to put in order what they have found (`early`).
    """

    work: float = 20.0
    exact: int = 12_000
    conflict: float = 8.0
    seconds: float | None = None
    patient: bool = False
    purse: Purse | None = None

    def deadline(self) -> Deadline:
        """Start a guard that is hit when time or purse is spent."""
        return Deadline(self.seconds, self.purse)

    def early(self) -> "Limits":
        """Return the limits with less time, so that some is left for the last steps, which look at no clock."""
        return self if self.seconds is None else replace(self, seconds=EARLY * self.seconds)
