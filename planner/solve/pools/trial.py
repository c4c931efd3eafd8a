"""Tries pools on a crude kube-scheduler: nodes that are alike, pods that come one by one, each to the node that it likes best.

Of its scores those are there that tell nodes of a pool apart: the least used, the most even, the fewest pods of the same
workload. It is a rule of thumb for many pools at once; what a plan promises is foreseen by the room that knows all rules.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planner.solve.pools.anneal import Bools, Goods, Ints

Floats = npt.NDArray[np.float64]
LUCK = 0.5
"""Among nodes of the same score chance decides: less than a point of it."""
ZONE = math.log(3)
"""What a pod of the same workload counts in the only zone."""
SKEW = 6
SPREAD = 2
"""How much more the spread counts than each of the other scores."""
OUTSIDE = 1e18


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """So many nodes of a kind for the types that are members."""

    kind: int
    nodes: int
    members: Bools


def orders(goods: Goods, shuffled: int, by_workload: int, seed: int = 1) -> list[Ints]:
    """Return orders in which the pods of all types may come: as they are, the largest and the smallest first, and by chance."""
    types = list(range(len(goods.pods)))
    size = (goods.requests / np.maximum(goods.capacity.max(axis=0), 1)).max(axis=1)
    rng = np.random.default_rng(seed)
    found = [
        _flow(goods, types),
        _flow(goods, sorted(types, key=lambda t: -size[t])),
        _flow(goods, sorted(types, key=lambda t: size[t])),
    ]
    found += [rng.permutation(found[0]) for _ in range(shuffled)]
    return [*found, *(_flow(goods, rng.permutation(types).tolist()) for _ in range(by_workload))]


def _flow(goods: Goods, types: Iterable[int]) -> Ints:
    order = np.array(list(types), dtype=np.int64)
    return np.repeat(order, goods.pods[order])


def left_out(goods: Goods, cases: Sequence[Case], flows: Sequence[Ints], weighed: tuple[int, ...]) -> Ints:
    """Return how many pods find no room in each case, all orders together; `weighed` are the resources that scores look at."""
    if not cases:
        return np.zeros(0, dtype=np.int64)
    found = _Trial(goods, cases, flows, weighed).run()
    return np.asarray(found.reshape(len(cases), len(flows)).sum(axis=1))


class _Trial:
    """Every case in every order, a row each: `used[b, n, k]` of row b's node n, `on[b, n, t]` pods of type t."""

    def __init__(self, goods: Goods, cases: Sequence[Case], flows: Sequence[Ints], weighed: tuple[int, ...]) -> None:
        self.coming = _lined_up([flow[case.members[flow]] for case in cases for flow in flows])
        kinds = np.repeat([case.kind for case in cases], len(flows))
        nodes = np.repeat([case.nodes for case in cases], len(flows))
        self.requests = goods.requests.astype(np.float64)
        self.most = goods.fit[:, kinds].T
        self.capacity = goods.capacity[kinds].astype(np.float64)
        self.weighed = list(weighed)
        self.scale = 1 / np.maximum(self.capacity[:, None, self.weighed], 1)
        self.spread = np.array([math.log(count + 2) for count in nodes.tolist()])[:, None]
        self.used = np.zeros((len(kinds), int(nodes.max()), goods.capacity.shape[1]))
        self.used[np.arange(self.used.shape[1])[None, :] >= nodes[:, None]] = OUTSIDE
        self.on = np.zeros((*self.used.shape[:2], len(goods.pods)), dtype=np.int64)
        self.luck = np.random.default_rng(1).random((len(self.coming), 1, self.used.shape[1])) * LUCK

    def run(self) -> Ints:
        """Let all pods come, and return how many each row leaves out."""
        missing = np.zeros(len(self.used), dtype=np.int64)
        for step, types in enumerate(self.coming):
            rows = np.flatnonzero(types >= 0)
            placed = self._place(rows, types[rows], self.luck[step])
            missing[rows] += ~placed
        return missing

    def _place(self, rows: Ints, types: Ints, luck: Floats) -> Bools:
        """Put one pod of these types on its node in each of these rows, and say where there is one."""
        before, asked = self.used[rows], self.requests[types][:, None, :]
        after, alike = before + asked, self.on[rows, :, types]
        fits = (after <= self.capacity[rows, None]).all(axis=2) & (alike < self.most[rows, types][:, None])
        score = np.where(fits, np.floor(self._score(rows, before, after, alike, fits)) + luck, -OUTSIDE)
        best = score.argmax(axis=1)
        placed = fits[np.arange(len(rows)), best]
        there, nodes, here = rows[placed], best[placed], types[placed]
        self.used[there, nodes] += self.requests[here]
        self.on[there, nodes, here] += 1
        return np.asarray(placed)

    def _score(self, rows: Ints, before: Floats, after: Floats, alike: Ints, fits: Bools) -> Floats:
        scale = self.scale[rows]
        shares = after[:, :, self.weighed] * scale
        free = 100 * (1 - shares.mean(axis=2))
        uneven = np.ptp(shares, axis=2) - np.ptp(before[:, :, self.weighed] * scale, axis=2)
        raw = alike * self.spread[rows] + (alike.sum(axis=1, keepdims=True) * ZONE + SKEW)
        highest = np.where(fits, raw, 0.0).max(axis=1, keepdims=True)
        lowest = np.where(fits, raw, OUTSIDE).min(axis=1, keepdims=True)
        few = np.floor(100 * (highest + lowest - raw) / np.maximum(highest, 1))
        return np.asarray(free - 25 * uneven + SPREAD * few)


def _lined_up(flows: Sequence[Ints]) -> Ints:
    """Return for each step the types that come in the rows, -1 where all have come."""
    found = np.full((max(map(len, flows)), len(flows)), -1, dtype=np.int64)
    for row, flow in enumerate(flows):
        found[: len(flow), row] = flow
    return found
