"""First fit decreasing: the largest pods first, each on the first node with room. Hard to beat where nodes hold two or three."""

from collections.abc import Iterator

import numpy as np

from planner.solve.buy.market.types import MANY, Market
from planner.solve.buy.pack.lp_guided import Bin
from planner.solve.runtime.lp import Ints


def first_fits(market: Market, ring: int, left: Ints, most_cells: int) -> Iterator[list[Bin]]:
    """Yield packings of all pods of a ring into nodes of one kind, for each kind and each measure of size that allows one.

    Kinds are left out with which more pairs of a type and a node would be looked at than these.
    """
    types = np.flatnonzero((market.ring_of == ring) & (market.counts > 0))
    for j in np.flatnonzero(market.allowed[types].all(axis=0)).tolist():
        most = int(left[market.pool[j]])
        if not len(types) or not most or len(types) * min(most, int(market.counts[types].sum())) > most_cells:
            continue
        shares = market.requests[types] / np.maximum(market.room[j, ring], 1)
        for size in (shares.max(axis=1), shares.sum(axis=1), (shares**2).sum(axis=1)):
            nodes = _pack(market, types[np.argsort(-size, kind="stable")], market.room[j, ring], most)
            if nodes is not None:
                yield [_bin(j, ring, pods) for pods in nodes]


def _pack(market: Market, order: Ints, room: Ints, most: int) -> Ints | None:
    """Return the pods of each type on each node; None where the nodes do not do."""
    size = min(most, int(market.counts[order].sum()))
    free, inside = np.tile(room, (size, 1)), np.zeros((size, len(market.counts)), dtype=np.int64)
    used = 0
    for t in order.tolist():
        asked, many = market.requests[t], int(market.counts[t])
        fits = np.where(asked > 0, free // np.maximum(asked, 1), MANY).min(axis=1)
        fits = np.minimum(fits, market.per_node[t])
        for other in market.enemies.get(t, ()):
            fits[inside[:, other] > 0] = 0
        # cut off at `many` before it is summed up: MANY of every node would not fit into 64 bits
        taken = np.diff(np.minimum(np.cumsum(np.minimum(fits, many)), many), prepend=0)
        if taken.sum() < many:
            return None
        inside[:, t] = taken
        free -= taken[:, None] * asked
        used = max(used, int(np.flatnonzero(taken)[-1]) + 1)
    return inside[:used]


def _bin(kind: int, ring: int, pods: Ints) -> Bin:
    return Bin(kind, ring, tuple((int(t), int(pods[t])) for t in np.flatnonzero(pods)))
