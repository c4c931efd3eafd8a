"""Fills one node: large pods first and those that need most of what there is most of, then exchanges until little is wasted."""

from dataclasses import dataclass, field

import numpy as np

from planner.solve.buy.market.types import Market
from planner.solve.runtime.lp import Floats, Ints
from planner.solve.tuning.buy import FillTuning


@dataclass(slots=True)
class NodeFiller:
    """Fills nodes of one kind in one ring; `worth` is what a pod of each of the `types` is worth there."""

    market: Market
    types: Ints
    room: Ints
    rates: Floats
    tuning: FillTuning
    requests: Ints = field(init=False)
    charges: Floats = field(init=False)
    worth: Floats = field(init=False)
    total: float = field(init=False)
    where: dict[int, int] = field(init=False)
    per_node: Ints = field(init=False)
    quarrels: list[list[int]] = field(init=False)

    def __post_init__(self) -> None:
        """Prepare what does not change from node to node."""
        self.requests = self.market.requests[self.types]
        self.charges = self.requests * self.rates
        self.worth = self.charges.sum(axis=1)
        self.total = max(float((self.room * self.rates).sum()), 1e-12)
        self.where = {int(t): i for i, t in enumerate(self.types)}
        self.per_node = self.market.per_node[self.types]
        self.quarrels = [self._enemies(int(t)) for t in self.types] if self.market.enemies else []

    def fill(self, due: Floats, reserve: Ints) -> Ints:
        """Return how many pods of each type to put on a node.

        `due[t]` says how many pods of a type have their turn: what is due comes first, then whatever fits, and in the end
        pods are exchanged for others of the reserve, though not for those that had much more than their turn.
        """
        inside = np.zeros(len(self.types), dtype=np.int64)
        most = np.minimum(reserve, self.per_node)
        turn = np.minimum(np.ceil(due - 0.5).clip(min=0).astype(np.int64), most)
        free = self._take(inside, self._start(inside, turn), turn - inside)
        most = np.minimum(most, np.ceil(due + self.tuning.overdraft).clip(min=0).astype(np.int64))
        free = self._take(inside, free, np.maximum(0, most - inside))
        self._exchange(inside, free, most)
        return inside

    def _start(self, inside: Ints, turn: Ints) -> Ints:
        """Put what has its turn on the node, large pods first, up to the first type that does not fit; return what is free."""
        order = np.flatnonzero(turn)
        if self.quarrels:
            # types with enemies wait for `_take`, which closes the node to their enemies as it goes
            order = np.array([i for i in order if not self.quarrels[i]], dtype=np.int64)
        order = order[np.argsort(-self.worth[order], kind="stable")]
        # most of a node at once: pod by pod this is what takes longest
        taken = np.cumsum(self.requests[order] * turn[order, None], axis=0)
        # sums only grow, so the first row that is too much ends what fits
        fitting = int((taken <= self.room).all(axis=1).argmin()) if len(order) and (taken[-1] > self.room).any() else len(order)
        inside[order[:fitting]] = turn[order[:fitting]]
        used: Ints = taken[fitting - 1] if fitting else np.zeros_like(self.room)
        return self.room - used

    def _enemies(self, t: int) -> list[int]:
        return [self.where[other] for other in self.market.enemies.get(t, ()) if other in self.where]

    def _take(self, inside: Ints, free: Ints, left: Ints) -> Ints:
        """Add pods until none fits; several at a time while they are small against what is free."""
        left = left.copy()
        for met in np.flatnonzero(inside).tolist() if self.quarrels else ():
            left[self.quarrels[met]] = 0
        live = np.flatnonzero((left > 0) & (self.requests <= free).all(axis=1))
        share = np.maximum(self.room, 1)
        while len(live):
            # the tiny part orders pods that ask only for what is worth nothing: these, too, go large first
            score = self.charges[live] @ (free / share) + 1e-9 * self.requests[live] @ (1.0 / share)
            chosen = int(live[int(np.argmax(score))])
            inside[chosen] += 1
            left[chosen] -= 1
            free = free - self.requests[chosen]
            if self.quarrels:
                left[self.quarrels[chosen]] = 0
            live = live[(left[live] > 0) & (self.requests[live] <= free).all(axis=1)]
        return free

    def _exchange(self, inside: Ints, free: Ints, reserve: Ints) -> None:
        """Swap a pod of the node for one that is worth more, or add one, for as long as that wastes less."""
        enough = self.tuning.enough * self.total
        for _ in range(self.tuning.exchanges):
            if float((free * self.rates).sum()) < enough:
                return
            best = self._best(inside, free, reserve)
            if best is None:
                return
            out, into = best
            inside[into] += 1
            free = free - self.requests[into]
            if out >= 0:
                inside[out] -= 1
                free = free + self.requests[out]

    def _best(self, inside: Ints, free: Ints, reserve: Ints) -> tuple[int, int] | None:
        outs = np.flatnonzero(inside)
        ins = np.flatnonzero(reserve > inside)
        if self.quarrels:
            closed = {other for out in outs for other in self.quarrels[out]}
            ins = ins[[int(into) not in closed for into in ins]]
        if not len(ins):
            return None
        given = np.vstack([np.zeros((1, len(free)), dtype=np.int64), self.requests[outs]]) + free
        gain = self.worth[ins][None, :] - np.concatenate([[0.0], self.worth[outs]])[:, None]
        for k in range(len(free)):
            gain = np.where(self.requests[ins, k][None, :] <= given[:, k][:, None], gain, -1.0)
        largest = int(np.argmax(gain))
        row, column = divmod(largest, len(ins))
        # a gain that is noise would keep pods going to and fro
        if gain[row, column] <= 1e-9 * self.total:
            return None
        return (int(outs[row - 1]) if row else -1), int(ins[column])
