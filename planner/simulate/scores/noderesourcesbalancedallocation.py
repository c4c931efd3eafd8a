"""The more evenly the pod leaves a node's cpu and memory used, the better.

Source: pkg/scheduler/framework/plugins/noderesources/balanced_allocation.go. Since 1.36 it is the change that counts.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from planner.simulate.arrays import Numbers
from planner.simulate.scores import MOST


def score(used: Sequence[Numbers], asks: tuple[int, int], allocatable: Sequence[Numbers], by_change: bool = True) -> Numbers:
    """Score nodes by the pod's own requests; `by_change` compares with the node as it was before."""
    after = balance([there + more for there, more in zip(used, asks, strict=True)], allocatable)
    if not by_change:
        return after
    # Balance is between 50 and 100, so nothing is negative here, and whole numbers are divided as in Go.
    return np.asarray(MOST // 2 + (MOST // 2 + after - balance(used, allocatable)) // 2)


def balance(used: Sequence[Numbers], allocatable: Sequence[Numbers]) -> Numbers:
    """Return 100 where both resources are used to the same share, 50 where one is full and the other unused."""
    first, second = (_share(asked, there) for asked, there in zip(used, allocatable, strict=True))
    both = (allocatable[0] > 0) & (allocatable[1] > 0)
    deviation = np.where(both, np.abs((first - second) / 2), 0.0)
    return np.asarray(((1 - deviation) * MOST).astype(np.int64))


def _share(asked: Numbers, there: Numbers) -> npt.NDArray[np.float64]:
    return np.minimum(asked / np.maximum(there, 1), 1.0)
