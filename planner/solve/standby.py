"""Nodes that stand by: empty ones, with which a ring survives the loss of any of its nodes as its pods stay where they are.

Of a large ring one such node is a small part, and nothing else of what was bought changes: rings are looked at one by one.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from models.problem import Loss, Offer, Problem
from planner.solve.buy.placement import Placement
from planner.solve.facts import facts_of
from planner.solve.occupancy import Occupancy
from planner.solve.packing import Packing
from planner.solve.plan import Plan
from planner.solve.sat import Clock
from planner.solve.settling import restore
from planner.solve.withstand import left_over

MOST = 6
"""So many nodes of one offer stand by in a ring at most."""
NEAR = 4
"""So many nodes of nearly that price are tried beside those that are found."""


def with_standby(problem: Problem, made: Placement, clock: Clock) -> Placement | None:
    """Return the placement with the cheapest nodes that do, of one offer in each ring; None where none do for some ring."""
    rings = sorted({ring for ring in made.ring_of if ring >= 0})
    bought = Counter(problem.offers[o].shape for o in made.extra)
    stock = [min(problem.most[offer.shape] - bought[offer.shape], MOST * len(rings)) for offer in problem.offers]
    extra = [o for o, count in enumerate(stock) for _ in range(count)]
    wide = Placement([*made.extra, *extra], [*made.ring_of, *(-1 for _ in extra)], [dict(on) for on in made.counts])
    cluster = restore(facts_of(wide.problem(problem)), Plan(tuple(wide.ring_of), tuple(wide.counts)))
    search = _Search(problem, cluster, Packing(cluster), wide.extra, len(made.ring_of), bought, clock)
    if not all(map(search.settle, rings)):
        return None
    wide.ring_of = cluster.ring_of.tolist()
    return wide


@dataclass(slots=True)
class _Search:
    """The cluster with all nodes that could stand by, from `first` on, in no ring; `bought` counts those of each shape."""

    problem: Problem
    cluster: Occupancy
    packing: Packing
    extra: list[int]
    first: int
    bought: Counter[int]
    clock: Clock

    def settle(self, ring: int) -> bool:
        """Give the ring nodes with which it survives, hardly dearer than the cheapest; say whether there are such."""
        losses = self._losses(ring)
        options = [(), *self._options(ring)]
        if not self._survives(ring, losses, options[0]):
            # what costs more nearly always does more
            at = bisect_left(options, True, 1, key=lambda nodes: self._survives(ring, losses, nodes))
            near = [*range(max(1, at - NEAR), at), *range(at, min(at + NEAR, len(options)))]
            chosen = next((options[one] for one in near if self._survives(ring, losses, options[one])), None)
            if chosen is None:
                return False
            for n in chosen:
                self.cluster.give(n, ring)
            self.bought.update(self._offer(n).shape for n in chosen)
        return True

    def _survives(self, ring: int, losses: Sequence[Loss], nodes: Sequence[int]) -> bool:
        """Say whether it does with these nodes more; not, once time is over."""
        for n in nodes:
            self.cluster.give(n, ring)
        found = not self.clock.over() and not any(left_over(self.cluster, self.packing, loss, ring) for loss in losses)
        for n in nodes:
            self.cluster.give(n, -1)
        return found

    def _losses(self, ring: int) -> list[Loss]:
        """Return the losses of the ring's nodes, those first that lose most: they fail first."""
        facts, cluster = self.cluster.facts, self.cluster
        taken = (facts.room[:, ring] - cluster.free) / self.packing.largest
        weight = np.where(cluster.ring_of == ring, taken @ self.packing.scarcity[ring], 0.0)
        losses = [loss for loss in facts.problem.losses if any(cluster.ring_of[n] == ring for n in loss.nodes)]
        return sorted(losses, key=lambda loss: -float(weight[list(loss.nodes)].sum()))

    def _options(self, ring: int) -> Sequence[tuple[int, ...]]:
        """Return nodes that could stand by, the cheapest first."""
        return sorted(self._in_stock(ring), key=lambda nodes: (len(nodes) * self._offer(nodes[0]).price, nodes))

    def _in_stock(self, ring: int) -> Iterator[tuple[int, ...]]:
        free: dict[int, list[int]] = {}
        for n in range(self.first, len(self.cluster.ring_of)):
            if self.cluster.ring_of[n] < 0:
                free.setdefault(self._number(n), []).append(n)
        for o, nodes in free.items():
            offer = self.problem.offers[o]
            left = self.problem.most[offer.shape] - self.bought[offer.shape] if ring in offer.rings else 0
            yield from (tuple(nodes[:count]) for count in range(1, min(left, MOST, len(nodes)) + 1))

    def _offer(self, node: int) -> Offer:
        return self.problem.offers[self._number(node)]

    def _number(self, node: int) -> int:
        return self.extra[node - len(self.problem.nodes)]
