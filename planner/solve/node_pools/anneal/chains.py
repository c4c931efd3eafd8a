"""Threshold accepting (Dueck and Scheuer, 1990), many chains side by side: a step may lose a little, less and less of it.

What they have in common, whatever a pool is. All numbers are whole, so that the same input gives the same pools on every machine.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from planner.solve.node_pools.instance.ring import Bools, Ints, Nodes, RingInstance
from planner.solve.runtime.interrupt import never
from planner.solve.tuning.pools import POOLS, PoolTuning

WHOLE = 1000
"""A scale: permille."""
FINE = 4
"""A weight of the score, which says what is asked: a pool is first of all to cost little; among equals it is to be full."""
PARTS = 10
"""A scale: binary digits of a node's parts."""
NO_WAY = 1 << 40
"""No number to set: what is not to be had costs more than anything."""
# exponential, as a table of whole numbers: a draw is an index, so that no logarithm decides on any machine
CHANCE = np.array([int(-WHOLE * math.log((draw + 0.5) / 1024)) for draw in range(1024)], dtype=np.int64)
"""How much more or less than usual something is by chance, in permille: a little often, much seldom."""


@dataclass(slots=True)
class Chains(ABC):
    """B searches at once: `at[b, t]` is the pool of type t, `load[b, k]` what pool k is asked for, `score[b, k]` its cost.

    So many permille of the room that pods lack to be equally many on all nodes of a pool are lost: `slack`.
    """

    goods: RingInstance
    slack: int
    chains: int
    rng: np.random.Generator
    tuning: PoolTuning = field(default=POOLS, kw_only=True)
    at: Ints = field(init=False)
    load: Ints = field(init=False)
    score: Ints = field(init=False)
    total: Ints = field(init=False)
    rows: Ints = field(init=False)

    def run(self, steps: int, over: Callable[[], bool] = never) -> tuple[Ints, Ints]:
        """Return the best division that each search saw in so many steps, or until it is over, and its score."""
        best, divisions, glance = self.total.copy(), self.at.copy(), self.tuning.anneal.glance
        for step in range(steps):
            if step % glance == 0 and over():
                break
            self.step(step, steps)
            better = self.total < best
            best = np.where(better, self.total, best)
            divisions[better] = self.at[better]
        return divisions, best

    @abstractmethod
    def step(self, step: int, steps: int) -> None:
        """Make one step of so many in each search, if it loses no more than may be lost by then."""

    @abstractmethod
    def division(self, where: Ints) -> tuple[Nodes, Bools] | None:
        """Return the nodes of one division, and which kinds of nodes types prefer; None where a pool has no way."""

    def below(self, end: int) -> Ints:
        """Draw a number below this one for each search."""
        result: Ints = (self.rng.random(self.chains) * end).astype(np.int64)
        return result

    def put(self, rows: Ints, after: Ints, pools: tuple[Ints, Ints], loads: tuple[Ints, Ints], scores: tuple[Ints, Ints]) -> None:
        """Let these searches stand where a step has taken them, which has changed two pools of each."""
        self.at[rows] = after
        for pool, load, score in zip(pools, loads, scores, strict=True):
            self.total[rows] += score - self.score[rows, pool]
            self.load[rows, pool], self.score[rows, pool] = load, score
