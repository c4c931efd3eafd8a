"""Ruin and recreate (Schrimpf et al., 2000): takes the nodes apart that waste most, and some others, and packs anew."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from planner.solve.buy.market.types import Market
from planner.solve.buy.pack.lp_guided import Bin, RingPacking, cost_of
from planner.solve.instance.ring_sizes import most_nodes_of
from planner.solve.runtime.lp import Floats, Ints
from planner.solve.tuning.buy import BuyTuning

NOISE = 0.5
"""A fact of rounding: what is less than this, of the unit of a price, is not wasted."""


@dataclass(slots=True)
class RuinAndRecreate:
    """The nodes of all rings; `worth` is what a pod of each type is worth by the proof, in the unit of a price.

    `budget` is how many nodes may still be filled. A ring has had its turn after `patience` attempts in a row that gained
    nothing. The search ends once no more than `enough` is spent above `bound`.
    """

    market: Market
    bins: list[Bin]
    left: Ints
    worth: Floats
    bound: int
    enough: float
    budget: int
    patience: int
    over: Callable[[], bool]
    tuning: BuyTuning
    cost: int = 0
    rng: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311  the same every time

    def run(self) -> None:
        """Give each ring its turn, those that waste most first, until nothing helps any more."""
        self.cost = cost_of(self.market, self.bins)
        tired, sizes = dict[int, int](), self.tuning.ruin.sizes
        while self.budget > 0 and self.cost - self.bound > self.enough * self.cost and not self.over():
            waste = self._waste()
            # a ring that gained nothing lately waits: it may waste most because it cannot be packed better
            ring = max(waste, key=lambda r: (waste[r] / (1 + tired.get(r, 0)) ** 2, -r), default=None)
            if ring is None or min((tired.get(r, 0) for r in waste), default=0) >= self.patience:
                return
            gained = self._attempt(ring, sizes[tired.get(ring, 0) % len(sizes)])
            tired[ring] = 0 if gained else tired.get(ring, 0) + 1

    def _loss(self, bin_: Bin) -> float:
        """Return how much more a node of the bin costs than its pods are worth."""
        return float(self.market.price[bin_.kind]) - sum(float(self.worth[t]) * pods for t, pods in bin_.pods)

    def _waste(self) -> dict[int, float]:
        result: dict[int, float] = {}
        for bin_ in self.bins:
            result[bin_.ring] = result.get(bin_.ring, 0.0) + max(0.0, self._loss(bin_)) * bin_.times
        return {ring: loss for ring, loss in sorted(result.items()) if loss > NOISE}

    def _attempt(self, ring: int, size: int) -> bool:
        """Take some nodes of a ring apart and pack their pods anew; keep that if it is cheaper."""
        mine = [bin_ for bin_ in self.bins if bin_.ring == ring]
        order = sorted(range(len(mine)), key=lambda i: -self._loss(mine[i]))
        chosen = set(order[: size // 2])
        # some others too: the worst alone would be packed as they were
        rest = order[size // 2 :]
        chosen |= set(self.rng.sample(rest, min(len(rest), size - size // 2)))
        apart = [mine[i] for i in sorted(chosen)]
        wanted, left = self._free_up(apart)
        trial = RingPacking(self.market, ring, wanted, left.copy(), self.tuning.packing, phase=self.rng.random(), over=self.over)
        trial.pack()
        self.budget -= max(1, len(trial.bins))
        before, after = cost_of(self.market, apart), cost_of(self.market, trial.bins)
        grown = sum(bin_.times for bin_ in (*mine, *trial.bins)) - sum(bin_.times for bin_ in apart)
        # what costs the same is kept as well, so that the next attempt begins elsewhere
        if trial.wanted.any() or after > before or grown > most_nodes_of(self.market.problem, ring):
            return False
        self.bins = [bin_ for bin_ in self.bins if bin_.ring != ring]
        self.bins += [bin_ for i, bin_ in enumerate(mine) if i not in chosen] + trial.bins
        self.left = trial.left
        self.cost += after - before
        return after < before

    def _free_up(self, apart: Sequence[Bin]) -> tuple[Ints, Ints]:
        wanted, left = np.zeros_like(self.market.counts), self.left.copy()
        for bin_ in apart:
            left[self.market.pool[bin_.kind]] += bin_.times
            for t, pods in bin_.pods:
                wanted[t] += pods * bin_.times
        return wanted, left
