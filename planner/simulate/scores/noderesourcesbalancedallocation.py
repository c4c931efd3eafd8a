"""The more evenly the pod leaves a node's cpu and memory used, the better.

Source: pkg/scheduler/framework/plugins/noderesources/balanced_allocation.go. Since 1.36 it is the change that counts.
"""

from typing import Any

import numpy as np

from planner.simulate.scheduler.nodes import Numbers
from planner.simulate.scores import MOST
from planner.simulate.scores.capacity import Capacity


def score(used: Numbers, asks: tuple[int, int], capacity: Capacity, by_change: bool = True) -> Numbers:
    """Score nodes by the pod's own requests; `by_change` compares with the node as it was before."""
    before, after = balance(used + np.array(((0, 0), asks), dtype=np.int64)[:, :, np.newaxis], capacity)
    return np.asarray(_gain(before, after)) if by_change else after


def balance(used: Numbers, capacity: Capacity) -> Numbers:
    """Return 100 where both resources are used to the same share, 50 where one is full and the other unused."""
    shares = used / capacity.divisor
    np.minimum(shares, 1.0, out=shares)
    deviation = np.abs((shares[..., 0, :] - shares[..., 1, :]) / 2)
    if capacity.has_both is not None:
        deviation[..., ~capacity.has_both] = 0.0
    return np.asarray(((1 - deviation) * MOST).astype(np.int64))


def of_node(used: tuple[int, int], asks: tuple[int, int], there: tuple[int, int], by_change: bool = True) -> int:
    """Score one node."""
    after = _balance(used[0] + asks[0], used[1] + asks[1], *there)
    return _gain(_balance(*used, *there), after) if by_change else after


def _balance(cpu: int, memory: int, cpus: int, memories: int) -> int:
    if not (cpus and memories):
        return MOST
    return int((1 - abs((min(cpu / cpus, 1.0) - min(memory / memories, 1.0)) / 2)) * MOST)


def _gain(before: Any, after: Any) -> Any:
    return MOST // 2 + (MOST // 2 + after - before) // 2
