"""The restricted master: patterns of pods on a node as columns (a kind, a ring, its pods), and how often an LP uses each."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from planner.solve.buy.bound.lp_relaxation import ENDLESS, MILLION
from planner.solve.buy.market.types import Market
from planner.solve.runtime.lp import Floats, Ints, Linear, Solved

Column = tuple[int, int, Ints]
GAIN = 1e-6
"""A fact of rounding: a column must be worth so much more than its node, as with less columns would be added for ever."""


@dataclass(slots=True)
class Columns:
    """All columns so far: `pods[t, c]` of each type on a node of `kinds[c]` in `rings[c]`.

    A pod without a place costs as much as so many of the dearest nodes: `left_out`.
    """

    market: Market
    left_out: float
    pods: Ints = field(init=False)
    kinds: Ints = field(init=False)
    rings: Ints = field(init=False)
    seen: set[tuple[int, int, bytes]] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Start without any."""
        self.pods = np.zeros((len(self.market.counts), 0), dtype=np.int64)
        self.kinds = self.rings = np.zeros(0, dtype=np.int64)

    def add(self, columns: Iterable[Column]) -> int:
        """Add what is new, and return how many that are."""
        new: list[Column] = []
        for kind, ring, pods in columns:
            key = kind, ring, pods.tobytes()
            if key not in self.seen:
                self.seen.add(key)
                new.append((kind, ring, pods))
        if new:
            self.pods = np.hstack([self.pods, np.stack([pods for _, _, pods in new], axis=1)])
            self.kinds = np.concatenate([self.kinds, [kind for kind, _, _ in new]])
            self.rings = np.concatenate([self.rings, [ring for _, ring, _ in new]])
        return len(new)

    def useful(self, wanted: Ints, left: Ints) -> Ints:
        """Return the columns of which there are nodes left, and that hold pods still wanted."""
        holding = np.asarray((self.pods[wanted > 0] > 0).any(axis=0))
        return np.flatnonzero(holding & (left[self.market.pool[self.kinds]] > 0))

    def master(self, wanted: Ints, left: Ints, live: Ints) -> Solved | None:
        """Solve the sums over columns: each wanted pod in one of them, or left out at a price."""
        m = self.market
        types = np.flatnonzero(wanted)
        # a column may hold more pods than are still wanted: the surplus would seem to save nodes
        pods = np.minimum(self.pods[np.ix_(types, live)], wanted[types, None])
        row, column = np.nonzero(pods)
        height, width = len(types), len(live)
        dear = np.full(height, self.left_out * max(1.0, float(m.price.max(initial=0)) / MILLION))
        return Linear(
            cost=np.concatenate([m.price[self.kinds[live]] / MILLION, dear]),
            most=np.full(width + height, ENDLESS),
            low=np.concatenate([wanted[types], -left]).astype(np.float64),
            high=np.full(height + len(left), ENDLESS),
            rows=np.concatenate([row, np.arange(height), height + m.pool[self.kinds[live]]]),
            columns=np.concatenate([column, width + np.arange(height), np.arange(width)]),
            entries=np.concatenate([pods[row, column], np.ones(height), -np.ones(width)]).astype(np.float64),
        ).solve()


def spread_out(size: int, types: Ints, values: Floats) -> Floats:
    """Return values of some types as those of all, zero elsewhere."""
    result: Floats = np.zeros(size, dtype=np.float64)
    result[types] = values
    return result
