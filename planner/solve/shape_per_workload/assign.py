"""Homes: on which kind of nodes each class of a ring lives, so that no order of arrival need keep out the last pod.

A pod of size q that comes last finds room on one of N nodes, wherever the others are, if these take no more than N times
what a node has without q: each node that keeps it out holds more than that. So nodes of one kind bear it if what all their
pods ask for, and N-1 times the largest of them, is no more than the nodes have. A node that is the only one of its kind
bears all that fits. What is lacking of that, of each resource by itself, is the strain, which is to be small.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from planner.solve.instance.arrays import Facts
from planner.solve.runtime.cp_sat import Model
from planner.solve.runtime.search_context import SearchContext

SHARES = 100_000
"""A scale: amounts are weighed as so many parts of what the ring's nodes have."""
ANYWHERE = -1
"""No number to set: the home of a class that may live on all kinds."""
Terms = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class HomeKinds:
    """The kind of nodes for each class of a ring that lives on one, and what is lacking in parts of SHARES, summed up."""

    kinds: tuple[tuple[int, int], ...]
    strain: int


def homes(
    facts: Facts, ring: int, nodes: Sequence[int], kinds: Sequence[int], led: Sequence[bool], context: SearchContext
) -> HomeKinds | None:
    """Find homes with little strain for a ring that has these nodes; None where none were found that hold all its pods.

    `kinds[n]` is the kind of node n, `led[c]` says whether class c may be bound to one.
    """
    housing = _Housing(facts, ring, tuple(nodes), kinds, led)
    return housing.solve(context) if len(housing.classes) * len(nodes) <= context.tuning.shapes.pairs else None


@dataclass(slots=True)
class _Housing:
    """The model of one ring: `lives[c, k]` says that class c lives on nodes of kind k, `on` counts its pods on each node."""

    facts: Facts
    ring: int
    nodes: tuple[int, ...]
    kinds: Sequence[int]
    led: Sequence[bool]
    classes: tuple[int, ...] = ()
    model: Model = field(default_factory=Model)
    lives: dict[tuple[int, int], int] = field(default_factory=dict)
    on: dict[tuple[int, int], int] = field(default_factory=dict)
    _whole: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Gather the ring's classes."""
        facts = self.facts
        self.classes = tuple(c for c in facts.plain if facts.ring_of_class[c] == self.ring and facts.counts[c])
        self._whole = [max(1, int(have)) for have in facts.room[list(self.nodes), self.ring].sum(axis=0)]

    def solve(self, context: SearchContext) -> HomeKinds | None:
        """Write the model down and solve it."""
        for c in self.classes:
            self._settle(c)
        self._fill()
        strains = [strain for home in (*self._present(), ANYWHERE) for strain in self._strains(home)]
        self.model.minimize([(1, strain) for strain in strains])
        answer = self.model.solve(min(context.tuning.shapes.homes, context.budget.work), context.deadline)
        if not answer.found:
            return None
        chosen = tuple((c, home) for (c, home), lives in self.lives.items() if home != ANYWHERE and answer.values[lives])
        return HomeKinds(chosen, sum(answer.values[strain] for strain in strains))

    def _present(self) -> list[int]:
        return sorted({self.kinds[n] for n in self.nodes})

    def _settle(self, c: int) -> None:
        """Give a class one home, and put its pods there."""
        model, count = self.model, int(self.facts.counts[c])
        for home in (*(self._present() if self.led[c] else ()), ANYWHERE):
            self.lives[c, home] = model.boolean()
        model.linear([(1, lives) for (owner, _), lives in self.lives.items() if owner == c], 1, 1)
        for n in self.nodes:
            most = int(self.facts.fit[c, n])
            self.on[c, n] = model.integer(0, most)
            here = [self.lives[c, home] for home in (self.kinds[n], ANYWHERE) if (c, home) in self.lives]
            model.linear([(1, self.on[c, n]), *((-most, lives) for lives in here)], None, 0)
        model.linear([(1, self.on[c, n]) for n in self.nodes], count, count)

    def _fill(self) -> None:
        """Let no node hold more than it has room for."""
        for n in self.nodes:
            for k, have in enumerate(self.facts.room[n, self.ring]):
                self.model.linear([(self._request(c, k), self.on[c, n]) for c in self.classes], None, int(have))

    def _strains(self, home: int) -> Iterator[int]:
        """Yield for each resource what is lacking at a home where anybody lives, when everybody who may come there does."""
        inside = [n for n in self.nodes if home in (ANYWHERE, self.kinds[n])]
        owners = [c for c in self.classes if (c, home) in self.lives]
        lived_in = self.model.boolean()
        for c in owners:
            self.model.linear([(1, lived_in), (-1, self.lives[c, home])], 0)
        for k in range(self.facts.requests.shape[1]):
            if any(self._request(c, k) for c in owners):
                strain, largest = self.model.integer(0, 2 * SHARES), self.model.integer(0, SHARES)
                for c in owners:
                    self.model.linear([(1, largest), (-self._share(self._request(c, k), k), self.lives[c, home])], 0)
                have = sum(self._share(int(self.facts.room[n, self.ring, k]), k) for n in inside)
                terms = [*self._visitors(home, k), (len(inside) - 1, largest), (-1, strain)]
                self.model.linear(terms, None, have, [lived_in])
                yield strain

    def _visitors(self, home: int, k: int) -> Iterator[tuple[int, int]]:
        """Yield what the classes that may come to a home ask for, where they live so that they may."""
        for (c, other), lives in self.lives.items():
            if home in (other, ANYWHERE) or other == ANYWHERE:
                yield self._share(self._request(c, k) * int(self.facts.counts[c]), k), lives

    def _request(self, c: int, k: int) -> int:
        return int(self.facts.requests[c, k])

    def _share(self, amount: int, k: int) -> int:
        return amount * SHARES // self._whole[k]
