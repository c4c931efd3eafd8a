"""Packs one ring by its LP relaxation, which says how many pods of which type belong on which kind, and is asked again."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from planner.solve.buy.bound.lp_relaxation import LpRelaxation, LpSolution
from planner.solve.buy.market.types import Market
from planner.solve.buy.pack.beam_search import BeamSearch
from planner.solve.buy.pack.fill_node import NodeFiller
from planner.solve.runtime.interrupt import never
from planner.solve.runtime.lp import Floats, Ints
from planner.solve.tuning.buy import PackTuning

GOLDEN = 0.618034
"""Multiples of the golden ratio spread evenly between 0 and 1, however many there are: types have their turns apart."""


@dataclass(frozen=True, slots=True)
class Bin:
    """So many nodes of a kind in a ring with the same pods: (type, pods) of each."""

    kind: int
    ring: int
    pods: tuple[tuple[int, int], ...]
    times: int = 1


def cost_of(market: Market, bins: Iterable[Bin]) -> int:
    """Return what the nodes cost, in a price's unit."""
    return sum(int(market.price[bin_.kind]) * bin_.times for bin_ in bins)


@dataclass(slots=True)
class RingPacking:
    """One ring while it is being packed: the pods still wanted, and of each pool the nodes still to be had.

    `room` is as in the sums, `phase` shifts whose turn comes when, and `over` says when to stop.
    """

    market: Market
    ring: int
    wanted: Ints
    left: Ints
    tuning: PackTuning
    phase: float = 0.0
    room: Floats | None = None
    over: Callable[[], bool] = never
    bins: list[Bin] = field(default_factory=list)

    def pack(self) -> None:
        """Pack until nothing is left that fits, or time is over."""
        for _ in range(self.tuning.rounds):
            if not self.wanted.any() or self.over():
                return
            sums = LpRelaxation(self.market, self.wanted, self.left, np.array([self.ring]), self.room)
            relaxed = sums.relax()
            nodes = relaxed.nodes[:, self.ring]
            if nodes.sum() <= 1e-9:
                return
            before = len(self.bins)
            if nodes.sum() <= self.tuning.few:
                self._end(relaxed)
            else:
                self._follow(relaxed)
            if len(self.bins) == before:
                return

    def _follow(self, relaxed: LpSolution) -> None:
        """Fill half of the nodes that the sums want of each kind, the largest first, with the pods meant for that kind."""
        nodes = relaxed.nodes[:, self.ring]
        for j in sorted(np.flatnonzero(nodes > 1e-9), key=lambda j: (-self.market.price[j], j)):
            many = nodes[j] if nodes[j] > 2 else min(nodes[j], 1.0)
            # half only: the sums are asked again, since whole pods leave other room than they meant
            count = int(np.ceil(many * 0.5)) if many >= 0.5 else 0
            if count:
                mine = relaxed.kinds == j
                meant = np.zeros(len(self.wanted))
                meant[relaxed.types[mine]] = relaxed.pods[mine]
                # where the sums want a part of a node, what they mean for it is not blown up to a whole one
                self._fill(int(j), count, meant / max(1.0, nodes[j]), relaxed.rates[j, self.ring])

    def _end(self, relaxed: LpSolution) -> None:
        """Choose the nodes that are still to come together."""
        m = self.market
        known = (m.allowed & (self.left[m.pool] > 0)).any(axis=1)
        types = np.flatnonzero((self.wanted > 0) & (m.ring_of == self.ring) & known)
        ending = BeamSearch(
            m,
            self.ring,
            types,
            self._each(relaxed, types),
            relaxed.rates[:, self.ring],
            self.tuning,
            seed=int(self.phase * 2**20),
        )
        nodes = ending.search(self.wanted, self.left)
        for kind, pods in nodes:
            self.bins.append(Bin(kind, self.ring, pods))
            self.left[m.pool[kind]] -= 1
            for t, count in pods:
                self.wanted[t] -= count

    def _each(self, relaxed: LpSolution, types: Ints) -> Floats:
        """Return what a pod of each type is worth by the sums: the least that it is charged anywhere."""
        m = self.market
        worth = np.full(len(types), np.inf)
        for j in np.flatnonzero(m.allowed[types].any(axis=0)):
            charge = m.requests[types] @ relaxed.rates[j, self.ring]
            worth = np.where(m.allowed[types, j], np.minimum(worth, charge), worth)
        return worth

    def _filler(self, j: int, rates: Floats) -> NodeFiller:
        m = self.market
        types = np.flatnonzero(m.allowed[:, j] & (self.wanted > 0) & (m.ring_of == self.ring))
        room = m.room[j, self.ring]
        if (rates * room).sum() <= 0:
            # where nothing is worth anything by the sums, pods would be alike: room itself is the measure
            rates = 1.0 / np.maximum(room, 1)
        return NodeFiller(m, types, room, rates, self.tuning.fill)

    def _fill(self, j: int, count: int, share: Floats, rates: Floats) -> None:
        """Fill up to so many nodes of a kind; `share` is what the average node is meant to hold of each type.

        Every type has its turn as often as its share says, so that what is left stays as mixed as it was.
        """
        filler = self._filler(j, rates)
        types = filler.types
        count = min(count, int(self.left[self.market.pool[j]]))
        due = np.asarray((types * GOLDEN + self.phase) % 1.0 - 0.5, dtype=np.float64)
        while count > 0:
            due = np.asarray(due + share[types], dtype=np.float64)
            inside = filler.fill(due, self.wanted[types])
            some = np.flatnonzero(inside)
            if not len(some):
                return
            due = np.asarray(due - inside, dtype=np.float64)
            self.bins.append(Bin(j, self.ring, tuple((int(types[i]), int(inside[i])) for i in some)))
            self.wanted[types] -= inside
            self.left[self.market.pool[j]] -= 1
            count -= 1
