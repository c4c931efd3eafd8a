"""The less of a node is requested, the better (strategy LeastAllocated, cpu and memory alike).

Source: pkg/scheduler/framework/plugins/noderesources/least_allocated.go.
"""

import numpy as np

from planner.simulate.scheduler.nodes import Numbers
from planner.simulate.scores import MOST
from planner.simulate.scores.capacity import Capacity


def score(requested: Numbers, capacity: Capacity) -> Numbers:
    """Score nodes by what would be requested of each resource with the pod, which counts at least a little for each container."""
    left = np.maximum(capacity.amounts - requested, 0)
    left *= MOST
    left //= capacity.divisor
    return np.asarray((left[0] + left[1]) // capacity.kinds)


def of_node(cpu: int, memory: int, cpus: int, memories: int) -> int:
    """Score one node."""
    each = [max(0, there - asked) * MOST // there for asked, there in ((cpu, cpus), (memory, memories)) if there]
    return sum(each) // len(each) if each else 0
