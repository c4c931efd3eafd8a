"""The joint rules kept as running tallies, so that packing can ask at once how many more pods a node may take.

Each guard only ever answers for arrivals: what was let in stays allowed as long as nothing is taken away again.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np

from models.solver.problem import Affinity, AntiAffinity, PortConflict, Problem, TopologySpread
from planner.solve.instance.arrays import EVERYWHERE, Ints

MANY = 2**31
"""No number to set: it stands for no limit."""


class RuleCounter(Protocol):
    """One rule's tally."""

    def limit(self, c: int, nodes: Ints) -> Ints:
        """Return how many more pods of the class each of the nodes may take, seen by itself."""

    def note_pods(self, c: int, node: int, delta: int) -> None:
        """Note that pods of the class came to (or left) the node."""

    def note_ring(self, node: int, ring: int, sign: int) -> None:
        """Note that the node joined (+1) or left (-1) the ring."""


def domain_of(domains: Sequence[Sequence[int]], nodes: int) -> Ints:
    """Return each node's domain, -1 for none."""
    result = np.full(nodes, -1, dtype=np.int64)
    for number, domain in enumerate(domains):
        result[list(domain)] = number
    return result


class PortCounter:
    """At most one of two classes on a node."""

    def __init__(self, clash: PortConflict, problem: Problem) -> None:
        """Start with empty nodes."""
        self.clash = clash
        self.here = {c: np.zeros(len(problem.nodes), dtype=np.int64) for c in (clash.first, clash.second)}

    def limit(self, c: int, nodes: Ints) -> Ints:
        """Allow nodes without the other class; one pod where a class clashes with itself."""
        if self.clash.first == self.clash.second:
            return np.maximum(0, 1 - self.here[c][nodes])
        other = self.clash.second if c == self.clash.first else self.clash.first
        return np.where(self.here[other][nodes] > 0, 0, MANY)

    def note_pods(self, c: int, node: int, delta: int) -> None:
        """Count."""
        self.here[c][node] += delta

    def note_ring(self, node: int, ring: int, sign: int) -> None:
        """Rings do not matter here."""


class AntiAffinityCounter:
    """No owner and others in one domain, for all who keep apart from the same others."""

    def __init__(self, owners: Sequence[int], apart: AntiAffinity, problem: Problem) -> None:
        """Start with empty domains; `apart` is the rule of one of the owners, and like those of the rest."""
        self.owners, self.others = frozenset(owners), frozenset(apart.others)
        self.domain = domain_of(apart.domains, len(problem.nodes))
        # one slot more than domains: it is where -1, no domain, reads
        self.owning = np.zeros(len(apart.domains) + 1, dtype=np.int64)
        self.guests = np.zeros(len(apart.domains) + 1, dtype=np.int64)

    def limit(self, c: int, nodes: Ints) -> Ints:
        """Close domains with a guest to owners, and domains with an owner to guests; who is both is alone."""
        domain = self.domain[nodes]
        closed = np.zeros(len(nodes), dtype=np.bool_)
        if c in self.owners:
            closed |= self.guests[domain] > 0
        if c in self.others:
            closed |= self.owning[domain] > 0
        is_alone = c in self.owners and c in self.others
        return np.where(domain < 0, MANY, np.where(closed, 0, 1 if is_alone else MANY))

    def note_pods(self, c: int, node: int, delta: int) -> None:
        """Count per domain."""
        if self.domain[node] >= 0:
            self.owning[self.domain[node]] += delta * (c in self.owners)
            self.guests[self.domain[node]] += delta * (c in self.others)

    def note_ring(self, node: int, ring: int, sign: int) -> None:
        """Rings do not matter here."""


