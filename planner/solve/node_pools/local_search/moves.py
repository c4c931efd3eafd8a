"""Draws changes of what types prefer: which types another kind of nodes is tried for, or which change places.

Where nodes of a shape are several pools, those changes are tried that leave every pool about as much room as its types need to
come out even; most others only put one type in the way of another.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from planner.solve.node_pools.anneal.chains import CHANCE, WHOLE
from planner.solve.node_pools.instance.ring import Bools, Ints, Nodes, RingInstance
from planner.solve.tuning.pools import POOLS, PoolTuning

AMPLE = 4
"""A fact of whole numbers, which would grow too large: nothing is lacking where there is so many times what all pods ask for."""
FULL, FINE = 40, 20
"""Scales: bits of all that is asked for of a resource, and of what pools lack in parts of what they have."""


@dataclass(slots=True, eq=False)
class Moves:
    """Changes of one ring's divisions, drawn by chance.

    A resource is counted in so many units for so much of it, and room in no more of that than leaves nothing to wish for:
    `units[r]` are these three.
    """

    goods: RingInstance
    rng: np.random.Generator
    tuning: PoolTuning = POOLS
    units: list[tuple[int, int, int]] = field(init=False)

    def __post_init__(self) -> None:
        """Choose units in which nothing is too large, and parts of it are not too small."""
        asked: list[int] = (self.goods.pods @ self.goods.requests).tolist()
        self.units = [(max(1, (1 << FULL) // max(total, 1)), max(1, total >> FULL), AMPLE * total) for total in asked]

    def draw(self, liked: Bools, nodes: Nodes, short: Ints) -> list[Bools]:
        """Return up to `breadth` changes, in which all types can be on a kind that they prefer; `short` types come first."""
        kinds = [kind for kind, _ in nodes]
        pooled = self.goods.copies > 1
        tries, breadth = self._tries(liked[:, kinds].size, pooled), self.tuning.local_search.breadth
        changes = [self.goods.likable(self._draw(liked, kinds, short, pooled)) for _ in range(tries)]
        sound = [change for change in changes if change[:, kinds].any(axis=1).all() and (change != liked).any()]
        if pooled and sound:
            sound = list({sound[number].tobytes(): sound[number] for number in self._rank(np.stack(sound), nodes)}.values())
        return sound[:breadth]

    def _tries(self, cells: int, pooled: bool) -> int:
        tuning = self.tuning.local_search
        return max(tuning.breadth, min(tuning.more_tries, tuning.most_cells // cells)) if pooled else tuning.tries

    def _draw(self, before: Bools, kinds: Sequence[int], short: Ints, pooled: bool) -> Bools:
        t = (
            self.rng.choice(short)
            if len(short) and self.rng.random() < self.tuning.local_search.urgent
            else self.rng.integers(len(before))
        )
        if pooled and self.rng.random() < self.tuning.local_search.two_for_one:
            return self._two_for_one(before, int(t))
        liked, kind, what = before.copy(), self.rng.choice(kinds), self.rng.random()
        alike = self.goods.alike[kind]
        if what < self.tuning.local_search.swap:
            other = self.rng.integers(len(liked))
            liked[[t, other]] = liked[[other, t]]
        elif what < self.tuning.local_search.move:
            liked[t] = alike
        else:
            liked[t, alike] = not liked[t, kind]
        return liked

    def _two_for_one(self, before: Bools, first: int) -> Bools:
        """Let a type change places with another, and a third that prefers what either of them does go along."""
        second = int(self.rng.integers(len(before)))
        stays, goes = (first, second) if self.rng.random() < self.tuning.local_search.swap else (second, first)
        third = int(self.rng.choice(np.flatnonzero((before == before[goes]).all(axis=1))))
        liked = before.copy()
        liked[[first, second]] = before[[second, first]]
        if third not in (first, second):
            liked[third] = before[stays]
        return liked

    def _rank(self, liked: Bools, nodes: Nodes) -> list[int]:
        """Return the numbers of these changes, first those in which pools lack least, and that with a little luck."""
        cost = self.goods.cost(nodes) // self.tuning.local_search.noise
        luck = cost * CHANCE[self.rng.integers(len(CHANCE), size=len(liked))] // WHOLE
        slack = int(self.rng.choice(self.tuning.local_search.slacks))
        ranked: list[int] = np.argsort(self.lacking(liked, nodes, slack) + luck, kind="stable").tolist()
        return ranked

    def lacking(self, liked: Bools, nodes: Nodes, slack: int) -> Ints:
        """Return the price of what the pools lack, for each of `liked[p, t, j]`, by the rule of thumb of `PoolSizing`.

        A type that prefers several pools is in each of them in part.
        """
        goods, (kinds, count) = self.goods, np.array(nodes, dtype=np.int64).T
        here = liked[:, :, kinds]
        parts = np.maximum(here.sum(axis=2, keepdims=True), 1)
        absent = -goods.pods[:, None] % count
        worst = np.zeros((len(liked), len(nodes)), dtype=np.int64)
        for requests, capacity, (units, unit, ample) in zip(goods.requests.T, goods.capacity[kinds].T, self.units, strict=True):
            size, room = -(-requests * units // unit)[:, None], np.maximum(np.minimum(capacity, ample) // unit * units, 1)
            lost = here * (absent * size) // parts
            most = lost.max(axis=1)
            extra = (most * slack + (lost.sum(axis=1) - most) * self.tuning.anneal.others) // WHOLE
            over = ((here * (goods.pods[:, None] * size) // parts).sum(axis=1) + extra) // count - room
            worst = np.maximum(worst, (np.clip(over, 0, room) << FINE) // room)
        result: Ints = (worst * (goods.price[kinds] * count) >> FINE).sum(axis=1)
        return result
