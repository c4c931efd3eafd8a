"""Tries pools on a crude kube-scheduler: pods come one by one, each to the node that it likes best.

Of its scores those are there that matter among the nodes of a ring: preferred affinity to one kind of nodes, the least used,
the most even, the fewest pods of the same workload. It is a rule of thumb for many pools at once; what a plan promises is
foreseen by the room that knows all rules.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from planner.solve.node_pools.instance.ring import ENDLESS, Bools, Floats, Ints, RingInstance

LUCK = 0.5
"""A fact of the scores, which are whole: among nodes of the same score chance decides, by less than a point."""
DRAWS, NEXT_FLOW, NEXT_LUCK = 1009, 61, 331
"""No effort: chance is drawn so often for each node, and every order, and every luck, begins elsewhere among the draws."""
SKEW = 6
"""kube-scheduler's own default constraints, 3 for nodes and 5 for zones, less one each."""
SPREAD, AFFINITY = 2, 200
"""kube-scheduler's weights: the spread counts so much more than other scores, and a preferred node has so much more."""
OUTSIDE = 1e18
"""No number to set: a node that takes no pod is behind all others."""


@dataclass(frozen=True, slots=True, eq=False)
class Arrival:
    """The type of each pod, as they come, and where luck begins among the draws."""

    flow: Ints
    first: int


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """Nodes of these kinds, in these zones, for all types: type t would rather go to nodes of a kind j where `liked[t, j]`."""

    kinds: Ints
    zones: Ints
    liked: Bools


def orders(goods: RingInstance, shuffled: int, by_workload: int, seed: int = 1, smallest: int = 1) -> list[Ints]:
    """Return orders in which the pods of all types may come: as they are, the largest and the smallest first, and by chance.

    So often do the `smallest` come first: who then comes last needs luck most.
    """
    types = list(range(len(goods.pods)))
    size = goods.size.tolist()
    rng = np.random.default_rng(seed)
    flows = [
        _flow(goods, types),
        _flow(goods, sorted(types, key=lambda t: -size[t])),
        *[_flow(goods, sorted(types, key=lambda t: size[t]))] * smallest,
    ]
    flows += [rng.permutation(flows[0]) for _ in range(shuffled)]
    return [*flows, *(_flow(goods, rng.permutation(types).tolist()) for _ in range(by_workload))]


def _flow(goods: RingInstance, types: Iterable[int]) -> Ints:
    order = np.array(list(types), dtype=np.int64)
    return np.repeat(order, goods.pods[order])


def arrivals(flows: Sequence[Ints], luck: int = 0) -> list[Arrival]:
    """Return these orders, each with luck of its own; with another `luck` nodes that are liked equally are chosen otherwise."""
    return [Arrival(flow, number * NEXT_FLOW + luck * NEXT_LUCK) for number, flow in enumerate(flows)]


def count_pending(goods: RingInstance, rows: Sequence[tuple[Case, Arrival]], weighed: tuple[int, ...]) -> Ints:
    """Return how many pods of each type find no room, for each case and how pods come; scores look at `weighed` resources."""
    return _Trial(goods, rows, weighed).run() if rows else np.zeros((0, len(goods.pods)), dtype=np.int64)


