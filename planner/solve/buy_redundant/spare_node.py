"""Nodes that stand by: empty ones, with which a ring survives the loss of any of its nodes as its pods stay where they are.

Of a large ring one such node is a small part, and nothing else of what was bought changes: rings are looked at one by one.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.solver.problem import FailureDomain, Problem
from planner.solve.buy.pack.assignment import Candidate
from planner.solve.heuristics.best_fit import BestFit
from planner.solve.heuristics.cluster_state import ClusterState
from planner.solve.heuristics.feasibility_repair import restore
from planner.solve.instance.arrays import facts_of
from planner.solve.instance.assignment import Assignment
from planner.solve.redundancy.check import left_over
from planner.solve.runtime.search_context import SearchContext


def with_spare_nodes(problem: Problem, candidate: Candidate, context: SearchContext) -> Candidate | None:
    """Return the placement with the cheapest nodes that do, of one offer in each ring; None where none do for some ring."""
    extra = [o for o in range(len(problem.offers)) for _ in range(context.tuning.redundancy.standby)]
    wide = Candidate(
        [*candidate.extra, *extra], [*candidate.ring_of, *(-1 for _ in extra)], [dict(on) for on in candidate.counts]
    )
    cluster = restore(facts_of(wide.problem(problem)), Assignment(tuple(wide.ring_of), tuple(wide.counts)))
    bought = Counter(problem.offers[o].shape for o in candidate.extra)
    search = _Search(problem, cluster, BestFit(cluster, context.tuning.placement.fit), len(candidate.ring_of), bought, context)
    for ring in sorted({ring for ring in candidate.ring_of if ring >= 0}):
        offers = search.cheapest_offers(ring)
        if offers is None:
            return None
        candidate = Candidate([*candidate.extra, *offers], [*candidate.ring_of, *(ring for _ in offers)], candidate.counts)
    return candidate


def with_smaller(problem: Problem, candidate: Candidate, size: float) -> Problem | None:
    """Return the problem without the largest nodes that were bought, of which one would stand by; None where they are needed.

    What has no more than this part of their `size`, by the resource of which it has most, is smaller.
    """
    capacities = np.array([offer.capacity for offer in problem.offers], dtype=np.float64).reshape(len(problem.offers), -1)
    if not candidate.extra:
        return None
    # a resource of which all offers have the same says nothing about size
    differing = capacities[:, np.ptp(capacities, axis=0) > 0]
    sizes = (differing / differing[candidate.extra].max(axis=0).clip(min=1)).max(axis=1, initial=0)
    kept = {o for o in range(len(problem.offers)) if sizes[o] <= size}
    classes = tuple(replace(c, offers=tuple(o for o in c.offers if o in kept)) for c in problem.classes)
    narrow = replace(problem, classes=classes, losses=())
    return narrow if _may_do(narrow, sorted(kept)) else None


def _may_do(problem: Problem, offers: Sequence[int]) -> bool:
    """Say whether sums allow that all pods are on own nodes and these offers."""
    shapes = {problem.offers[o].shape: problem.offers[o].capacity for o in offers}
    for k in range(len(problem.resources)):
        asked = sum(c.requests[k] * c.count for c in problem.classes if not c.daemon)
        bought = sum(capacity[k] * problem.most[shape] for shape, capacity in shapes.items())
        if asked > bought + sum(max(0, node.capacity[k]) for node in problem.nodes):
            return False
    return True


@dataclass(slots=True)
class _Search:
    """The cluster with nodes that could stand by, from `first` on, so many of each offer; `bought` counts those of each shape."""

    problem: Problem
    cluster: ClusterState
    packing: BestFit
    first: int
    bought: Counter[int]
    context: SearchContext

    def cheapest_offers(self, ring: int) -> list[int] | None:
        """Return offers of nodes with which the ring survives, hardly dearer than the cheapest; None where there are no such."""
        losses = self._losses(ring)
        options = [(), *self._options(ring)]
        if self._survives(ring, losses, options[0]):
            return []
        # what costs more nearly always does more
        cheapest = bisect_left(options, True, 1, key=lambda nodes: self._survives(ring, losses, nodes))
        beside = self.context.tuning.redundancy.near
        near = options[max(1, cheapest - beside) : cheapest + beside]
        chosen = next((nodes for nodes in near if self._survives(ring, losses, nodes)), None)
        if chosen is None:
            return None
        offers = [self._number(n) for n in chosen]
        self.bought.update(self.problem.offers[o].shape for o in offers)
        return offers

    def _survives(self, ring: int, losses: Sequence[FailureDomain], nodes: Sequence[int]) -> bool:
        """Say whether it does with these nodes more; not, once time is over."""
        for n in nodes:
            self.cluster.give(n, ring)
        survives = not self.context.deadline.over() and not any(
            left_over(self.cluster, self.packing, loss, ring) for loss in losses
        )
        for n in nodes:
            self.cluster.give(n, -1)
        return survives

    def _losses(self, ring: int) -> list[FailureDomain]:
        """Return the losses of the ring's nodes, those first that lose most: they fail first."""
        facts, cluster = self.cluster.facts, self.cluster
        taken = (facts.room[:, ring] - cluster.free) / self.packing.largest
        weight = np.where(cluster.ring_of == ring, taken @ self.packing.scarcity[ring], 0.0)
        losses = [loss for loss in facts.problem.losses if any(cluster.ring_of[n] == ring for n in loss.nodes)]
        return sorted(losses, key=lambda loss: -float(weight[list(loss.nodes)].sum()))

    def _options(self, ring: int) -> list[tuple[int, ...]]:
        """Return nodes that could stand by, the cheapest first."""
        return sorted(self._in_stock(ring), key=lambda nodes: (len(nodes) * self._price(nodes[0]), nodes))

    def _in_stock(self, ring: int) -> Iterator[tuple[int, ...]]:
        most = self.context.tuning.redundancy.standby
        for o, offer in enumerate(self.problem.offers):
            start = self.first + o * most
            left = self.problem.most[offer.shape] - self.bought[offer.shape] if ring in offer.rings else 0
            yield from (tuple(range(start, start + count)) for count in range(1, min(left, most) + 1))

    def _price(self, node: int) -> int:
        return self.problem.offers[self._number(node)].price

    def _number(self, node: int) -> int:
        """Return the offer of a node."""
        return (node - self.first) // self.context.tuning.redundancy.standby
