"""Whether the pods of a placement can arrive in an order in which each finds the neighbours that it requires.

Required affinity asks for an earlier pod; only the first of all may do without, and only if it is itself what it asks for.
Such openings can be moved to the front of any order (they need nothing), after which arrivals only ever help each other,
so: choose the openings, then let everybody in who can come.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from models.solver.problem import Affinity, Problem

Counts = Sequence[Mapping[int, int]]
Pair = tuple[int, int]
MOST_OPENINGS_TRIED = 2000
"""A fact of what counts as a breach: every room that judges a placement must come to the same answer."""


def pods_without_neighbour(problem: Problem, counts: Counts) -> tuple[Pair, ...]:
    """Return the (class, node) pairs that cannot arrive in the best order found; empty where all can."""
    rules = [t for t in problem.togethers if not (problem.classes[t.owner].daemon and problem.classes[t.owner].ring < 0)]
    rules = [t for t in rules if counts[t.owner]]
    if not rules:
        return ()
    return tuple((rules[r].owner, node) for r, node in _Search(rules, counts).best())


@dataclass(slots=True)
class _Search:
    rules: Sequence[Affinity]
    counts: Counts
    tried: int = 0
    where: list[list[dict[int, int]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.where = [[{n: d for d, domain in enumerate(key) for n in domain} for key in rule.keys] for rule in self.rules]

    def best(self) -> tuple[Pair, ...]:
        """Try openings depth first until nobody is left outside; keep the choice that leaves the fewest."""
        best = self.left_outside(())
        stack: list[tuple[Pair, ...]] = [()]
        while stack and best and self.tried < MOST_OPENINGS_TRIED:
            openings = stack.pop()
            outside = self.left_outside(openings)
            best = min(best, outside, key=len)
            stack += reversed([(*openings, opening) for opening in self.openings(openings, outside)])
        return best

    def openings(self, chosen: tuple[Pair, ...], outside: tuple[Pair, ...]) -> Iterator[Pair]:
        """Yield a pod to open with per rule and set of domains, where it can be ordered with those already chosen."""
        seen = set()
        for r, node in outside:
            owner = self.rules[r].owner
            place = (r, *(where.get(node) for where in self.where[r]))
            if place in seen or None in place or owner not in self.rules[r].targets or r in {i for i, _ in chosen}:
                continue
            seen.add(place)
            if self._orderable({*chosen, (r, node)}):
                yield r, node

    def _orderable(self, chosen: set[Pair]) -> bool:
        """Say whether the rules can open one after the other, none finding what it asks for already there."""
        rest = set(chosen)
        while rest:
            first = {opening for opening in rest if not any(self._shuts(opening, other) for other in rest - {opening})}
            if not first:
                return False
            rest -= first
        return True

    def _shuts(self, opening: Pair, other: Pair) -> bool:
        """Say whether this opening is what the rule of `other` asks for, somewhere that this rule sees."""
        (r, node), (seeing, _) = opening, other
        return self.rules[r].owner in self.rules[seeing].targets and any(node in key for key in self.where[seeing])

    def left_outside(self, openings: tuple[Pair, ...]) -> tuple[Pair, ...]:
        """Let everybody in who can come after the openings; return the (rule, node) pairs that cannot."""
        self.tried += 1
        arrived = {c: set(nodes) for c, nodes in enumerate(self.counts)}
        for rule in self.rules:
            arrived[rule.owner] = set()
        for r, node in openings:
            arrived[self.rules[r].owner].add(node)
        waiting = [(r, n) for r, rule in enumerate(self.rules) for n in self.counts[rule.owner]]
        waiting = [(r, n) for r, n in waiting if (r, n) not in openings]
        while True:
            there = [self._inhabited_domains(r, arrived) for r in range(len(self.rules))]
            coming = [(r, n) for r, n in waiting if self._welcome(r, n, there[r])]
            if not coming:
                return tuple(waiting)
            for r, n in coming:
                arrived[self.rules[r].owner].add(n)
            gone = set(coming)
            waiting = [pair for pair in waiting if pair not in gone]

    def _inhabited_domains(self, r: int, arrived: Mapping[int, set[int]]) -> list[set[int]]:
        nodes = set().union(*(arrived[target] for target in self.rules[r].targets))
        return [{where[n] for n in nodes if n in where} for where in self.where[r]]

    def _welcome(self, r: int, node: int, there: list[set[int]]) -> bool:
        return all(where.get(node, -1) in domains for where, domains in zip(self.where[r], there, strict=True))
