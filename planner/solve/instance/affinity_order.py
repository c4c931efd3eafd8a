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


def pods_without_neighbour(problem: Problem, counts: Counts) -> tuple[Pair, ...]:
    """Return the (class, node) pairs that cannot arrive in the best order found; empty where all can."""
    rules = [t for t in problem.togethers if not (problem.classes[t.owner].daemon and problem.classes[t.owner].ring < 0)]
    rules = [t for t in rules if counts[t.owner]]
    if not rules:
        return ()
    return tuple((rules[at].owner, node) for at, node in _Search(rules, counts).best())


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
        for at, node in outside:
            owner = self.rules[at].owner
            place = (at, *(where.get(node) for where in self.where[at]))
            if place in seen or None in place or owner not in self.rules[at].targets or at in {i for i, _ in chosen}:
                continue
            seen.add(place)
            if self._orderable({*chosen, (at, node)}):
                yield at, node

    def _orderable(self, chosen: set[Pair]) -> bool:
        """Say whether the rules can open one after the other, none finding what it asks for already there."""
        rest = set(chosen)
        while rest:
            first = {one for one in rest if not any(self._shuts(one, other) for other in rest - {one})}
            if not first:
                return False
            rest -= first
        return True

    def _shuts(self, one: Pair, other: Pair) -> bool:
        """Say whether the opening `one` is what the rule of `other` asks for, somewhere that this rule sees."""
        return self.rules[one[0]].owner in self.rules[other[0]].targets and any(one[1] in key for key in self.where[other[0]])

    def left_outside(self, openings: tuple[Pair, ...]) -> tuple[Pair, ...]:
        """Let everybody in who can come after the openings; return the (rule, node) pairs that cannot."""
        self.tried += 1
        arrived = {c: set(nodes) for c, nodes in enumerate(self.counts)}
        for rule in self.rules:
            arrived[rule.owner] = set()
        for at, node in openings:
            arrived[self.rules[at].owner].add(node)
        waiting = [(at, n) for at, rule in enumerate(self.rules) for n in self.counts[rule.owner]]
        waiting = [(at, n) for at, n in waiting if (at, n) not in openings]
        while True:
            there = [self._inhabited(at, arrived) for at in range(len(self.rules))]
            coming = [(at, n) for at, n in waiting if self._welcome(at, n, there[at])]
            if not coming:
                return tuple(waiting)
            for at, n in coming:
                arrived[self.rules[at].owner].add(n)
            gone = set(coming)
            waiting = [pair for pair in waiting if pair not in gone]

    def _inhabited(self, at: int, arrived: Mapping[int, set[int]]) -> list[set[int]]:
        nodes = set().union(*(arrived[target] for target in self.rules[at].targets))
        return [{where[n] for n in nodes if n in where} for where in self.where[at]]

    def _welcome(self, at: int, node: int, there: list[set[int]]) -> bool:
        return all(where.get(node, -1) in domains for where, domains in zip(self.where[at], there, strict=True))