class SpreadCounter:
    """No inhabited domain more than the skew above the emptiest one that exists."""

    def __init__(self, spread: TopologySpread, problem: Problem) -> None:
        """Start with empty domains and no node in the ring."""
        self.spread, self.ring = spread, problem.classes[spread.owner].ring
        self.matched = frozenset(spread.matched)
        # pods of other rings are on nodes that the owner's node affinity leaves out: kube-scheduler counts none there
        self.elsewhere = frozenset(
            c for c in spread.matched if self.ring >= 0 and problem.classes[c].ring not in (self.ring, EVERYWHERE)
        )
        self.domain = domain_of(spread.domains, len(problem.nodes))
        self.members = np.zeros(len(spread.domains), dtype=np.int64)
        self.members[list(spread.standing)] += 1
        self.total = np.zeros(len(spread.domains) + 1, dtype=np.int64)
        self.owners = np.zeros(len(spread.domains) + 1, dtype=np.int64)
        self.counted = np.zeros(len(problem.nodes), dtype=np.int64)
        self.expected = np.zeros(len(spread.domains), dtype=np.bool_)
        fixtures = [c for c in spread.matched if problem.classes[c].daemon and problem.classes[c].ring == EVERYWHERE]
        for c in fixtures:
            self.counted[list(problem.classes[c].candidates)] += 1
        self.fixtures = frozenset(fixtures)
        if self.ring == EVERYWHERE:
            for n in np.flatnonzero(self.domain >= 0):
                self._join(int(n), 1)

    def expect(self, nodes: Ints) -> None:
        """Take the domains of these nodes as existing, because the nodes may still join the ring."""
        self.expected[:] = False
        domains = self.domain[nodes]
        self.expected[domains[domains >= 0]] = True

    def may_join(self, node: int) -> bool:
        """Say whether the ring may get this node: a domain that it brings into being counts no pods yet."""
        domain = self.domain[node]
        if domain < 0 or self.members[domain] or self.expected[domain]:
            return True
        least = min(self.least(), int(self.counted[node]))
        inhabited = self.owners[:-1] > 0
        return bool((self.total[:-1][inhabited] <= least + self.spread.max_skew).all())

    def least(self) -> int:
        """Return the smallest count of a domain that exists, 0 where there are too few of them."""
        exist = (self.members > 0) | self.expected
        return int(self.total[:-1][exist].min()) if exist.any() and exist.sum() >= self.spread.min_domains else 0

    def limit(self, c: int, nodes: Ints) -> Ints:
        """Allow what keeps each inhabited domain within the skew."""
        domain = self.domain[nodes]
        free = (domain < 0) | (c in self.elsewhere)
        if c != self.spread.owner:
            free |= self.owners[domain] == 0
        left = self.spread.max_skew + self.least() - self.total[domain]
        left = np.maximum(left, 0) if c in self.matched else np.where(left >= 0, MANY, 0)
        return np.where(free, MANY, left)

    def note_pods(self, c: int, node: int, delta: int) -> None:
        """Count per domain; what is everywhere is counted with its node."""
        if self.domain[node] < 0:
            return
        if c == self.spread.owner:
            self.owners[self.domain[node]] += delta
        if c in self.matched and c not in self.elsewhere and c not in self.fixtures:
            self.total[self.domain[node]] += delta

    def note_ring(self, node: int, ring: int, sign: int) -> None:
        """Let domains come and go with the nodes of the ring."""
        if ring == self.ring and self.domain[node] >= 0:
            self._join(node, sign)

    def _join(self, node: int, sign: int) -> None:
        self.members[self.domain[node]] += sign
        self.total[self.domain[node]] += sign * self.counted[node]


class AffinityCounter:
    """Owners only where a target is, per term; or one to open."""

    def __init__(self, together: Affinity, problem: Problem) -> None:
        """Start with nobody there."""
        self.together = together
        self.targets = frozenset(together.targets)
        self.domains = [domain_of(key, len(problem.nodes)) for key in together.keys]
        self.there = [np.zeros(len(key) + 1, dtype=np.int64) for key in together.keys]

    def limit(self, c: int, nodes: Ints) -> Ints:
        """Ask each term for a target in the node's domain, unless nobody is there yet and the owner may open."""
        if c != self.together.owner:
            return np.full(len(nodes), MANY)
        # only the very first pod needs no neighbour (interpodaffinity, satisfyPodAffinity)
        opens = c in self.targets and not any(there.any() for there in self.there)
        welcome = np.ones(len(nodes), dtype=np.bool_)
        for domain, there in zip(self.domains, self.there, strict=True):
            welcome &= (domain[nodes] >= 0) & (opens | (there[domain[nodes]] > 0))
        return np.where(welcome, 1 if opens else MANY, 0)

    def note_pods(self, c: int, node: int, delta: int) -> None:
        """Count targets per domain."""
        if c in self.targets:
            for domain, there in zip(self.domains, self.there, strict=True):
                if domain[node] >= 0:
                    there[domain[node]] += delta

    def note_ring(self, node: int, ring: int, sign: int) -> None:
        """Rings do not matter here."""


def counters_of(problem: Problem) -> list[list[RuleCounter]]:
    """Return each class's guards; those of a spread are also told of nodes."""
    result: list[list[RuleCounter]] = [[] for _ in problem.classes]

    def add(guard: RuleCounter, classes: Sequence[int]) -> None:
        for c in sorted(set(classes)):
            result[c].append(guard)

    def fixture(c: int) -> bool:
        return problem.classes[c].daemon and problem.classes[c].ring == EVERYWHERE

    for clash in problem.clashes:
        add(PortCounter(clash, problem), (clash.first, clash.second))
    for rules in _alike(problem.aparts):
        owners = [rule.owner for rule in rules]
        add(AntiAffinityCounter(owners, rules[0], problem), (*owners, *rules[0].others))
    for spread in (rule for rule in problem.spreads if not fixture(rule.owner)):
        add(SpreadCounter(spread, problem), (spread.owner, *spread.matched))
    for together in (rule for rule in problem.togethers if not fixture(rule.owner)):
        add(AffinityCounter(together, problem), (together.owner, *together.targets))
    return result


def _alike(aparts: Sequence[AntiAffinity]) -> Iterable[list[AntiAffinity]]:
    """Put those rules together that keep their owners apart from the same others."""
    result: dict[tuple[tuple[int, ...], tuple[tuple[int, ...], ...]], list[AntiAffinity]] = {}
    for apart in aparts:
        result.setdefault((apart.others, apart.domains), []).append(apart)
    return result.values()
