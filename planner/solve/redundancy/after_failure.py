"""What a loss leaves to be done, as a Problem of its own: the lost pods are to be placed, all others are where they are.

Nodes keep their rings, the lost ones hold nothing. Pods that stay, and daemons, become daemons of no ring, which no rule judges.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from models.frozen_map import FrozenMap
from models.solver.problem import Affinity, AntiAffinity, FailureDomain, NodeSlot, PodClass, PortConflict, Problem, TopologySpread
from planner.solve.instance.arrays import EVERYWHERE, Facts
from planner.solve.instance.assignment import Assignment

Domains = tuple[tuple[int, ...], ...]


def problem_after(facts: Facts, plan: Assignment, loss: FailureDomain, ring: int) -> Problem:
    """Return the problem that the ring has once its nodes in the loss are gone; class c keeps its index."""
    return _AfterFailure(facts, plan, loss, ring).problem()


def lost_nodes(plan: Assignment, loss: FailureDomain, ring: int) -> tuple[int, ...]:
    """Return the nodes that the ring loses."""
    return tuple(n for n in loss.nodes if plan.ring_of[n] == ring)


@dataclass(slots=True)
class _AfterFailure:
    """`stays[c]` are the classes of the pods of c that stay: the first of a node, the second of a node, and so on."""

    facts: Facts
    plan: Assignment
    loss: FailureDomain
    ring: int
    lost: frozenset[int] = frozenset()
    stays: list[list[int]] = field(default_factory=list)
    classes: list[PodClass] = field(default_factory=list)

    def problem(self) -> Problem:
        """Put it together."""
        problem = self.facts.problem
        self.lost = frozenset(lost_nodes(self.plan, self.loss, self.ring))
        self.classes = [self._to_place(c) for c in range(len(problem.classes))]
        self.stays = [list(self._staying(c)) for c in range(len(problem.classes))]
        return replace(
            problem,
            classes=tuple(self.classes),
            nodes=tuple(self._slot(n) for n in range(len(problem.nodes))),
            clashes=tuple(self._clashes()),
            aparts=tuple(self._aparts()),
            togethers=tuple(self._togethers()),
            spreads=tuple(self._spreads()),
            losses=(),
        )

    def _moves(self, c: int) -> bool:
        kind = self.facts.problem.classes[c]
        return not kind.daemon and kind.ring == self.ring and c not in self.loss.tied

    def _to_place(self, c: int) -> PodClass:
        kind = self.facts.problem.classes[c]
        if kind.daemon:
            return self._fixture(kind, (n for n in self.plan.counts[c] if n not in self.lost))
        count = sum(self.plan.counts[c].get(n, 0) for n in self.lost) if self._moves(c) else 0
        candidates = tuple(n for n in kind.candidates if n not in self.lost)
        return replace(kind, count=count, candidates=candidates, running=FrozenMap())

    def _fixture(self, kind: PodClass, on: Iterable[int]) -> PodClass:
        nothing = (0,) * len(kind.requests)
        return PodClass(f"{kind.name} stays", EVERYWHERE, 0, nothing, tuple(sorted(on)), daemon=True)

    def _staying(self, c: int) -> Iterator[int]:
        """Add the classes of pods that stay; only a spread counts more than the first of each node."""
        problem, kind = self.facts.problem, self.facts.problem.classes[c]
        on = {n: count for n, count in self.plan.counts[c].items() if n not in self.lost}
        counted = any(c in spread.matched for spread in problem.spreads)
        most = 0 if kind.daemon else max(on.values(), default=0)
        for level in range(1, (most if counted else min(1, most)) + 1):
            self.classes.append(self._fixture(kind, (n for n, count in on.items() if count >= level)))
            yield len(self.classes) - 1

    def _slot(self, n: int) -> NodeSlot:
        facts, ring = self.facts, self.plan.ring_of[n]
        room = facts.room[n, ring] if ring >= 0 else facts.capacity[n].clip(min=0)
        used = sum(facts.requests[c] * self.plan.counts[c].get(n, 0) for c in facts.plain)
        left = tuple(0 if n in self.lost else max(0, int(amount)) for amount in room - used)
        rings = (ring,) if ring >= 0 and n not in self.lost else ()
        return NodeSlot(facts.problem.nodes[n].name, left, rings, -1, n)

    def _there(self, c: int) -> list[int]:
        """Return the class of those to place and the one of the first that stays on each node."""
        return [c, *self.stays[c][:1]]

    def _every(self, classes: Sequence[int], whole: bool = False) -> tuple[int, ...]:
        return tuple(sorted({number for c in classes for number in ([c, *self.stays[c]] if whole else self._there(c))}))

    def _clashes(self) -> Iterator[PortConflict]:
        for clash in self.facts.problem.clashes:
            pairs = {tuple(sorted((a, b))) for a in self._there(clash.first) for b in self._there(clash.second)}
            for first, second in sorted(pairs):
                if first != second or not self.classes[first].daemon:
                    yield PortConflict(first, second)

    def _aparts(self) -> Iterator[AntiAffinity]:
        for apart in self.facts.problem.aparts:
            others = self._every(apart.others)
            for owner in self._there(apart.owner):
                yield AntiAffinity(owner, others, self._left_of(apart.domains))

    def _togethers(self) -> Iterator[Affinity]:
        for rule in self.facts.problem.togethers:
            if self._moves(rule.owner):
                keys = tuple(self._left_of(key) for key in rule.keys)
                targets = self._every(rule.targets)
                keyed = {n for key in keys for domain in key for n in domain}
                # where anybody asked for stays, no pod is the very first: without itself as a target, none may open
                if any(self.classes[t].daemon and keyed.intersection(self.classes[t].candidates) for t in targets):
                    targets = tuple(t for t in targets if t != rule.owner)
                yield Affinity(rule.owner, targets, keys)

    def _spreads(self) -> Iterator[TopologySpread]:
        for spread in self.facts.problem.spreads:
            if self._moves(spread.owner):
                matched = self._every(spread.matched, whole=True)
                yield replace(spread, matched=matched, domains=self._left_of(spread.domains))

    def _left_of(self, domains: Domains) -> Domains:
        return tuple(tuple(n for n in domain if n not in self.lost) for domain in domains)
