"""Large neighbourhood search (Shaw, 1998): packs a few nodes of one ring again, exactly, for more of the missing pods."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.solve.heuristics.best_fit import BestFit
from planner.solve.heuristics.cluster_state import ClusterState
from planner.solve.instance.arrays import units
from planner.solve.runtime.cp_sat import Model
from planner.solve.runtime.deadline import Deadline

LARGEST_WEIGHT = 10**6
"""A fact of whole numbers: the weights of all pods add up to less than CP-SAT can count."""


@dataclass(slots=True)
class Neighbourhood:
    """Some nodes of a ring, and the classes without joint rules that are there or missing; all others stay put."""

    cluster: ClusterState
    nodes: Sequence[int]
    classes: Sequence[int]
    spent: float = 0.0

    def improve(self, work: float, deadline: Deadline) -> int:
        """Pack anew if that places more; return by how many pods."""
        model = Model()
        pods, left = self._variables(model)
        self._fit(model, pods)
        objective = [(self._weight(c), variable) for c, variable in left.items()]
        objective += self._leaving(model, pods)
        model.minimize(objective)
        hint = {v: int(self.cluster.counts[c, n]) for (c, n), v in pods.items()}
        model.hint(hint | {v: int(self.cluster.missing[c]) for c, v in left.items()})
        answer = model.solve(work, deadline)
        self.spent = answer.spent
        before = sum(self._weight(c) * int(self.cluster.missing[c]) for c in left)
        if not answer.found or sum(self._weight(c) * answer.values[v] for c, v in left.items()) >= before:
            return 0
        return self._apply({key: answer.values[v] for key, v in pods.items()})

    def _variables(self, model: Model) -> tuple[dict[tuple[int, int], int], dict[int, int]]:
        pods: dict[tuple[int, int], int] = {}
        left: dict[int, int] = {}
        for c in self.classes:
            here = self.cluster.counts[c, self.nodes]
            total = int(here.sum() + self.cluster.missing[c])
            terms = []
            for n in self.nodes:
                most = min(total, int(self.cluster.facts.fit[c, n]))
                if most:
                    pods[c, n] = model.integer(0, most)
                    terms.append((1, pods[c, n]))
            left[c] = model.integer(0, total)
            model.linear([*terms, (1, left[c])], low=total, high=total)
        return pods, left

    def _fit(self, model: Model, pods: dict[tuple[int, int], int]) -> None:
        facts = self.cluster.facts
        requests = facts.requests[list(self.classes)]
        unit = units(requests)
        for n in self.nodes:
            room = (self.cluster.free[n] + self.cluster.counts[list(self.classes), n] @ requests) // unit
            for k in range(len(unit)):
                terms = [(int(facts.requests[c, k] // unit[k]), pods[c, n]) for c in self.classes if (c, n) in pods]
                model.linear([term for term in terms if term[0]], high=int(room[k]))

    def _weight(self, c: int) -> int:
        priorities = sorted({p.priority for p in self.cluster.facts.problem.classes if not p.daemon})
        rank: int = priorities.index(self.cluster.facts.problem.classes[c].priority)
        # a pod without a place counts a thousand at least, one that leaves its node counts one
        return min(LARGEST_WEIGHT, int(1000 ** (rank + 1)))

    def _leaving(self, model: Model, pods: dict[tuple[int, int], int]) -> list[tuple[int, int]]:
        terms = []
        for (c, n), variable in pods.items():
            running = int(self.cluster.facts.running[c, n])
            if running:
                leaving = model.integer(0, running)
                model.linear([(1, leaving), (1, variable)], low=running)
                terms.append((1, leaving))
        return terms

    def _apply(self, counts: dict[tuple[int, int], int]) -> int:
        before = int(self.cluster.missing.sum())
        for (c, n), _ in counts.items():
            here = int(self.cluster.counts[c, n])
            if here:
                self.cluster.put(c, n, -here)
        for (c, n), count in counts.items():
            if count:
                self.cluster.put(c, n, count)
        return before - int(self.cluster.missing.sum())


def windows(cluster: ClusterState, packing: BestFit, scope: tuple[int, int], wanted: Sequence[int]) -> list[list[int]]:
    """Return groups of `width` nodes of a ring, those first where most is left of what the missing pods ask for."""
    ring, width = scope
    facts = cluster.facts
    nodes = np.flatnonzero((cluster.ring_of == ring) & facts.fit[list(wanted)].any(axis=0))
    asked = facts.requests[list(wanted)].max(axis=0) > 0
    weights = packing.scarcity[ring] * asked
    left = (cluster.free[nodes] / packing.largest) @ weights
    ordered = [int(nodes[i]) for i in np.argsort(-left, kind="stable")]
    count = -(-len(ordered) // width)
    # every so many-th: each group has some of the nodes with most room
    return [ordered[first::count] for first in range(count)]


def movable(cluster: ClusterState, nodes: Sequence[int], wanted: Sequence[int]) -> list[int]:
    """Return the classes without joint rules that are on the nodes or wanted there."""
    facts = cluster.facts
    here = cluster.counts[:, list(nodes)].max(axis=1, initial=0) > 0
    return [c for c in facts.plain if not cluster.careful(c) and (here[c] or c in wanted) and facts.ring_of_class[c] >= 0]


def missing_in(cluster: ClusterState, ring: int) -> list[int]:
    """Return the classes of a ring that miss pods and have no joint rules."""
    facts = cluster.facts
    return [c for c in facts.plain if cluster.missing[c] and facts.ring_of_class[c] == ring and not cluster.careful(c)]
