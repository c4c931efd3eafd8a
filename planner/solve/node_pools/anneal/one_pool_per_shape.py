"""Divides types of pods among pools of which each has all nodes of its shape."""

from dataclasses import dataclass, field

import numpy as np

from planner.solve.node_pools.anneal.chains import FINE, NO_WAY, PARTS, WHOLE, Chains
from planner.solve.node_pools.instance.ring import Bools, Ints, Nodes, RingInstance


def count_nodes(goods: RingInstance, kind: Ints, members: Bools, load: Ints, least: Ints, slack: int, rounds: int) -> Ints:
    """Return how many nodes pools of these kinds have, for B pools at once: `members[b, t]`, `load[b, r]`, `least[b]`.

    Pods come one by one and are spread, so all nodes have equally many of each type, or one more or less. A type that comes last
    needs room for one more on every node unless it can have equally many: `slack` permille of the pods that it lacks for that are
    added, of the type that asks for most. One node alone is filled to the brim, whatever the order. Nodes are added
    in so many `rounds`; a pool that has not enough then has no way.
    """
    room = np.maximum(goods.capacity[kind], 1)
    count = np.maximum(least, _quotient(load, room))
    narrow = np.flatnonzero(count)
    for _ in range(rounds):
        lacking = -goods.pods % count[narrow, None] * members[narrow]
        lost = np.stack([(lacking * request).max(axis=1) for request in goods.requests.T], axis=1) * slack // WHOLE
        asked = load[narrow] + lost
        short = (asked > count[narrow, None] * room[narrow]).any(axis=1)
        narrow, asked = narrow[short], asked[short]
        if not len(narrow):
            return count
        count[narrow] = np.maximum(count[narrow] + 1, _quotient(asked, room[narrow]))
    count[narrow] = NO_WAY
    return count


