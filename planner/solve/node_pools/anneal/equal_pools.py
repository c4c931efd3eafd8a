"""Divides types of pods among pools of equal nodes on which they come out even.

kube-scheduler spreads the pods of a workload over nodes that are equal, in whatever order they come. Where each workload keeps
to one pool, and every node of that has room for its share of each, nobody is in anybody's way. A shape may be that of several
pools, which a label of their own tells apart.
"""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from planner.solve.node_pools.anneal.chains import CHANCE, NO_WAY, WHOLE, Chains
from planner.solve.node_pools.anneal.pool_sizing import PoolSizing
from planner.solve.node_pools.instance.ring import Bools, Ints, Nodes

TINY = 1e-9
"""A fact of floating point: with so much added powers of ten come out as such on every machine."""


@dataclass(slots=True)
class EqualPools(Chains):
    """The searches; there are no more `pools` than the goods have copies of each kind."""

    pools: int
    fitting: PoolSizing = field(init=False)

    def __post_init__(self) -> None:
        """Begin with each type in any pool."""
        self.fitting, pools = PoolSizing(self.goods, self.slack, self.tuning), range(self.pools)
        self.rows = np.arange(self.chains)
        self.at = (self.rng.random((self.chains, len(self.goods.pods))) * len(pools)).astype(np.int64)
        self.load = np.stack([(self.at == k) @ self.fitting.demand for k in pools], axis=1)
        self.score = np.stack([self.fitting.scores(self.fitting.pools(self.at == k, self.load[:, k])) for k in pools], axis=1)
        self.total = self.score.sum(axis=1)

    def step(self, step: int, steps: int) -> None:
        """Move one type, or several in exchange, the colder it is the less at a loss."""
        cooled = int(WHOLE * self.tuning.anneal.cold ** (-step / steps) + TINY)
        self._move(self.fitting.worth // self.tuning.anneal.warm * cooled // WHOLE * CHANCE[self.below(len(CHANCE))] // WHOLE)

    def division(self, where: Ints) -> tuple[Nodes, Bools] | None:
        """Return the nodes of one division, and which kinds types prefer; None where a pool has no way.

        Of a kind that is that of several pools each has a copy of its own.
        """
        names = sorted(set(where.tolist()))
        members = np.stack([where == k for k in names])
        kind, count, price = self.fitting.cheapest(self.fitting.pools(members, members @ self.fitting.demand))
        if price.max() >= NO_WAY:
            return None
        copies, nodes = Counter[int](), {}
        liked = np.zeros(self.goods.fit.shape, dtype=np.bool_)
        for pool in sorted(range(len(names)), key=lambda pool: (int(kind[pool]), -int(count[pool]), pool)):
            own = int(kind[pool]) + copies[int(kind[pool])] * len(self.fitting.price)
            copies[int(kind[pool])] += 1
            nodes[own] = int(count[pool])
            liked[members[pool], own] = True
        return tuple(sorted(nodes.items())), liked

    def _move(self, allowed: Ints) -> None:
        """Move a type of each search to another pool, or for one or two that come in exchange; it may lose what is `allowed`."""
        types, rows = len(self.goods.pods), self.rows
        first, second, third = self.below(types), self.below(types), self.below(types)
        what, demand = self.rng.random(self.chains), self.fitting.demand
        a, b = self.at[rows, first], np.where(what < self.tuning.anneal.move, self.below(self.pools), self.at[rows, second])
        swap, more = (
            what >= self.tuning.anneal.move,
            (what >= self.tuning.anneal.swap) & (third != second) & (self.at[rows, third] == b),
        )
        after = self.at.copy()
        after[rows, first] = b
        after[rows[swap], second[swap]] = a[swap]
        after[rows[more], third[more]] = a[more]
        gain = demand[first] - swap[:, None] * demand[second] - more[:, None] * demand[third]
        go = np.flatnonzero(a != b)
        self._take(go, after[go], (a[go], b[go]), gain[go], allowed[go])

    def _take(self, rows: Ints, after: Ints, both: tuple[Ints, Ints], gain: Ints, allowed: Ints) -> None:
        """Take the steps that lose no more than is allowed; those that surely lose more are not looked at any closer."""
        fitting, (a, b) = self.fitting, both
        without = fitting.pools(after == a[:, None], self.load[rows, a] - gain)
        within = fitting.pools(after == b[:, None], self.load[rows, b] + gain)
        least_a, least_b = fitting.least(without), fitting.least(within)
        most = self.score[rows, a] + self.score[rows, b] + allowed
        near = np.flatnonzero(least_a + least_b <= most)
        if not len(near):
            return
        # each of the two pools may score what the least that the other one can score leaves to it
        tops = np.concatenate([(most - least_b)[near], (most - least_a)[near]])
        score_a, score_b = np.split(fitting.scores(without.some(near).and_others(within.some(near)), tops), 2)
        change = score_a + score_b - (most - allowed)[near]
        good = np.flatnonzero(change <= allowed[near])
        near, taken = near[good], rows[near[good]]
        loads, scores = (without.load[near], within.load[near]), (score_a[good], score_b[good])
        self.put(taken, after[near], (a[near], b[near]), loads, scores)
