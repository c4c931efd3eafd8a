"""What the solver answers: numbers over a Problem's indices, and how good they are proven to be."""

from dataclasses import dataclass

FEASIBLE = "feasible"
INFEASIBLE = "infeasible"
UNDECIDED = "undecided"
COST = "cost"
CHURN = "churn"
"""The objective that keeps running pods before it saves costs."""
DATA, MOVES = "data", "moves"
"""Running pods that move away from what they keep on their node, and all that move."""
MILLION = 10**6
"""Prices and costs are counted in millionths, and shown in whole units of their currency."""


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal with its value and a proven bound; the gap is 0 only where the value is proven optimal.

    `sense` is "min" or "max". The gap is |value - bound| / max(unit, |value|), where the unit is 1 for what is counted, and a
    millionth for costs.
    """

    name: str
    value: float
    bound: float
    sense: str = "min"

    @property
    def gap(self) -> float:
        """Return the distance between value and bound, relative to the larger one."""
        return gap(self.name, self.value, self.bound)


def written_gap(share: float) -> float:
    """Round a gap to a millionth; it is written as 0 only where it is none."""
    return (round(share, 6) or 1 / MILLION) if share else 0.0


def gap(name: str, value: float, bound: float) -> float:
    """Return the distance between the value and the bound of a goal of that name, relative to the larger one."""
    return abs(value - bound) / max(1 / MILLION if name == COST else 1.0, abs(value), abs(bound))


@dataclass(frozen=True, slots=True)
class Outcome:
    """A placement: `counts[c]` maps node index -> pods of class c there, `ring_of[n]` is a node's ring or -1.

    `bought[b]` is the offer of the node with index N + b, where N is the number of the problem's own nodes; `ring_of` and
    `counts` speak of both.

    `unplaced[c]` counts the pods of class c that found no place. `conflict` are classes that already contradict each
    other, and `conflict_parts` the parts of each that are meant (none: all of them); it is `conflict_smallest` if every
    member was shown to be needed. `undecided` means that the search stopped before it knew.
    """

    verdict: str
    ring_of: tuple[int, ...]
    counts: tuple[tuple[tuple[int, int], ...], ...]
    unplaced: tuple[int, ...]
    goals: tuple[Goal, ...] = ()
    conflict: tuple[int, ...] = ()
    conflict_parts: tuple[tuple[int, ...], ...] = ()
    conflict_smallest: bool = False
    bought: tuple[int, ...] = ()
