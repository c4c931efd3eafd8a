"""Divides types of pods among pools of equal nodes on which they come out even: many searches side by side.

kube-scheduler spreads the pods of a workload over nodes that are equal, in whatever order they come. Where each workload keeps
to one pool, and every node of that has room for its share of each, nobody is in anybody's way. A shape may be that of several
pools, which a label of their own tells apart.

All numbers are whole, so that the same input gives the same pools on every machine.
"""

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from planner.solve.halt import never
from planner.solve.pools.goods import Bools, Goods, Ints, Nodes

WHOLE = 1000
FINE = 4
"""A pool is first of all to cost little; among equals it is to be full."""
PARTS = 10
OTHERS = 100
"""How much room is lost because other types than the one that lacks most are not equally many on all nodes, in permille."""
LOOKS = 10
"""So many kinds and counts are looked at for a pool, the cheapest first."""
NO_WAY, MANY = 1 << 40, 1 << 16
MOVE, SWAP = 0.45, 0.9
"""How often a type goes to any pool, and how often two change places before two go for one."""
WARM, COLD = 50, 100
"""What a step may lose: at first this fraction of what the ring costs, in the end that fraction of this."""
CHANCE = np.array([int(-WHOLE * math.log((at + 0.5) / 1024)) for at in range(1024)], dtype=np.int64)
"""How much more or less than that, in permille: a little often, much seldom."""
GLANCE = 500
"""After so many steps it is asked whether it is over."""


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
class Market:
    """What pools can be made of.

    They have room for more than the share of each type on every node: `slack` permille of the pods that it lacks to be equally
    many on all are added, of the type that asks for most, and fewer of all others. Pods that are spread over zones need as many nodes in each;
    who keeps apart from others is in no pool with them.
    """

    goods: Goods
    slack: int
    price: Ints = field(init=False)
    most: Ints = field(init=False)
    room: Ints = field(init=False)
    need: Ints = field(init=False)
    demand: Ints = field(init=False)
    zones: Ints = field(init=False)
    enemies: Ints = field(init=False)

    def __post_init__(self) -> None:
        """Take each kind once, however many copies there are."""
        goods, kinds = self.goods, len(self.goods.price) // self.goods.copies
        fit = goods.fit[:, :kinds]
        self.price, self.most, self.room = goods.price[:kinds], goods.most[:kinds], np.maximum(goods.capacity[:kinds], 1)
        self.need = np.where(fit > 0, -(-goods.pods[:, None] // np.maximum(fit, 1)), NO_WAY)
        self.demand = goods.requests * goods.pods[:, None]
        self.zones = np.array([len(set(zones)) for zones in goods.zones[:kinds]], dtype=np.int64)
        self.enemies = (goods.apart & ~np.eye(len(goods.pods), dtype=np.bool_)).astype(np.int64)

    def worth(self) -> int:
        """Return what all pods would cost, as scores have it, if nodes came in parts."""
        share = ((self.demand[:, None] << PARTS) // self.room).max(axis=2) * self.price >> PARTS
        return FINE * int(np.where(self.need < NO_WAY, share, NO_WAY).min(axis=1).sum())

    def pools(self, members: Bools, load: Ints) -> Pools:
        """Return pools of these members."""
        least = np.where(members[:, :, None], self.need, 0).max(axis=1)
        return Pools(members, load, np.maximum(least, -(-load[:, None] // self.room).min(axis=2, initial=0)))

    def least(self, pools: Pools) -> Ints:
        """Return what pools score at least."""
        found: Ints = FINE * (np.minimum(pools.count, MANY) * self.price).min(axis=1)
        return found

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
        for _ in range(LOOKS):
            at = price[rows].argmin(axis=1)
            near = price[rows, at] <= np.minimum(most[rows], NO_WAY - 1)
            rows, at = rows[near], at[near]
            if not len(rows):
                break
            does = self._does(pools.some(rows), at, count[rows, at])
            done, chosen = rows[does], at[does]
            kind[done], number[done], best[done] = chosen, count[done, chosen], price[done, chosen]
            rows, at = rows[~does], at[~does]
            count[rows, at] += unit[rows, at]
            price[rows, at] = self._prices(count[rows, at], at)
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
        found = np.ones(len(number), dtype=np.bool_)
        for r, requests in enumerate(self.goods.requests.T):
            lost = lacking * requests
            most = lost.max(axis=1)
            extra = (most * self.slack + (lost.sum(axis=1) - most) * OTHERS) // WHOLE
            found &= pools.load[:, r] + extra <= number * self.room[kind, r]
        return found


@dataclass(slots=True)
class Even:
    """B searches at once: `at[b, t]` is the pool of type t, `load[b, k]` what pool k is asked for, `score[b, k]` its cost.

    There are as many pools as the goods have copies of each kind.
    """

    goods: Goods
    slack: int
    chains: int
    rng: np.random.Generator
    market: Market = field(init=False)
    at: Ints = field(init=False)
    load: Ints = field(init=False)
    score: Ints = field(init=False)
    total: Ints = field(init=False)
    rows: Ints = field(init=False)

    def __post_init__(self) -> None:
        """Begin with each type in any pool."""
        self.market, pools = Market(self.goods, self.slack), range(self.goods.copies)
        self.rows = np.arange(self.chains)
        self.at = (self.rng.random((self.chains, len(self.goods.pods))) * len(pools)).astype(np.int64)
        self.load = np.stack([(self.at == k) @ self.market.demand for k in pools], axis=1)
        self.score = np.stack([self.market.scores(self.market.pools(self.at == k, self.load[:, k])) for k in pools], axis=1)
        self.total = self.score.sum(axis=1)

    def run(self, steps: int, over: Callable[[], bool] = never) -> tuple[Ints, Ints]:
        """Return the best division that each search saw in so many steps, or until it is over, and its score."""
        best, found, warm = self.total.copy(), self.at.copy(), self.market.worth() // WARM
        for step in range(steps):
            if step % GLANCE == 0 and over():
                break
            cooled = int(WHOLE * COLD ** (-step / steps))
            self._move(warm * cooled // WHOLE * CHANCE[self._below(len(CHANCE))] // WHOLE)
            better = self.total < best
            best = np.where(better, self.total, best)
            found[better] = self.at[better]
        return found, best

    def division(self, where: Ints) -> tuple[Nodes, Bools] | None:
        """Return the nodes of one division, and which kinds types prefer; None where a pool has no way.

        Of a kind that is that of several pools each has a copy of its own.
        """
        names = sorted(set(where.tolist()))
        members = np.stack([where == k for k in names])
        kind, count, price = self.market.cheapest(self.market.pools(members, members @ self.market.demand))
        if price.max() >= NO_WAY:
            return None
        copies, nodes = Counter[int](), {}
        liked = np.zeros(self.goods.fit.shape, dtype=np.bool_)
        for at in sorted(range(len(names)), key=lambda at: (int(kind[at]), -int(count[at]), at)):
            own = int(kind[at]) + copies[int(kind[at])] * len(self.market.price)
            copies[int(kind[at])] += 1
            nodes[own] = int(count[at])
            liked[members[at], own] = True
        return tuple(sorted(nodes.items())), liked

    def _below(self, end: int) -> Ints:
        found: Ints = (self.rng.random(self.chains) * end).astype(np.int64)
        return found

    def _move(self, allowed: Ints) -> None:
        """Move a type of each search to another pool, or for one or two that come in exchange; that may lose what is `allowed`."""
        types, rows = len(self.goods.pods), self.rows
        one, two, three = self._below(types), self._below(types), self._below(types)
        what, demand = self.rng.random(self.chains), self.market.demand
        a, b = self.at[rows, one], np.where(what < MOVE, self._below(self.goods.copies), self.at[rows, two])
        swap, more = what >= MOVE, (what >= SWAP) & (three != two) & (self.at[rows, three] == b)
        after = self.at.copy()
        after[rows, one] = b
        after[rows[swap], two[swap]] = a[swap]
        after[rows[more], three[more]] = a[more]
        gain = demand[one] - swap[:, None] * demand[two] - more[:, None] * demand[three]
        go = np.flatnonzero(a != b)
        self._take(go, after[go], (a[go], b[go]), gain[go], allowed[go])

    def _take(self, rows: Ints, after: Ints, both: tuple[Ints, Ints], gain: Ints, allowed: Ints) -> None:
        """Take the steps that lose no more than is allowed; those that surely lose more are not looked at any closer."""
        market, (a, b) = self.market, both
        without = market.pools(after == a[:, None], self.load[rows, a] - gain)
        within = market.pools(after == b[:, None], self.load[rows, b] + gain)
        least_a, least_b = market.least(without), market.least(within)
        most = self.score[rows, a] + self.score[rows, b] + allowed
        near = np.flatnonzero(least_a + least_b <= most)
        if not len(near):
            return
        tops = np.concatenate([(most - least_b)[near], (most - least_a)[near]])
        score_a, score_b = np.split(market.scores(without.some(near).and_others(within.some(near)), tops), 2)
        change = score_a + score_b - (most - allowed)[near]
        good = np.flatnonzero(change <= allowed[near])
        near, taken = near[good], rows[near[good]]
        self.at[taken] = after[near]
        self.load[taken, a[near]], self.load[taken, b[near]] = without.load[near], within.load[near]
        self.score[taken, a[near]], self.score[taken, b[near]] = score_a[good], score_b[good]
        self.total[taken] += change[good]