def _quotient(load: Ints, room: Ints) -> Ints:
    result: Ints = -(-load // room).min(axis=1, initial=0)
    return result


def scores(goods: RingInstance, kind: Ints, members: Bools, load: Ints, least: Ints, slack: int, rounds: int) -> Ints:
    """Return what pools cost, and a little for what they would cost if nodes came in parts."""
    count = count_nodes(goods, kind, members, load, least, slack, rounds)
    parts = ((load << PARTS) // np.maximum(goods.capacity[kind], 1)).max(axis=1, initial=0)
    price = goods.price[kind]
    # NO_WAY times a price would not fit into 64 bits
    whole: Ints = FINE * price * np.minimum(count, NO_WAY // np.maximum(price, 1))
    return np.where(count > goods.most[kind], NO_WAY, whole + (price * parts >> PARTS))


@dataclass(slots=True)
class OnePoolPerShape(Chains):
    """The searches; the pool of a kind has its number."""

    need: Ints = field(init=False)
    demand: Ints = field(init=False)
    start: int = field(init=False)

    def __post_init__(self) -> None:
        """Begin with each type on any kind that takes it, more often on one where it costs little."""
        goods = self.goods
        types, kinds = goods.fit.shape
        self.rows = np.arange(self.chains)
        self.need = np.where(goods.fit > 0, -(-goods.pods[:, None] // np.maximum(goods.fit, 1)), 0)
        self.demand = goods.requests * goods.pods[:, None]
        self.at = np.stack([self._first(t) for t in range(types)], axis=1)
        self.load = np.zeros((self.chains, kinds, goods.requests.shape[1]), dtype=np.int64)
        for t in range(types):
            self.load[self.rows, self.at[:, t]] += self.demand[t]
        self.score = np.stack(
            [self._scores(np.full(self.chains, j), self.at == j, self.load[:, j]) for j in range(kinds)], axis=1
        )
        self.total = self.score.sum(axis=1)
        self.start = int(self.total.min())

    def _first(self, t: int) -> Ints:
        goods = self.goods
        room = np.maximum(goods.capacity, 1)
        cost = ((goods.requests[t] << PARTS) * goods.price[:, None] // room).max(axis=1)
        able = np.flatnonzero(goods.fit[t])
        cheap = able[np.argsort(cost[able], kind="stable")]
        # the lesser of two draws: what is cheap comes more often
        few = np.minimum(self.below(len(cheap)), self.below(len(cheap)))
        return cheap[few]

    def _scores(self, kind: Ints, members: Bools, load: Ints) -> Ints:
        least = (members * self.need[:, kind].T).max(axis=1, initial=0)
        return scores(self.goods, kind, members, load, least, self.slack, self.tuning.anneal.rounds)

    def division(self, where: Ints) -> tuple[Nodes, Bools]:
        """Return the nodes of one division, those that are owned among them, and which kinds of nodes types prefer."""
        result, rounds = {}, self.tuning.anneal.rounds
        for j in sorted(set(where.tolist())):
            members = where == j
            load, least = self.demand[members].sum(axis=0), np.array([self.need[members, j].max()])
            count = count_nodes(self.goods, np.array([j]), members[None], load[None], least, self.slack, rounds)
            result[j] = int(count[0])
        return self.goods.with_own(result.items()), self.goods.alike[where]

    def step(self, step: int, steps: int) -> None:
        """Move one type, or now and then a whole pool."""
        left = steps - step
        tuning = self.tuning.anneal
        first, last = self.start // tuning.warm_on_shapes, self.start // tuning.cold_on_shapes
        # cools with the square of the steps left, in whole numbers
        allowed = first * left * left // (steps * steps) + last
        self._merge(allowed) if step % tuning.merge_on_shapes == tuning.merge_on_shapes - 1 else self._move(allowed)

    def _move(self, allowed: int) -> None:
        """Move one type of each search to another pool, now and then for one that comes in exchange."""
        rows, (types, kinds) = self.rows, self.goods.fit.shape
        first, second = self.below(types), self.below(types)
        a = self.at[rows, first]
        near = self.rng.random(self.chains) < self.tuning.anneal.near_on_shapes
        b = np.where(near, self.at[rows, second], self.below(kinds))
        swap = near & (self.rng.random(self.chains) < self.tuning.anneal.swap_on_shapes)
        sound = (a != b) & (self.goods.fit[first, b] > 0) & (~swap | (self.goods.fit[second, a] > 0))
        after = self.at.copy()
        after[rows, first] = b
        after[rows[swap], second[swap]] = a[swap]
        gain = self.demand[first] - np.where(swap[:, None], self.demand[second], 0)
        self._take(after, a, b, self.load[rows, a] - gain, self.load[rows, b] + gain, sound, allowed)

    def _merge(self, allowed: int) -> None:
        """Make one whole pool of each search one of another kind, together with the pool that is there."""
        rows, (types, kinds) = self.rows, self.goods.fit.shape
        a = self.at[rows, self.below(types)]
        b = self.below(kinds)
        moved = self.at == a[:, None]
        sound = (a != b) & ~(moved & (self.goods.fit[:, b].T == 0)).any(axis=1)
        after = np.where(moved, b[:, None], self.at)
        self._take(after, a, b, np.zeros_like(self.load[rows, a]), self.load[rows, b] + self.load[rows, a], sound, allowed)

    def _take(self, after: Ints, a: Ints, b: Ints, load_a: Ints, load_b: Ints, sound: Bools, allowed: int) -> None:
        rows = self.rows
        both = np.concatenate([a, b])
        members = np.concatenate([after, after]) == both[:, None]
        score_a, score_b = np.split(self._scores(both, members, np.concatenate([load_a, load_b])), 2)
        change = score_a + score_b - self.score[rows, a] - self.score[rows, b]
        go = np.flatnonzero(sound & (change <= allowed))
        self.put(go, after[go], (a[go], b[go]), (load_a[go], load_b[go]), (score_a[go], score_b[go]))
