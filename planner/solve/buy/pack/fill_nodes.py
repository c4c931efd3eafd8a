"""Fills many nodes of one ring at once, each by itself and each a little differently, to see which comes out best."""

from dataclasses import dataclass, field

import numpy as np

from planner.solve.buy.market.types import MANY, Bools, Market
from planner.solve.runtime.lp import Floats, Ints
from planner.solve.tuning.buy import FillTuning


@dataclass(slots=True)
class BatchFiller:
    """Nodes of the kinds `kinds`, one per row, for pods of the `types`; `rates[i, k]` is what a unit is worth on row i."""

    market: Market
    ring: int
    types: Ints
    kinds: Ints
    rates: Floats
    tuning: FillTuning
    room: Ints = field(init=False)
    allowed: Bools = field(init=False)
    shares: Floats = field(init=False)
    enemies: Bools | None = field(init=False)

    def __post_init__(self) -> None:
        """Prepare what all fills share."""
        m = self.market
        self.room = m.room[self.kinds, self.ring]
        self.allowed = m.allowed[np.ix_(self.types, self.kinds)].T
        # where all is worth nothing by the sums, pods would be alike: then room itself is the measure
        rates = np.where((self.rates * self.room).sum(axis=1, keepdims=True) > 0, self.rates, 1.0 / np.maximum(self.room, 1))
        self.shares = np.asarray(rates / np.maximum(self.room, 1), dtype=np.float64)
        self.enemies = _matrix(m, self.types) if m.enemies else None

    def fill(self, reserve: Ints, blur: Floats) -> Ints:
        """Return the pods of each type on each row, of at most so many; `blur[i, t]` makes a type more or less liked.

        What counts is how much of what is still free, and worth something, a pod takes: large pods come first.
        """
        requests, at_once = self.market.requests[self.types], self.tuning.at_once
        left = np.where(self.allowed, np.minimum(reserve, self.market.per_node[self.types]), 0)
        inside, free, live = np.zeros_like(left), self.room.copy(), np.arange(len(left))
        # orders pods that ask only for what is worth nothing: these, too, go large first
        tiny = 1e-9 * (requests / np.maximum(self.room, 1).max(axis=0)).sum(axis=1)
        fits = self._fits(left > 0, free, requests)
        while len(live):
            score = np.where(fits[live], ((self.shares[live] * free[live]) @ requests.T + tiny) * blur[live], -1.0)
            best = score.argmax(axis=1)
            some = score[np.arange(len(live)), best] >= 0
            live, best = live[some], best[some]
            asked = requests[best]
            many = np.where(asked > 0, free[live] // np.maximum(asked, 1), MANY).min(axis=1)
            many = np.maximum(1, np.minimum(many, left[live, best]) // at_once)
            inside[live, best] += many
            left[live, best] -= many
            free[live] -= asked * many[:, None]
            fits[live, best] &= left[live, best] > 0
            if self.enemies is not None:
                fits[live] &= ~self.enemies[best]
            fits[live] = self._fits(fits[live], free[live], requests)
        return inside

    def _fits(self, open_: Bools, free: Ints, requests: Ints) -> Bools:
        """Say what still fits of what did before; resource by resource, which is faster than all at once."""
        for k in range(requests.shape[1]):
            open_ = open_ & (requests[:, k] <= free[:, k, None])
        return open_


def _matrix(market: Market, types: Ints) -> Bools:
    """Say which of the types may not meet."""
    where = {int(t): i for i, t in enumerate(types)}
    result = np.zeros((len(types), len(types)), dtype=np.bool_)
    for t, i in where.items():
        for other in market.enemies.get(t, ()):
            if other in where:
                result[i, where[other]] = True
    return result
