"""What counting alone proves impossible, whatever else is decided; no solver is asked, so it also confirms what one says."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from models.solver.problem import TopologySpread
from planner.solve.instance.aggregate import single_classes
from planner.solve.instance.arrays import EVERYWHERE, Bools, Facts, Ints, fits


@dataclass(frozen=True, slots=True)
class Counting:
    """Sums over one problem: `most[c]` bounds the pods of a plain class, `loners` are classes of which a node takes one pod.

    A set of demands is written as the number of pods of each class that must be placed, 0 for all others.
    """

    facts: Facts
    able: Bools
    most: Ints
    loners: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, facts: Facts) -> Self:
        """Count once what all questions need."""
        return cls(facts, facts.fit > 0, _most_of_each(facts), tuple(_loners(facts)))

    def short(self) -> Ints:
        """Return how many pods of each class cannot be placed even if all nodes were theirs."""
        short: Ints = np.maximum(0, self.facts.counts - self.most)
        short[list(self.facts.daemons)] = 0
        return short

    def refutes(self, demand: Ints) -> bool:
        """Say whether counting shows that these pods cannot all be placed."""
        wanted = np.flatnonzero(demand)
        if (demand[wanted] > self.most[wanted]).any():
            return True
        return self._lonely(demand) or self._too_much(demand, wanted) or self._too_many_nodes(demand, wanted)

    def _lonely(self, demand: Ints) -> bool:
        """Say whether pods that tolerate none of each other on a node are more than the nodes that they could be on."""
        for group in self.loners:
            mine = [c for c in group if demand[c]]
            if len(mine) > 1 and int(demand[mine].sum()) > int(self.able[mine].any(axis=0).sum()):
                return True
        return False

    def _too_much(self, demand: Ints, wanted: Ints) -> bool:
        """Say whether all pods together ask for more than their nodes have, each node in the ring in which it has most."""
        rings = [r for r in self._rings(wanted) if r != EVERYWHERE]
        nodes = self.able[wanted].any(axis=0)
        # pods of no ring may be on nodes of any ring, or of none, where no ring's DaemonSets take anything: capacity bounds them
        room = self.facts.room[nodes][:, rings].max(axis=1) if len(rings) == len(self._rings(wanted)) and rings else None
        # an overcommitted node has nothing to give, but takes nothing from what others have
        have = self.facts.capacity[nodes].clip(min=0) if room is None else room
        return bool((demand[wanted] @ self.facts.requests[wanted] > have.sum(axis=0)).any())

    def _too_many_nodes(self, demand: Ints, wanted: Ints) -> bool:
        """Say whether a ring's pods ask for more than its nodes have, or the rings together for more nodes than there are.

        A ring's pods also need as many slots of the size of the smallest of them, which nodes have in whole numbers only.
        """
        needed = 0
        for r in self._rings(wanted):
            if r == EVERYWHERE:
                continue
            mine = wanted[self.facts.ring_of_class[wanted] == r]
            room = self.facts.room[self.able[mine].any(axis=0), r]
            fewest = _fewest(room, demand[mine] @ self.facts.requests[mine])
            pieces = int(fits(room, self.facts.requests[mine].min(axis=0)).sum())
            if fewest > len(room) or int(demand[mine].sum()) > pieces:
                return True
            needed += fewest
        return needed > int(self.able[wanted].any(axis=0).sum())

    def _rings(self, wanted: Ints) -> list[int]:
        return sorted({int(r) for r in self.facts.ring_of_class[wanted]})

    def impossible(self) -> Ints | None:
        """Return demands that counting refutes: one class, all within the same few nodes, or large ones; or None."""
        for c in map(int, np.flatnonzero(self.short())):
            return self._demand([c])
        plain = np.array([c for c in self.facts.plain if self.facts.counts[c]], dtype=np.int64)
        within = (plain[~self.able[plain][:, ~nodes].any(axis=1)] for nodes in _node_sets(self.able[plain]))
        for classes in (*within, *self._large(plain)):
            demand = self._demand(classes)
            if len(classes) and self.refutes(demand):
                return demand
        return None

    def _large(self, plain: Ints) -> Iterator[Ints]:
        """Yield the classes of each ring that ask for more than a half, third or quarter of the largest node of a resource."""
        requests = self.facts.requests
        for r in self._rings(plain):
            mine = plain[self.facts.ring_of_class[plain] == r]
            room = self.facts.room[:, r].max(axis=0) if r != EVERYWHERE else self.facts.capacity.max(axis=0)
            for k in range(requests.shape[1]):
                # of large pods few share a node: `refutes` counts slots of the smallest, which small pods would hide
                for pieces in (2, 3, 4):
                    yield mine[requests[mine, k] > room[k] // pieces]

    def _demand(self, classes: Sequence[int] | Ints) -> Ints:
        demand: Ints = np.zeros_like(self.facts.counts)
        demand[classes] = self.facts.counts[classes]
        return demand


def _fewest(room: Ints, asked: Ints) -> int:
    """Return how many of the nodes are needed at least, more than there are where all of them do not do."""
    # each resource may begin with other nodes: that counts too few nodes, never too many
    reached = np.cumsum(-np.sort(-room, axis=0), axis=0)
    return 1 + max((int((reached[:, k] < amount).sum()) for k, amount in enumerate(asked) if amount), default=0)


def _node_sets(able: Bools) -> Iterator[Bools]:
    """Yield each set of nodes that is all that some class can be on, the smallest first, and at last all nodes."""
    different = np.unique(able, axis=0) if len(able) else able
    yield from different[np.argsort(different.sum(axis=1), kind="stable")]
    yield np.ones(able.shape[1], dtype=np.bool_)


def _most_of_each(facts: Facts) -> Ints:
    """Bound each plain class by what each node takes of it, and by its own anti-affinity and spread."""
    most: Ints = facts.fit.sum(axis=1)
    for apart in facts.problem.aparts:
        if apart.owner in apart.others and not facts.problem.classes[apart.owner].daemon:
            most[apart.owner] = min(most[apart.owner], _limit_per_domain(facts.fit[apart.owner], apart.domains, 1))
    for spread in facts.problem.spreads:
        if spread.owner in spread.matched and not facts.problem.classes[spread.owner].daemon:
            limit = spread.max_skew + _least(facts, spread)
            most[spread.owner] = min(most[spread.owner], _limit_per_domain(facts.fit[spread.owner], spread.domains, limit))
    return most


def _limit_per_domain(fit: Ints, domains: Sequence[tuple[int, ...]], limit: int) -> int:
    """Return how many pods fit if each domain takes at most `limit`."""
    inside = {n for domain in domains for n in domain}
    outside = sum(int(fit[n]) for n in np.flatnonzero(fit) if int(n) not in inside)
    return outside + sum(min(limit, int(fit[list(domain)].sum())) for domain in domains if domain)


def _least(facts: Facts, spread: TopologySpread) -> int:
    """Bound the pods of the emptiest domain from above: a standing domain is there whatever the plan, and holds what fits."""
    ring = facts.problem.classes[spread.owner].ring
    usable = facts.usable[:, ring] if ring != EVERYWHERE else np.ones(len(facts.problem.nodes), dtype=np.bool_)
    possible = [number for number, domain in enumerate(spread.domains) if number in spread.standing or usable[list(domain)].any()]
    # kube-scheduler takes the minimum as 0 where domains are fewer than `minDomains` (podtopologyspread, minMatchNum)
    if len(possible) < spread.min_domains:
        return 0
    standing = [_most_held(facts, spread, spread.domains[number]) for number in spread.standing]
    # without a standing domain there is no bound: then more than there can be of all pods
    return min(standing, default=int(facts.counts.sum()) + len(facts.problem.nodes) * len(facts.daemons))


def _most_held(facts: Facts, spread: TopologySpread, domain: Sequence[int]) -> int:
    total = 0
    for c in set(spread.matched):
        pod_class = facts.problem.classes[c]
        on = list(domain)
        total += (
            len(set(pod_class.candidates) & set(on)) if pod_class.daemon else min(pod_class.count, int(facts.fit[c, on].sum()))
        )
    return total


def _loners(facts: Facts) -> Iterator[tuple[int, ...]]:
    """Yield groups of plain classes of which, together, a node takes one pod at most: host ports, anti-affinity per node."""
    single = single_classes(facts)
    near: dict[int, set[int]] = {c: set() for c in facts.plain if single[c]}
    pairs = [(clash.first, clash.second) for clash in facts.problem.clashes]
    for apart in facts.problem.aparts:
        covered = {n for domain in apart.domains for n in domain}
        pairs += [(apart.owner, c) for c in apart.others if covered.issuperset(facts.problem.classes[apart.owner].candidates)]
    for first, second in pairs:
        if first != second and first in near and second in near:
            near[first].add(second)
            near[second].add(first)
    groups = set()
    for c in sorted(near):
        # greedy: the largest clique is hard to find, and any clique proves something
        group = [c]
        for other in sorted(near[c]):
            if near[other].issuperset(group):
                group.append(other)
        groups.add(tuple(sorted(group)))
    yield from sorted(group for group in groups if len(group) > 1)
