"""Branch and bound, best bound first: parts the whole counts of a ring's nodes into boxes, each with an LP of its own."""

from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush

import numpy as np

from planner.solve.buy.bound.dual_cuts import PLENTY, DualCuts
from planner.solve.buy.bound.ring_lp import RingGroups, sums_of, tops_of
from planner.solve.runtime.lp import Floats, Ints
from planner.solve.runtime.warm_lp import Warm
from planner.solve.tuning.buy import BoundTuning

WHOLE = 1e-6
"""A fact of floating point, which the simplex reckons in: a count so near to a whole number is one."""


@dataclass(frozen=True, slots=True, order=True)
class Box:
    """Nodes of group g number `low[g]` to `high[g]`, which costs at least `cost`; the sums, once asked, use so many `nodes`."""

    cost: float
    number: int
    low: Floats = field(compare=False)
    high: Floats = field(compare=False)
    nodes: Floats | None = field(compare=False, default=None)


@dataclass(slots=True)
class BranchAndBound:
    """The search in one ring; `parts[number]` are group, count, and the numbers of the boxes with no more and with more.

    `work` counts what the sums took: entries of the model, as often as it was solved.
    """

    group: RingGroups
    scale: float
    open: list[Box] = field(default_factory=list)
    parts: dict[int, tuple[int, int, int, int]] = field(default_factory=dict)
    work: int = 0
    charging: DualCuts = field(init=False)
    sums: Warm = field(init=False)
    _units: Floats = field(init=False)

    def __post_init__(self) -> None:
        """Bound the whole ring."""
        groups = len(self.group.kinds)
        linear, self._units = sums_of(self.group, self.scale)
        pods = len(linear.cost) - groups - len(self.group.counts)
        rows = len(self.group.counts) + np.arange(groups * len(self._units))
        self.sums = Warm(linear, pods + np.arange(groups), rows)
        self.charging = DualCuts(self.group, linear.cost[pods : pods + groups])
        self._ask(Box(0.0, 0, np.zeros(groups), tops_of(self.group)))

    @property
    def bound(self) -> float:
        """Return what the ring costs at least, in a price's unit."""
        return self.open[0].cost

    def is_done(self) -> bool:
        """Say whether nothing can be gained: the cheapest box is reached with whole counts."""
        nodes = self.open[0].nodes
        return nodes is not None and not len(_fractional_groups(nodes))

    def grow(self) -> None:
        """Take the cheapest box a step further: by rates that are known, else by the sums, else in two parts."""
        box = heappop(self.open)
        if box.nodes is not None:
            self._part(box, box.nodes)
            return
        # known rates cost a product of matrices, the sums a run of the simplex: a box is asked only if it is cheapest even so
        known = self.charging.best(box.low, box.high)
        if self.open and known > max(box.cost, self.bound):
            heappush(self.open, Box(known, box.number, box.low, box.high))
        else:
            self._ask(box)

    def _ask(self, box: Box) -> None:
        """Ask the sums; where they have no answer nothing more is known of the box, which is then not parted."""
        self.work += len(self.sums.linear.entries)
        solved = self.sums.solve(box.low, box.high)
        if solved is None:
            heappush(self.open, Box(box.cost, box.number, box.low, box.high, np.zeros(len(box.low))))
            return
        cost, nodes, duals = solved
        # rows are all >=, so a rate below zero is noise, and would prove nothing
        self.charging.learn(duals.reshape(len(nodes), len(self._units)).clip(min=0) / self._units)
        # a part costs no less than the whole it came from, whatever the simplex's last digits say
        heappush(self.open, Box(max(cost, box.cost), box.number, box.low, box.high, nodes))

    def _part(self, box: Box, nodes: Floats) -> None:
        """Part by the group that gains most by the rates that are known: on the side that gains less, above all."""
        costs, charging = self.charging.costs(box.low, box.high), self.charging
        scores: list[tuple[float, int, float, float]] = []
        for g in _fractional_groups(nodes).tolist():
            most = np.floor(nodes[g] + WHOLE)
            few = float((costs + charging.under[:, g] * (most - min(box.high[g], PLENTY))).max())
            many = float((costs + charging.over[:, g] * (most + 1 - box.low[g])).max())
            gain_few, gain_many = max(few - box.cost, 0.0), max(many - box.cost, 0.0)
            # where no known rate tells groups apart, the dearest one that is least decided goes first
            tie = WHOLE * charging.price[g] * min(nodes[g] - most, most + 1 - nodes[g])
            # what is proven is the lower of both sides, so that weighs more; -g: of equal scores the first group wins
            scores.append((5 * min(gain_few, gain_many) + max(gain_few, gain_many) + tie, -g, few, many))
        _, g, few, many = max(scores)
        high, low = box.high.copy(), box.low.copy()
        high[-g] = np.floor(nodes[-g] + WHOLE)
        low[-g] = high[-g] + 1
        number = 2 * len(self.parts) + 1
        self.parts[box.number] = -g, int(high[-g]), number, number + 1
        heappush(self.open, Box(max(box.cost, few), number, box.low, high))
        heappush(self.open, Box(max(box.cost, many), number + 1, low, box.high))


def _fractional_groups(nodes: Floats) -> Ints:
    result: Ints = np.flatnonzero(np.abs(nodes - np.round(nodes)) > WHOLE)
    return result


def grow_all(
    trees: list[BranchAndBound], enough: Callable[[], bool], over: Callable[[], bool], work: int, tuning: BoundTuning
) -> None:
    """Grow the trees in turn, the one with fewest boxes first, until enough is proven or the work allowed is done."""
    step = 0
    while sum(tree.work for tree in trees) < work and not over():
        growing = [tree for tree in trees if not tree.is_done() and len(tree.open) < tuning.most_boxes]
        if not growing or (step % tuning.looks == 0 and enough()):
            return
        min(growing, key=lambda tree: len(tree.open)).grow()
        step += 1