class _Trial:
    """A case and an order in each row: `used[k][b, n]` of row b's node n, `on[b, t, n]` pods of type t, `by_zone[b, t, z]`.

    `zone[b, n]` is where the node is, and `zones[b, z]` says whether the row has such nodes.
    """

    def __init__(self, goods: RingInstance, rows: Sequence[tuple[Case, Arrival]], weighed: tuple[int, ...]) -> None:
        cases = list({id(case): case for case, _ in rows}.values())
        number = {id(case): number for number, case in enumerate(cases)}
        nodes = max(1, *(len(case.kinds) for case in cases))
        there = np.array([np.arange(nodes) < len(case.kinds) for case in cases])
        kinds = np.zeros(there.shape, dtype=np.int64)
        kinds[there] = np.concatenate([case.kinds for case in cases])
        zone = np.zeros(there.shape, dtype=np.int64)
        zone[there] = np.concatenate([case.zones for case in cases])
        liked = np.stack([case.liked[:, row] for case, row in zip(cases, kinds, strict=True)])
        self.case = np.array([number[id(case)] for case, _ in rows], dtype=np.int64)
        self.rows = np.arange(len(rows))
        self.coming = np.stack([arrival.flow for _, arrival in rows], axis=1)
        self.goods = goods
        self.requests = goods.requests.astype(np.float64)
        self.zone = zone[self.case]
        self.zones = (there[:, :, None] & (zone[:, :, None] == np.arange(zone.max() + 1))).any(axis=1)[self.case]
        self.far = np.array([math.log(count + 2) for count in self.zones.sum(axis=1)])[:, None]
        self.most = np.where(there[:, None], goods.fit.T[kinds].transpose(0, 2, 1), 0)
        self.liked = np.where(liked, float(AFFINITY), 0.0)
        self.spread = np.array([math.log(count + 2) for count in range(nodes + 1)])
        capacity = goods.capacity[kinds][self.case].astype(np.float64)
        self.capacity = list(np.ascontiguousarray(capacity.transpose(2, 0, 1)))
        self.weighed = weighed
        self.whole = [np.maximum(self.capacity[k], 1) for k in weighed]
        self.used = [np.zeros((len(self.rows), nodes)) for _ in self.capacity]
        # of an empty node all resources are used alike
        self.balance = np.full((len(self.rows), nodes), 100.0)
        self.on = np.zeros((len(self.rows), len(goods.pods), nodes), dtype=np.int64)
        self.by_zone = np.zeros((len(self.rows), len(goods.pods), self.zones.shape[1]), dtype=np.int64)
        # drawn node by node: a node's luck does not hang on how many others there are
        self.draws = np.random.default_rng(1).random((nodes, DRAWS)).T * LUCK
        self.first = np.array([arrival.first for _, arrival in rows], dtype=np.int64)

    def run(self) -> Ints:
        """Let all pods come, and return how many of each type each row leaves out."""
        missing = np.zeros(self.on.shape[:2], dtype=np.int64)
        for step, types in enumerate(self.coming):
            missing[self.rows, types] += ~self._place(types, self.draws[(self.first + step) % DRAWS])
        return missing

    def _place(self, types: Ints, luck: Floats) -> Bools:
        """Put one pod of these types on its node in each row, and say where there is one."""
        asked, alike = self.requests[types], self.on[self.rows, types]
        after = [used + asked[:, k, None] for k, used in enumerate(self.used)]
        fits = (alike < self.most[self.case, types]) & self._may_meet(types)
        for amount, capacity in zip(after, self.capacity, strict=True):
            fits &= amount <= capacity
        balance, score = self._score_use(after)
        score += SPREAD * self._score_few(types, alike, fits) + self.liked[self.case, types]
        best = np.where(fits, score + luck, -OUTSIDE).argmax(axis=1)
        placed = fits[self.rows, best]
        row, node = self.rows[placed], best[placed]
        for used, amount in zip(self.used, after, strict=True):
            used[row, node] = amount[row, node]
        self.balance[row, node] = balance[row, node]
        self.on[row, types[placed], node] += 1
        self.by_zone[row, types[placed], self.zone[row, node]] += 1
        return np.asarray(placed)

    def _score_use(self, after: Sequence[Floats]) -> tuple[Floats, Floats]:
        """Return how evenly nodes would be used, and the scores for that it gets better, and for how little is used."""
        shares = [after[k] / whole for k, whole in zip(self.weighed, self.whole, strict=True)]
        balance = np.floor(100 - 50 * (reduce(np.maximum, shares) - reduce(np.minimum, shares)))
        free = sum(np.floor(100 * (whole - after[k]) / whole) for k, whole in zip(self.weighed, self.whole, strict=True))
        return balance, np.floor(free / len(shares)) + np.floor((balance - self.balance) / 2)

    def _may_meet(self, types: Ints) -> Bools | np.bool_:
        """Say on which nodes no rule between pods forbids a pod of these types: spread over zones, keeping away."""
        allowed: Bools | np.bool_ = np.bool_(True)
        skew = self.goods.skew[types][:, None]
        if skew.any():
            here = self.by_zone[self.rows, types]
            least = np.where(self.zones, here, ENDLESS).min(axis=1, keepdims=True)
            allowed = np.take_along_axis((skew == 0) | (here < least + skew), self.zone, axis=1)
        apart = self.goods.apart[types]
        if apart.any():
            allowed = allowed & ~(apart[:, :, None] & (self.on > 0)).any(axis=1)
        return allowed

    def _score_few(self, types: Ints, alike: Ints, fits: Bools) -> Floats:
        """Return the scores for how few pods of the same workload there are, of those that no rule of their own spreads."""
        spread = self.spread[fits.sum(axis=1)][:, None]
        around = self.by_zone[self.rows, types]
        if around.shape[1] > 1:
            around = np.take_along_axis(around, self.zone, axis=1)
        # scoreForCount of podtopologyspread/scoring.go for both default constraints, which share out 2 + 4 of SKEW
        raw = np.floor(alike * spread + (around * self.far + SKEW + 0.5))
        highest = np.where(fits, raw, 0.0).max(axis=1, keepdims=True)
        lowest = np.where(fits, raw, OUTSIDE).min(axis=1, keepdims=True)
        # NormalizeScore of podtopologyspread/scoring.go: it is the lowest that gets 100
        points = np.floor(100 * (highest + lowest - raw) / np.maximum(highest, 1))
        return np.where(self.goods.skew[types][:, None] == 0, points, 0.0)
