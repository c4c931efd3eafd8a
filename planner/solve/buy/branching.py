"""Parts the whole counts of a ring's nodes into boxes, the cheapest first: sums prove more of each than of all together."""

from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush

import numpy as np

from planner.solve.buy.grouped import Grouped, penalty_of, tops_of
from planner.solve.buy.linear import Floats, Ints, Linear
from planner.solve.buy.warm import Warm

WHOLE = 1e-6
KNOWN = 8
"""A group's counts are tried on both sides until so many trials say what parting it tends to gain."""
DEAREST = 0.1
"""No trial counts as if it gained more than this share of the cost."""


@dataclass(frozen=True, slots=True, order=True)
class Box:
    """Nodes of group g number `low[g]` to `high[g]`, which costs at least `cost`: the sums use `nodes` at these `rates`."""

    cost: float
    number: int
    low: Floats = field(compare=False)
    high: Floats = field(compare=False)
    nodes: Floats = field(compare=False)
    rates: Floats = field(compare=False)


@dataclass(slots=True)
class Tree:
    """The search in one ring; `parts[number]` are group, count, and the numbers of the boxes with no more and with more.

    `work` counts what the sums took: entries of the model, as often as it was solved.
    """

    group: Grouped
    scale: float
    open: list[Box] = field(default_factory=list)
    parts: dict[int, tuple[int, int, int, int]] = field(default_factory=dict)
    work: int = 0
    _sums: Warm = field(init=False)
    _units: Floats = field(init=False)
    _made: int = 0
    _gained: Floats = field(init=False)
    _trials: Ints = field(init=False)

    def __post_init__(self) -> None:
        """Bound the whole ring."""
        groups = len(self.group.kinds)
        self._gained, self._trials = np.zeros((2, groups)), np.zeros((2, groups), dtype=np.int64)
        linear, self._units = _model(self.group, self.scale)
        pods = len(linear.cost) - groups - len(self.group.counts)
        rows = len(self.group.counts) + np.arange(groups * len(self._units))
        self._sums = Warm(linear, pods + np.arange(groups), rows)
        root = self._box(np.zeros(groups), tops_of(self.group))
        if root is not None:
            heappush(self.open, root)

    @property
    def bound(self) -> float:
        """Return what the ring costs at least, in a price's unit."""
        return self.open[0].cost

    def is_done(self) -> bool:
        """Say whether nothing can be gained: the cheapest box is reached with whole counts, or there is none."""
        return not self.open or not len(_broken(self.open[0].nodes))

    def grow(self) -> None:
        """Part the cheapest box in two."""
        box = heappop(self.open)
        found: tuple[float, int, tuple[Box, Box]] | None = None
        for g in sorted(_broken(box.nodes).tolist(), key=lambda g: (-self._hope(box, g), g)):
            if found is not None and self._trials[:, g].min() >= KNOWN:
                continue
            pair = self._pair(box, g)
            if pair is not None:
                score = _score(pair[0].cost - box.cost, pair[1].cost - box.cost)
                if found is None or score > found[0]:
                    found = score, g, pair
        if found is None:
            raise AssertionError("the sums have no answer, not even with all pods left out")
        _, g, (few, many) = found
        self.parts[box.number] = g, int(few.high[g]), few.number, many.number
        heappush(self.open, few)
        heappush(self.open, many)

    def _pair(self, box: Box, g: int) -> tuple[Box, Box] | None:
        """Return the boxes with no more and with more than there are by the sums, and remember what that gained."""
        whole = np.floor(box.nodes[g] + WHOLE)
        high, low = box.high.copy(), box.low.copy()
        high[g], low[g] = whole, whole + 1
        few, many = self._box(box.low, high), self._box(low, box.high)
        if few is None or many is None:
            return None
        for side, (one, way) in enumerate(((few, box.nodes[g] - whole), (many, whole + 1 - box.nodes[g]))):
            self._gained[side, g] += min(one.cost - box.cost, DEAREST * box.cost) / max(way, 1e-3)
            self._trials[side, g] += 1
        return few, many

    def _hope(self, box: Box, g: int) -> float:
        """Return what parting by a group is expected to gain."""
        part = box.nodes[g] - np.floor(box.nodes[g] + WHOLE)
        rates = np.where(self._trials[:, g] > 0, self._gained[:, g], self._gained.sum(axis=1))
        rates = rates / np.maximum(1, np.where(self._trials[:, g] > 0, self._trials[:, g], self._trials.sum(axis=1)))
        return _score(float(rates[0] * part), float(rates[1] * (1 - part)))

    def _box(self, low: Floats, high: Floats) -> Box | None:
        self.work += len(self._sums.linear.entries)
        solved = self._sums.solve(low, high)
        if solved is None:
            return None
        cost, nodes, duals = solved
        self._made += 1
        rates = duals.reshape(len(nodes), len(self._units)).clip(min=0) / self._units
        return Box(cost, self._made, low, high, nodes, rates)


def _score(few: float, many: float) -> float:
    """Weigh both sides' gains: the lesser counts most, for that is what is proven of the box."""
    return 5 * min(few, many) + max(few, many)


def _broken(nodes: Floats) -> Ints:
    found: Ints = np.flatnonzero(np.abs(nodes - np.round(nodes)) > WHOLE)
    return found


def _model(group: Grouped, scale: float) -> tuple[Linear, Floats]:
    """Write the sums: columns are pods of types in groups, nodes, and pods left out; rows are types, and resources of groups."""
    width, groups, types = group.room.shape[1], len(group.kinds), len(group.counts)
    units = np.maximum(group.room.max(axis=0, initial=1), 1).astype(np.float64)
    t, g = np.nonzero(group.allowed)
    pods = len(t)
    rows, columns, entries = [t, np.arange(types)], [np.arange(pods), pods + groups + np.arange(types)], [np.ones(pods + types)]
    for k in range(width):
        rows += [types + width * g + k, types + width * np.arange(groups) + k]
        columns += [np.arange(pods), pods + np.arange(groups)]
        entries += [-group.requests[t, k] / units[k], group.room[:, k] / units[k]]
    prices = np.array([price / scale for price in group.price])
    free, left_out = np.zeros(pods), np.full(types, penalty_of(group, scale))
    wanted = group.counts.astype(np.float64)
    linear = Linear(
        cost=np.concatenate([free, prices, left_out]),
        most=np.full(pods + groups + types, np.inf),
        low=np.concatenate([wanted, np.zeros(width * groups)]),
        high=np.full(types + width * groups, np.inf),
        rows=np.concatenate(rows),
        columns=np.concatenate(columns),
        entries=np.concatenate(entries),
    )
    return linear, units


def grow_all(trees: list[Tree], enough: Callable[[], bool], work: int, most: int) -> None:
    """Grow the trees in turn, the one with fewest boxes first, until enough is proven or the work allowed is done."""
    while sum(tree.work for tree in trees) < work and not enough():
        growing = [tree for tree in trees if not tree.is_done() and len(tree.open) < most]
        if not growing:
            return
        min(growing, key=lambda tree: len(tree.open)).grow()
