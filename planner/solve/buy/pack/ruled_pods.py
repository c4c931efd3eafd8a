"""Places the pods whose rules have to be asked each time, one by one, on nodes, bought and still to be bought."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from models.solver.problem import Problem
from planner.solve.buy.pack.assignment import Candidate, with_spares
from planner.solve.heuristics.cluster_state import ClusterState
from planner.solve.heuristics.feasibility_repair import restore
from planner.solve.instance.arrays import Facts, facts_of
from planner.solve.instance.assignment import Assignment
from planner.solve.runtime.lp import Ints


@dataclass(slots=True)
class OneByOne:
    """One go at the pods that have no place yet; of each offer up to `most_spares` nodes more are tried."""

    problem: Problem
    made: Candidate
    most_spares: int
    shape: list[int] = field(default_factory=list)
    left: list[int] = field(default_factory=list)

    def place(self) -> Candidate:
        """Place them one by one, on nodes of their ring first, then on the cheapest further node."""
        short = self.made.missing(self.problem)
        wider, whole = with_spares(self.problem, self.made, min(sum(short), self.most_spares))
        facts = facts_of(whole)
        cluster = restore(facts, Assignment(tuple(wider.ring_of), tuple(wider.counts)))
        price = np.array([node.price for node in whole.nodes], dtype=np.int64)
        self.shape = [-1 for _ in self.problem.nodes] + [self.problem.offers[o].shape for o in wider.extra]
        self.left = list(self.problem.most)
        for n, ring in enumerate(wider.ring_of):
            self._use(n, ring >= 0)
        for c in self._order(facts, short):
            for _ in range(short[c]):
                node = self._node(cluster, c, price)
                if node is None:
                    break
                cluster.put(c, node, 1)
        counts = [{int(n): int(row[n]) for n in np.flatnonzero(row)} for row in cluster.counts]
        return Candidate(wider.extra, cluster.ring_of.tolist(), counts)

    def _use(self, node: int, used: bool) -> None:
        if used and self.shape[node] >= 0:
            self.left[self.shape[node]] -= 1

    def _order(self, facts: Facts, short: Sequence[int]) -> list[int]:
        """Order: higher priority first; whom others need before those who need them; big before small."""
        owners = {rule.owner: len(set(rule.targets) - {rule.owner}) for rule in self.problem.togethers}
        share = (facts.requests / np.maximum(facts.capacity.max(axis=0, initial=1), 1)).max(axis=1, initial=0)
        return sorted(
            (c for c in facts.plain if short[c]),
            key=lambda c: (-self.problem.classes[c].priority, owners.get(c, 0), -float(share[c]), c),
        )

    def _node(self, cluster: ClusterState, c: int, price: Ints) -> int | None:
        """Return the fullest node of the ring that takes the pod, else the cheapest that could join, which then does."""
        nodes, _ = cluster.room(c)
        if len(nodes):
            left = (cluster.free[nodes] / np.maximum(cluster.facts.capacity.max(axis=0), 1)).sum(axis=1)
            return int(nodes[int(np.argmin(left))])
        ring = int(cluster.facts.ring_of_class[c])
        if ring < 0 or cluster.is_full(ring):
            return None
        open_ = (cluster.ring_of < 0) & cluster.facts.usable[:, ring] & (cluster.facts.fit[c] > 0)
        for n in sorted(np.flatnonzero(open_).tolist(), key=lambda n: (int(price[n]), n)):
            if self.shape[n] >= 0 and not self.left[self.shape[n]]:
                continue
            # `fit` knows nothing of rules between pods, and these count only nodes of the ring: so it joins first
            cluster.give(n, ring)
            takers, _ = cluster.room(c)
            if n in takers.tolist():
                self._use(n, True)
                return int(n)
            cluster.give(n, -1)
        return None
