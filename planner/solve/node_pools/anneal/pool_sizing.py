"""Pools of equal nodes that hold the pods of some types: which nodes, how many, and at which price."""

from dataclasses import dataclass, field

import numpy as np

from planner.solve.node_pools.anneal.chains import FINE, NO_WAY, PARTS, WHOLE
from planner.solve.node_pools.instance.ring import Bools, Ints, RingInstance
from planner.solve.tuning.pools import POOLS, PoolTuning

MANY = 1 << 16
"""A fact of whole numbers: so many nodes, times their price, are still below what 64 bits hold."""


@dataclass(frozen=True, slots=True, eq=False)
class Pools:
    """P pools: `members[p, t]` says whose they are, `load[p, r]` what these ask for.

    Of each kind `count[p, j]` nodes have so much in sum, and hold as many pods of each type as it has at most on a node.
    """

    members: Bools
    load: Ints
    count: Ints

    def some(self, rows: Ints) -> "Pools":
        """Return some of these."""
        return Pools(self.members[rows], self.load[rows], self.count[rows])

    def and_others(self, more: "Pools") -> "Pools":
        """Return these, and after them others."""
        return Pools(
            np.concatenate([self.members, more.members]),
            np.concatenate([self.load, more.load]),
            np.concatenate([self.count, more.count]),
        )


@dataclass(slots=True)
class PoolSizing:
    """What pools can be made of, and at which price; all pods are `worth` what they would score if nodes came in parts.

    They have room for more than the share of each type on every node: `slack` permille of the pods that it lacks to be equally
    many on all are added, of the type that asks for most, and fewer of all others. Pods that are spread over zones need as many
    nodes in each; who keeps apart from others is in no pool with them.
    """

    goods: RingInstance
    slack: int
    tuning: PoolTuning = POOLS
    price: Ints = field(init=False)
    most: Ints = field(init=False)
    room: Ints = field(init=False)
    need: Ints = field(init=False)
    demand: Ints = field(init=False)
    zones: Ints = field(init=False)
    enemies: Ints = field(init=False)
    worth: int = field(init=False)

    def __post_init__(self) -> None:
        """Take each kind once, however many copies there are."""
        goods, kinds = self.goods, len(self.goods.price) // self.goods.copies
        fit = goods.fit[:, :kinds]
        self.price, self.most, self.room = goods.price[:kinds], goods.most[:kinds], np.maximum(goods.capacity[:kinds], 1)
        self.need = np.where(fit > 0, -(-goods.pods[:, None] // np.maximum(fit, 1)), NO_WAY)
        self.demand = goods.requests * goods.pods[:, None]
        self.zones = np.array([len(set(zones)) for zones in goods.zones[:kinds]], dtype=np.int64)
        self.enemies = (goods.apart & ~np.eye(len(goods.pods), dtype=np.bool_)).astype(np.int64)
        share = ((self.demand[:, None] << PARTS) // self.room).max(axis=2) * self.price >> PARTS
        self.worth = FINE * int(np.where(fit > 0, share, NO_WAY).min(axis=1).sum())

    def pools(self, members: Bools, load: Ints) -> Pools:
        """Return pools of these members."""
        least = np.where(members[:, :, None], self.need, 0).max(axis=1)
        return Pools(members, load, np.maximum(least, -(-load[:, None] // self.room).min(axis=2, initial=0)))

    def least(self, pools: Pools) -> Ints:
        """Return what pools score at least."""
        result: Ints = FINE * (np.minimum(pools.count, MANY) * self.price).min(axis=1)
        return result

    def scores(self, pools: Pools, most: Ints | int = NO_WAY) -> Ints:
        """Return what pools cost, and a little for what they would cost if nodes came in parts; NO_WAY above `most`."""
        kind, _, price = self.cheapest(pools, most)
        parts = ((pools.load << PARTS) // self.room[kind]).max(axis=1) * self.price[kind] >> PARTS
        return np.where(price < NO_WAY, FINE * price + parts, NO_WAY)

    def cheapest(self, pools: Pools, most: Ints | int = NO_WAY) -> tuple[Ints, Ints, Ints]:
        """Return kind, number and price of the cheapest nodes that do for each pool, at NO_WAY where none are found.

        Those that would score more than `most` are not looked for.
        """
        unit = self._units(pools.members)
        count = -(-pools.count // unit) * unit
        price = self._prices(count, np.arange(len(self.price)))
        rows = np.flatnonzero(pools.members.any(axis=1))
        kind, number, best = np.zeros((3, len(count)), dtype=np.int64)
        best[rows] = NO_WAY
        rows, most = rows[~self._clash(pools.members[rows])], np.broadcast_to(most, len(count)) // FINE
        for _ in range(self.tuning.anneal.looks):
            # the cheapest kind and count not tried yet, of each pool that has none; where that is too few, one more of it is
            option = price[rows].argmin(axis=1)
            near = price[rows, option] <= np.minimum(most[rows], NO_WAY - 1)
            rows, option = rows[near], option[near]
            if not len(rows):
                break
            does = self._does(pools.some(rows), option, count[rows, option])
            done, chosen = rows[does], option[does]
            kind[done], number[done], best[done] = chosen, count[done, chosen], price[done, chosen]
            rows, option = rows[~does], option[~does]
            count[rows, option] += unit[rows, option]
            price[rows, option] = self._prices(count[rows, option], option)
        return kind, number, best

    def _units(self, members: Bools) -> Ints:
        spread = (members & (self.goods.skew > 0)).any(axis=1)
        return np.where(np.asarray(spread)[:, None], self.zones, 1)

    def _clash(self, members: Bools) -> Bools:
        if not self.enemies.any():
            return np.zeros(len(members), dtype=np.bool_)
        return np.asarray((members & (members @ self.enemies > 0)).any(axis=1))

    def _prices(self, count: Ints, kind: Ints) -> Ints:
        return np.where(count > self.most[kind], NO_WAY, np.minimum(count, MANY) * self.price[kind])

    def _does(self, pools: Pools, kind: Ints, count: Ints) -> Bools:
        """Say which pools hold their pods on so many nodes of a kind, with room for those that are not equally many on all.

        A type that comes last needs room for one more on every node, but one node alone is filled to the brim.
        """
        number = np.minimum(count, MANY)
        lacking = -self.goods.pods % np.maximum(number, 1)[:, None] * pools.members
        result = np.ones(len(number), dtype=np.bool_)
        for r, requests in enumerate(self.goods.requests.T):
            lost = lacking * requests
            most = lost.max(axis=1)
            extra = (most * self.slack + (lost.sum(axis=1) - most) * self.tuning.anneal.others) // WHOLE
            result &= pools.load[:, r] + extra <= number * self.room[kind, r]
        return result
