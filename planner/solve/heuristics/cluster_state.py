"""A cluster while it is being packed: rings, room left, and who is where."""

from collections.abc import Sequence

import numpy as np

from planner.solve.heuristics.rule_counters import MANY, RuleCounter, SpreadCounter, counters_of
from planner.solve.instance.arrays import EVERYWHERE, Facts, Ints, fits
from planner.solve.instance.assignment import Assignment, daemon_counts
from planner.solve.instance.ring_sizes import has_limited_rings, most_nodes_of


class ClusterState:
    """Nodes with rings, and pods put on them one class and node at a time."""

    def __init__(self, facts: Facts) -> None:
        """Start with no ring and no pod, except the daemons that are everywhere."""
        nodes = len(facts.problem.nodes)
        self.facts = facts
        self.ring_of = np.full(nodes, -1, dtype=np.int64)
        self.free = facts.capacity.clip(min=0)
        self.counts = np.zeros((len(facts.problem.classes), nodes), dtype=np.int64)
        self.missing = facts.counts.copy()
        self.guards: list[list[RuleCounter]] = counters_of(facts.problem)
        self.all_guards = list({id(guard): guard for mine in self.guards for guard in mine}.values())
        self._by_ring: dict[int, list[SpreadCounter]] = {}
        for guard in self.all_guards:
            if isinstance(guard, SpreadCounter):
                self._by_ring.setdefault(guard.ring, []).append(guard)
        self._daemons = self._daemons_by_place()
        for c in self._daemons_of(EVERYWHERE):
            for n in facts.problem.classes[c].candidates:
                self.tally(c, n, 1)

    def _daemons_of(self, ring: int) -> list[int]:
        return [c for c in self.facts.daemons if self.facts.ring_of_class[c] == ring]

    def _daemons_by_place(self) -> dict[tuple[int, int], list[int]]:
        result: dict[tuple[int, int], list[int]] = {}
        for c in self.facts.daemons:
            ring = int(self.facts.ring_of_class[c])
            for n in self.facts.problem.classes[c].candidates if ring >= 0 else ():
                result.setdefault((n, ring), []).append(c)
        return result

    def give(self, node: int, ring: int) -> None:
        """Put an empty node into a ring, with the ring's daemons; into none with -1."""
        old = int(self.ring_of[node])
        for sign, which in ((-1, old), (1, ring)):
            if which >= 0:
                for guard in self._by_ring.get(which, ()):
                    guard.note_ring(node, which, sign)
                for c in self._daemons.get((node, which), ()):
                    self.tally(c, node, sign)
        self.ring_of[node] = ring
        self.free[node] = self.facts.room[node, ring] if ring >= 0 else self.facts.capacity[node].clip(min=0)

    def expect(self, waiting: bool) -> None:
        """Let spread rules take nodes without a ring as if they joined (or, once all have one, no longer)."""
        for ring, guards in self._by_ring.items():
            open_ = self.ring_of < 0
            able = open_ & self.facts.usable[:, ring] if ring >= 0 else open_
            for guard in guards:
                guard.expect(np.flatnonzero(able if waiting else np.zeros_like(able)))

    def may_join(self, node: int, ring: int) -> bool:
        """Say whether the ring may have one node more, and its spread rules survive that."""
        return not self.is_full(ring) and all(guard.may_join(node) for guard in self._by_ring.get(ring, ()))

    def is_full(self, ring: int) -> bool:
        """Say whether the ring has all the nodes that it may have."""
        return has_limited_rings(self.facts.problem) and int((self.ring_of == ring).sum()) >= most_nodes_of(
            self.facts.problem, ring
        )

    def room(self, c: int) -> tuple[Ints, Ints]:
        """Return the nodes of the class's ring that could take more of it, and how many each by itself."""
        ring = self.facts.ring_of_class[c]
        able = self.facts.fit[c] > 0
        nodes = np.flatnonzero(able if ring == EVERYWHERE else able & (self.ring_of == ring))
        limit = self.limit(c, nodes)
        return nodes[limit > 0], limit[limit > 0]

    def limit(self, c: int, nodes: Ints) -> Ints:
        """Return how many more pods of the class each of the nodes could take."""
        limit = fits(self.free[nodes], self.facts.requests[c])
        for guard in self.guards[c]:
            limit = np.minimum(limit, guard.limit(c, nodes))
        return np.minimum(limit, MANY)

    def put(self, c: int, node: int, count: int) -> None:
        """Put pods on a node (take them away with a negative count)."""
        self.free[node] -= self.facts.requests[c] * count
        self.missing[c] -= count
        self.tally(c, node, count)

    def tally(self, c: int, node: int, count: int) -> None:
        """Count pods that take no room of their own."""
        self.counts[c, node] += count
        for guard in self.guards[c]:
            guard.note_pods(c, node, count)

    def plan(self) -> Assignment:
        """Return what there is as a plan."""
        problem = self.facts.problem
        ring_of = tuple(int(r) for r in self.ring_of)
        counts = [
            daemon_counts(problem, ring_of, c)
            if problem.classes[c].daemon
            else {int(n): int(self.counts[c, n]) for n in np.flatnonzero(self.counts[c])}
            for c in range(len(problem.classes))
        ]
        return Assignment(ring_of, tuple(counts))

    def careful(self, c: int) -> bool:
        """Say whether a pod of the class on one node changes how many fit on others."""
        return bool(self.guards[c])


def occupy(facts: Facts, ring_of: Sequence[int]) -> ClusterState:
    """Return the cluster with its rings and nobody in it."""
    cluster = ClusterState(facts)
    for n, ring in enumerate(ring_of):
        if ring >= 0:
            cluster.give(n, ring)
    return cluster
