"""Pricing: looks for patterns whose pods are worth more than the node, at the master's dual prices; greedily, then exactly."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from planner.solve.buy.column_generation.master import Column
from planner.solve.buy.market.types import MANY, Market
from planner.solve.runtime.cp_sat import SUMS, Model
from planner.solve.runtime.deadline import Deadline
from planner.solve.runtime.lp import Floats, Ints
from planner.solve.tuning.columns import PricingTuning

WHOLE = 2**24
"""A scale: CP-SAT adds whole numbers: worths are counted in such parts of the currency."""


@dataclass(slots=True)
class Pricer:
    """`wanted` are the pods still to be placed; `rates[j, r, k]` is what a unit of a resource is worth by the sums."""

    market: Market
    wanted: Ints
    rates: Floats
    deadline: Deadline
    tuning: PricingTuning
    seed: int = 1
    rng: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        """Draw the same every time."""
        self.rng = np.random.default_rng(self.seed)

    def quick(self, ring: int, kinds: Ints, worth: Floats) -> Iterator[Column]:
        """Fill nodes of each kind greedily, worth for its charge first, each a little differently, the charges then mended."""
        m = self.market
        types = np.flatnonzero((m.ring_of == ring) & (self.wanted > 0) & (worth > 0))
        if not len(types) or not len(kinds):
            return
        kinds = np.repeat(kinds, self.tuning.samples)
        room = m.room[kinds, ring]
        shares = self.rates[kinds, ring] * room
        shares = _whole(np.where(shares.sum(axis=1, keepdims=True) > 0, shares, 1.0))
        liking = self._likings(len(kinds), worth[types])
        for _ in range(self.tuning.rounds):
            charges = (shares / np.maximum(room, 1)) @ m.requests[types].T
            # who is charged nothing is liked most of all
            inside, free = self._greedy(types, kinds, ring, liking / np.maximum(charges, 1e-12))
            for i, row in enumerate(inside):
                pods = np.zeros(len(m.counts), dtype=np.int64)
                pods[types] = row
                yield int(kinds[i]), ring, pods
            used = 1 - free / np.maximum(room, 1)
            # multiplicative weights; what is added keeps a resource from being free for good
            shares = _whole(
                shares * np.exp(self.tuning.sharp * (used - used.max(axis=1, keepdims=True))) + 0.01 / shares.shape[1]
            )

    def _likings(self, rows: int, worth: Floats) -> Floats:
        """Return what each type is worth on each row, blurred or nearly nothing except on each kind's first row."""
        tuning = self.tuning
        blur = np.exp((self.rng.random((rows, len(worth))) - 0.5) * 2 * tuning.blur)
        blur = np.where(self.rng.random((rows, len(worth))) < tuning.dropped, tuning.last, blur)
        blur[:: tuning.samples] = 1.0
        return np.asarray(blur * worth, dtype=np.float64)

    def _greedy(self, types: Ints, kinds: Ints, ring: int, score: Floats) -> tuple[Ints, Ints]:
        """Take as many pods as fit, type by type in the order of the score; return pods and what is free."""
        m, rows = self.market, np.arange(len(kinds))
        most = np.where(m.allowed[np.ix_(types, kinds)].T, np.minimum(self.wanted[types], m.per_node[types]), 0)
        requests, free = m.requests[types], m.room[kinds, ring].copy()
        inside = np.zeros_like(most)
        closed = self._exclusions(types)
        order = np.argsort(-np.where(most > 0, score, -1.0), axis=1, kind="stable")
        for liked in order.T:
            asked = requests[liked]
            many = np.where(asked > 0, free // np.maximum(asked, 1), MANY).min(axis=1)
            many = np.minimum(many, most[rows, liked])
            inside[rows, liked] = many
            free -= asked * many[:, None]
            # only a type that is really there closes the node to its enemies
            if closed is not None:
                most = np.where(closed[liked] & (many > 0)[:, None], 0, most)
        return inside, free

    def _exclusions(self, types: Ints) -> Ints | None:
        """Say for each type which others may not be where it is; None where all may."""
        if not self.market.enemies:
            return None
        result = np.zeros((len(types), len(types)), dtype=np.int64)
        for i, t in enumerate(types.tolist()):
            result[i, np.isin(types, self.market.enemies.get(t, ()))] = 1
        return result

    def exact(self, ring: int, kind: int, worth: Floats) -> Column | None:
        """Return the pods that are worth most on a node of the kind, as far as a little work tells."""
        m = self.market
        types = np.flatnonzero((m.ring_of == ring) & (self.wanted > 0) & (worth > 0) & m.allowed[:, kind])
        room, model = m.room[kind, ring].tolist(), Model()
        pods = [model.integer(0, self._most(int(t), room)) for t in types]
        for k, have in enumerate(room):
            model.linear([(int(m.requests[t, k]), x) for t, x in zip(types, pods, strict=True) if m.requests[t, k]], high=have)
        self._apart(model, types, pods)
        model.minimize([(-int(worth[t] * WHOLE), x) for t, x in zip(types, pods, strict=True)])
        answer = model.solve(self.tuning.exact_work, self.deadline, SUMS)
        if not answer.found:
            return None
        result = np.zeros(len(m.counts), dtype=np.int64)
        result[types] = [answer.values[x] for x in pods]
        return kind, ring, result

    def _most(self, t: int, room: Sequence[int]) -> int:
        m = self.market
        asked: list[int] = m.requests[t].tolist()
        fitting = [have // need for have, need in zip(room, asked, strict=True) if need]
        return min(int(self.wanted[t]), int(m.per_node[t]), *fitting)

    def _apart(self, model: Model, types: Ints, pods: Sequence[int]) -> None:
        """Let no two types that are enemies both be there."""
        if not self.market.enemies:
            return
        where = {int(t): place for place, t in enumerate(types)}
        there: dict[int, int] = {}
        for t, others in self.market.enemies.items():
            for other in others:
                if t in where and other in where and t < other:
                    for type_ in (t, other):
                        if type_ not in there:
                            there[type_] = model.boolean()
                            model.linear([(1, pods[where[type_]]), (-model.high(pods[where[type_]]), there[type_])], high=0)
                    model.at_most_one([there[t], there[other]])


def _whole(shares: Floats) -> Floats:
    return np.asarray(shares / shares.sum(axis=1, keepdims=True), dtype=np.float64)
