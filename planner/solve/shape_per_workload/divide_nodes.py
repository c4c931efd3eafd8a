"""Divides the nodes anew among the rings, as near to a division that is known as it can, without what did not do."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from planner.solve.instance.arrays import Facts
from planner.solve.runtime.cp_sat import Model
from planner.solve.runtime.search_context import SearchContext

Division = tuple[int, ...]
"""The ring of each node, -1 for none."""
Counts = tuple[int, ...]
"""How many nodes of each kind a ring has; kinds here are alike in everything that a division looks at."""


@dataclass(slots=True)
class Divider:
    """Looks for divisions near to `first`, in which each ring has enough of every resource.

    What did not do for a ring does not do with fewer nodes either, so `bar` bars that as well.
    """

    facts: Facts
    kinds: Sequence[int]
    first: Division
    _groups: list[list[int]] = field(default_factory=list)
    _barred: dict[int, list[Counts]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Group the nodes that are alike."""
        groups: dict[object, list[int]] = {}
        for n, slot in enumerate(self.facts.problem.nodes):
            groups.setdefault((self.kinds[n], slot.shape), []).append(n)
        self._groups = list(groups.values())

    def counts(self, division: Division, ring: int) -> Counts:
        """Return what a ring has in a division."""
        return tuple(sum(division[n] == ring for n in group) for group in self._groups)

    def bar(self, ring: int, counts: Counts) -> None:
        """Remember that this does not do for a ring."""
        self._barred.setdefault(ring, []).append(counts)

    def next(self, context: SearchContext) -> Division | None:
        """Return the nearest division that is not barred; None where there is none, or none was found."""
        model = Model()
        rings = range(len(self.facts.problem.rings))
        has = {(g, r): model.integer(0, self._most(g, r)) for g in range(len(self._groups)) for r in rings}
        for g, group in enumerate(self._groups):
            model.linear([(1, has[g, r]) for r in rings], None, len(group))
        for r in rings:
            self._suffice(model, has, r)
        model.minimize([(1, self._change(model, has[g, r], self.counts(self.first, r)[g])) for g, r in has])
        answer = model.solve(min(context.tuning.shapes.division, context.budget.work), context.deadline)
        if not answer.found:
            return None
        return self._choose_nodes({pair: answer.values[count] for pair, count in has.items()})

    def _most(self, g: int, ring: int) -> int:
        return len(self._groups[g]) if self.facts.usable[self._groups[g][0], ring] else 0

    def _suffice(self, model: Model, has: dict[tuple[int, int], int], ring: int) -> None:
        """Demand that a ring has enough of each resource, and more of something than in what was barred."""
        facts, groups = self.facts, range(len(self._groups))
        mine = facts.counts * (facts.ring_of_class == ring)
        for k, asked in enumerate((facts.requests * mine[:, None]).sum(axis=0)):
            model.linear([(int(facts.room[self._groups[g][0], ring, k]), has[g, ring]) for g in groups], int(asked))
        for counts in self._barred.get(ring, ()):
            more = [model.boolean() for _ in groups]
            for g in groups:
                model.linear([(1, has[g, ring])], counts[g] + 1, None, [more[g]])
            model.any_of(more)

    @staticmethod
    def _change(model: Model, now: int, before: int) -> int:
        change = model.integer(0, max(before, model.high(now)))
        model.linear([(1, change), (-1, now)], -before)
        model.linear([(1, change), (1, now)], before)
        return change

    def _choose_nodes(self, has: dict[tuple[int, int], int]) -> Division:
        """Say which nodes they are: of each kind those that are in the ring already, then the first that are free."""
        division = [-1] * len(self.first)
        for g, group in enumerate(self._groups):
            left = {r: count for (of_group, r), count in has.items() if of_group == g}
            for n in group:
                if left.get(self.first[n]):
                    division[n] = self.first[n]
                    left[self.first[n]] -= 1
            more = (r for r, count in left.items() for _ in range(count))
            # nodes that no ring is given stay without one
            for n, r in zip((n for n in group if division[n] < 0), more, strict=False):
                division[n] = r
        return tuple(division)
