"""How much work the solver may do, counted so that the same problem gets the same answer on every machine."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """Effort in CP-SAT's deterministic units (about a second each), never in clock time.

    `work` is the budget of each goal. `exact` is the largest number of (class, node) pairs that one exact model may have;
    above it only merged models and neighbourhoods are solved. `conflict` is the budget of the search for the smallest
    contradiction. A `patient` search of what to buy goes on until its deadline while anything is open.
    """

    work: float = 20.0
    exact: int = 12_000
    conflict: float = 8.0
    patient: bool = False
