"""The less of a node is requested, the better (strategy LeastAllocated, cpu and memory alike).

Source: pkg/scheduler/framework/plugins/noderesources/least_allocated.go.
"""

from collections.abc import Sequence

import numpy as np

from planner.simulate.arrays import Numbers
from planner.simulate.scores import MOST


def score(requested: Sequence[Numbers], allocatable: Sequence[Numbers]) -> Numbers:
    """Score nodes by what would be requested of each resource with the pod, which counts at least a little for each container."""
    total = np.zeros(len(allocatable[0]), dtype=np.int64)
    weight = np.zeros(len(total), dtype=np.int64)
    for asked, there in zip(requested, allocatable, strict=True):
        exists = there > 0
        left = np.maximum(there - asked, 0) * MOST // np.maximum(there, 1)
        total += np.where(exists, left, 0)
        weight += exists
    return np.asarray(total // np.maximum(weight, 1))
