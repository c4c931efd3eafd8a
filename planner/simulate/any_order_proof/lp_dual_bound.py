"""Pods can block all nodes of a set at once only if together they are worth as much as the nodes are.

Give every node a weight. A pod on a node of shape s takes at most the share min(1, request / need) of what blocks it, over the
resources by which it can be blocked, so it is worth at most its largest share times weight; if all pods together are worth less
than all nodes, some node is left open. Any weights prove it: they are sought with floating point, and the sums are compared in
integers, shares rounded up. (The weights are the dual variables of the linear relaxation of the blocking problem, so for
nodes of one shape this is that relaxation's optimum.)
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from planner.simulate.any_order_proof.subset_sums import NEVER
from planner.simulate.arrays import Flags, Numbers

ONE = 1 << 20
"""A scale: a share of 1 in fixed point."""
_HEAVIEST = 1 << 12
"""A scale: weights become whole numbers up to this: times ONE, that leaves room in 64 bits for 2**31 pods."""
Floats = npt.NDArray[np.float64]


def shares(request: Numbers, opened: Flags, need: Numbers, unit: Numbers) -> Numbers:
    """Return the largest share of a blocked node that a pod of class j can be, for each shape s: `[j, s]`, in parts of ONE."""
    # Rounded against the proof: down what a block takes, up what a pod is of it. So a coarse unit proves less, and nothing wrong.
    asked = np.maximum(need // unit, 1)[None, :, :]
    taken = np.minimum(-(-request // unit)[:, None, :], asked)
    parts = np.where(need[None, :, :] == NEVER, 0, -(-taken * ONE // asked))
    return np.where(opened, parts.max(axis=2), 0)


def cannot_block(share: Numbers, pods: Numbers, nodes: Numbers, steps: int) -> bool:
    """Say whether it is proven that the pods leave at least one of the nodes open; `nodes[s]` is their number by shape.

    So many steps are made to better weights.
    """
    weights = (np.ceil(weight * _HEAVIEST).astype(np.int64) for weight in _weights(share / ONE, pods, nodes, steps))
    return any(_worth_less(share, pods, nodes, weight) for weight in weights)


def _worth_less(share: Numbers, pods: Numbers, nodes: Numbers, weight: Numbers) -> bool:
    worth = (share * weight).max(axis=1, initial=0)
    return int(pods @ worth) < int(nodes @ weight) * ONE


def _weights(share: Floats, pods: Numbers, nodes: Numbers, steps: int) -> Iterator[Floats]:
    """Yield weights worth trying, none above 1: equal ones, by how hard a shape is to block, then ever better ones."""
    even = np.ones(share.shape[1])
    yield even
    if len(even) < 2:
        return
    load = pods @ share
    if not load.all():
        # No pod can be part of a block of such a node, so one of them is open whatever the others do.
        yield (load == 0).astype(np.float64)
        return
    hard = load.min() / load
    yield hard
    yield from _ascent(share, pods, nodes, max(even, hard, key=lambda weight: _gain(share, pods, nodes, weight)[0]), steps)


def _gain(share: Floats, pods: Numbers, nodes: Numbers, weight: Floats) -> tuple[float, Floats]:
    """Return how much more the nodes are worth than the pods, and how that grows with each weight (a supergradient)."""
    worth = share * weight
    best = worth.argmax(axis=1)
    rows = np.arange(len(share))
    spent = np.bincount(best, weights=pods * share[rows, best], minlength=len(weight))
    slope = nodes.astype(np.float64) - spent
    return float(nodes @ weight - pods @ worth[rows, best]), slope


def _ascent(share: Floats, pods: Numbers, nodes: Numbers, weight: Floats, steps: int) -> Iterator[Floats]:
    """Climb by ever shorter steps, and look also at the mean of the way, which swings less; yield only what seems to prove it."""
    total = np.zeros_like(weight)
    for step in range(1, steps):
        gain, slope = _gain(share, pods, nodes, weight)
        if gain > 0:
            yield weight
        slope = slope / nodes
        length = float(np.linalg.norm(slope))
        if not length:
            return
        # Steps shrink, or the ascent would swing for ever, but their sum has no limit, or it could end too near its start.
        weight = np.clip(weight + slope * (0.7 / (length * step**0.8)), 1e-9, 1.0)
        weight = weight / weight.max()
        total += weight * step
        if step % 5 == 0 and _gain(share, pods, nodes, total / total.max())[0] > 0:
            yield total / total.max()
