"""What nodes have of the two resources that they are weighed by, made ready for those who divide by it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from planner.simulate.scheduler.nodes import Flags, Numbers


@dataclass(frozen=True, slots=True, eq=False)
class Capacity:
    """A row of cpu and one of memory; `divisor` is nowhere 0, `kinds` is how many of the two a node has, but at least 1.

    `has_both` says where a node has both; None where all nodes do.
    """

    amounts: Numbers
    divisor: Numbers
    kinds: Numbers
    has_both: Flags | None

    @classmethod
    def of(cls, amounts: Sequence[Numbers] | Numbers) -> Self:
        """Make it of what is allocatable."""
        rows = np.asarray(amounts)
        kinds = np.count_nonzero(rows > 0, axis=0)
        return cls(rows, np.maximum(rows, 1), np.maximum(kinds, 1), None if (kinds == 2).all() else kinds == 2)
