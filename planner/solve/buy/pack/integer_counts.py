"""Chooses how many nodes of each kind a ring has before it is packed: whole numbers, with a little more room than sums need."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from planner.solve.buy.bound.lp_relaxation import MILLION
from planner.solve.buy.bound.ring_lp import RingGroups, group_nodes, sums_of
from planner.solve.buy.market.types import Market
from planner.solve.buy.pack.lp_guided import GOLDEN, Bin, RingPacking, cost_of
from planner.solve.instance.ring_sizes import most_nodes_of
from planner.solve.runtime.lp import Floats, Ints
from planner.solve.tuning.buy import BuyTuning


@dataclass(slots=True)
class CountSearch:
    """All rings; where their pods go is said by sums that take nodes to have what each of the `rooms` says, in turn."""

    market: Market
    bins: list[Bin]
    rooms: Sequence[Floats | None]
    over: Callable[[], bool]
    tuning: BuyTuning
    tried: set[tuple[int, bytes]] = field(default_factory=set)

    def is_small(self) -> bool:
        """Say whether whole numbers are found soon, and matter, in every ring; and whether all pods have a place so far."""
        return not self._missing().any() and all(stock.is_small() for stock in self._stocks())

    def run(self, is_enough: Callable[[], bool], gap: float) -> None:
        """Make the rings cheaper, until that is enough or gains little beside a gap that is good enough."""
        for spare in self.tuning.counting.spare:
            before = cost_of(self.market, self.bins)
            for r in range(len(self.market.problem.rings)):
                if is_enough() or self.over():
                    return
                stock = self._stock(r)
                if stock is not None:
                    stock.improve(spare)
                    self.bins = [*(bin_ for bin_ in self.bins if bin_.ring != r), *stock.bins]
            if before - cost_of(self.market, self.bins) < self.tuning.counting.little * gap * before:
                return

    def _missing(self) -> Ints:
        missing = self.market.counts.copy()
        for bin_ in self.bins:
            for t, pods in bin_.pods:
                missing[t] -= pods * bin_.times
        return missing

    def _stocks(self) -> Iterator["RingCounts"]:
        for r in range(len(self.market.problem.rings)):
            if (stock := self._stock(r)) is not None:
                yield stock

    def _stock(self, ring: int) -> "RingCounts | None":
        """Read a ring; None where it has no nodes."""
        mine, left = [bin_ for bin_ in self.bins if bin_.ring == ring], self.market.most.copy()
        for bin_ in self.bins:
            left[self.market.pool[bin_.kind]] -= bin_.times * (bin_.ring != ring)
        return RingCounts(self, ring, mine, left) if mine else None


@dataclass(slots=True)
class RingCounts:
    """One ring, which may have so many nodes of each pool as are `left` beside the others."""

    stocker: CountSearch
    ring: int
    bins: list[Bin]
    left: Ints
    wanted: Ints = field(init=False)
    group: RingGroups = field(init=False)

    def __post_init__(self) -> None:
        """Read the ring."""
        market = self.stocker.market
        self.wanted = np.where(market.ring_of == self.ring, market.counts, 0)
        self.group = group_nodes(replace(market, most=self.left), self.ring, 1, (0,) * len(self.left))

    def is_small(self) -> bool:
        """Say whether whole numbers are found soon, and matter."""
        nodes, limits = sum(bin_.times for bin_ in self.bins), self.stocker.tuning.bound
        pairs, kinds = self.group.allowed.size, len(self.group.kinds)
        return 0 < pairs <= limits.most_pairs and kinds <= limits.most_kinds and nodes <= limits.most_nodes

    def improve(self, spare: float) -> None:
        """Pack into the cheapest nodes with so much spare room that the pods go into, if there are cheaper ones than now."""
        most = most_nodes_of(self.stocker.market.problem, self.ring)
        cost = cost_of(self.stocker.market, self.bins)
        for have in self._choices(spare, cost - 1):
            if (self.ring, have.tobytes()) in self.stocker.tried or have.sum() > most:
                continue
            self.stocker.tried.add((self.ring, have.tobytes()))
            bins = self._pack(have)
            if bins is not None and cost_of(self.stocker.market, bins) < cost:  # SCIP may be a millionth above its limit
                self.bins = bins
                return

    def _pack(self, have: Ints) -> list[Bin] | None:
        """Pack into these nodes, in one order after the other; None if some pods stay out each time."""
        rooms, over, tuning = self.stocker.rooms, self.stocker.over, self.stocker.tuning
        counting = tuning.counting
        least, far = int(self.wanted.sum()), counting.far * self.wanted.sum()
        for turn in range(counting.phases):
            if over() or (turn >= counting.taste and least > far):
                break
            phase, room = turn * GOLDEN % 1.0, rooms[turn % len(rooms)]
            trial = RingPacking(
                self.stocker.market, self.ring, self.wanted.copy(), have.copy(), tuning.packing, phase, room, over
            )
            trial.pack()
            if not trial.wanted.any():
                return trial.bins
            least = min(least, int(trial.wanted.sum()))
        return None

    def _choices(self, spare: float, below: int) -> Iterator[Ints]:
        """Yield how many nodes of each pool to have, the cheapest first; none costs more than `below`."""
        sums, _ = sums_of(self.group, float(MILLION))
        groups, types = len(self.group.kinds), len(self.group.counts)
        first = len(sums.cost) - groups - types
        low, most = sums.low.copy(), sums.most.copy()
        # pods too many stand for the room that packing wastes
        low[:types] *= 1 + spare
        most[first : first + groups] = self.group.most
        # no pod may stay out: that is for the packing to find out, not for the counts
        most[first + groups :] = 0
        nodes, counting = np.arange(first, first + groups), self.stocker.tuning.counting
        sums = replace(sums, low=low, most=most)
        for values in sums.whole(nodes, below / MILLION, counting.choices, counting.steps, counting.close):
            yield self._pools(np.round(values[nodes]).astype(np.int64).tolist())

    def _pools(self, counts: Sequence[int]) -> Ints:
        """Count by pool, which several groups may have in common; where a group has more kinds than one, the first will do."""
        have = np.zeros_like(self.left)
        for kinds, count in zip(self.group.kinds, counts, strict=True):
            have[self.stocker.market.pool[kinds[0]]] += count
        return np.minimum(have, self.left)
