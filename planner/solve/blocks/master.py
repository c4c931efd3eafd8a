"""The master problem of logic-based Benders decomposition: which rings each block serves, in sums, with all cuts so far."""

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field

from models.solver.problem import ENDLESS
from planner.solve.bound.aggregate_model import AggregateModel, Expression
from planner.solve.instance.aggregate import merge
from planner.solve.instance.arrays import Facts
from planner.solve.instance.blocks import Choice
from planner.solve.instance.goal_values import WHOLE, priorities_of
from planner.solve.runtime.cp_sat import INFEASIBLE, Answer
from planner.solve.runtime.search_context import SearchContext

FINE = 1_000
"""A scale: the dearest pod is worth so many units, which whole numbers can tell apart."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Rings for every block, and the least that divisions, moves and relabels come to by sums, and the most head-room."""

    choice: Choice
    divided: int
    moves: int
    relabels: int
    headroom: int


@dataclass(slots=True)
class Master:
    """Proposes rings for blocks; `is_exhausted` once it is proven that no further choice is left that could hold all pods.

    Nodes from number `coming` on are not there yet.
    """

    facts: Facts
    context: SearchContext
    coming: int = ENDLESS
    is_exhausted: bool = False
    sums: AggregateModel = field(init=False)
    serves: dict[tuple[int, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Write the sums down, and tie the nodes of each block together."""
        merged = merge(self.facts, self.context.tuning.sums)
        self.sums = AggregateModel(
            merged, detailed=len(merged.types) * len(merged.kinds) <= self.context.tuning.blocks.most_pairs
        )
        kinds_of: dict[int, list[int]] = {}
        block_of = {number: b for b, block in enumerate(self.facts.problem.blocks) for number in block}
        for kind, members in enumerate(merged.kinds):
            kinds_of.setdefault(block_of.get(members.nodes[0], -1), []).append(kind)
        for block in range(len(self.facts.problem.blocks)):
            self._tie(block, kinds_of[block])

    def _tie(self, block: int, kinds: Sequence[int]) -> None:
        """Let all nodes of a block be in the ring that it serves; where it may be divided, in those that it serves."""
        model, merged, divisible = self.sums.model, self.sums.merged, self.facts.problem.divisible
        for ring in range(len(self.facts.problem.rings)):
            nodes = [term for kind in kinds for term in self.sums.in_ring(kind, ring)]
            able = [kind for kind in kinds if ring in merged.kinds[kind].rings]
            if not nodes:
                continue
            if not divisible and len(able) < len(kinds):
                # A DaemonSet of the ring finds no room on some of the nodes, which could not be of the ring then.
                model.linear(nodes, high=0)
                continue
            literal = self.serves[block, ring] = model.boolean()
            for kind in able:
                size = len(merged.kinds[kind].nodes)
                terms = [*self.sums.in_ring(kind, ring), (-size, literal)]
                model.linear(terms, low=None if divisible or merged.kinds[kind].price else 0, high=0)
            model.linear([*nodes, (-1, literal)], low=0)
        if divisible:
            self._grow_whole(block, [kind for kind in kinds if merged.kinds[kind].nodes[-1] >= self.coming])
        if not divisible:
            model.at_most_one([self.serves[block, ring] for ring in self._rings_of(block)])

    def _grow_whole(self, block: int, coming: Sequence[int]) -> None:
        """Let nodes that are not there yet be in a ring only where the block serves no other: a part of a group does not grow."""
        for kind in coming:
            size = len(self.sums.merged.kinds[kind].nodes)
            for ring in self._rings_of(block):
                others = [other for other in self._rings_of(block) if other != ring]
                for other in others:
                    self.sums.model.linear([*self.sums.in_ring(kind, ring), (size, self.serves[block, other])], high=size)

    def _rings_of(self, block: int) -> list[int]:
        return [ring for ring in range(len(self.facts.problem.rings)) if (block, ring) in self.serves]

    def propose(self) -> Proposal | None:
        """Return the choice that is best by sums and not ruled out; None if there is none, or none was found."""
        sums = self._twin()
        everything = sums.unplaced(None)
        if everything:
            sums.hold(everything, 0)
        goals = [self._divided(), sums.moves() if self.facts.running.any() else (), sums.relabels()]
        bounds, values = list[int](), tuple[int, ...]()
        for terms in goals:
            answer = self._minimize(sums, terms)
            if not answer.found:
                self.is_exhausted = self.is_exhausted or answer.status == INFEASIBLE
                return None
            value = sum(weight * answer.values[variable] for weight, variable in terms)
            bounds.append(min(value, max(0, answer.bound)) if terms else 0)
            if terms:
                sums.hold(terms, value)
            sums.model.hint(dict(enumerate(answer.values)))
            values = answer.values
        best, headroom = self._with_headroom(sums, values)
        divided, moves, relabels = bounds
        return Proposal(self._choice(best), divided, moves, relabels, headroom)

    def least(self) -> Choice:
        """Return a choice that leaves few pods out by sums, whatever was ruled out; of no rings where none is found."""
        sums, values = self._twin(), None
        for priority in priorities_of(self.facts.problem):
            terms = sums.unplaced(priority)
            answer = self._minimize(sums, terms)
            if not answer.found:
                break
            values = answer.values
            sums.hold(terms, sum(weight * values[variable] for weight, variable in terms))
        return self._choice(values) if values else tuple(() for _ in self.facts.problem.blocks)

    def cheapest(self, worth: Sequence[int], scale: int, is_stuck: Sequence[bool]) -> tuple[Choice, float] | None:
        """Return a choice by which nodes that have a price, and pods that are left out, come to as little as possible, and that.

        Each class is worth 1/scale of a price's unit, where others can have its pods; `is_stuck` tells of which nobody can. None
        where none is left, or none was found.
        """
        sums, kinds = self._twin(), self.sums.merged.kinds
        most = max(1, *worth, *(kind.price * scale for kind in kinds))
        whole = sum(FINE * len(kind.nodes) for kind in kinds if kind.price)
        terms = list(self._prices(FINE * scale, most))
        for t, type_ in enumerate(self.sums.merged.types):
            value = 1 + FINE * min(worth[c] for c in type_.classes) // most
            is_lost = any(is_stuck[c] for c in type_.classes)
            terms.append((whole + value if is_lost else value, sums.left_out[t]))
        answer = self._minimize(sums, tuple(terms))
        if not answer.found:
            self.is_exhausted = self.is_exhausted or answer.status == INFEASIBLE
            return None
        return self._choice(answer.values), answer.bound * most / (FINE * scale)

    def _prices(self, fine: int, most: int) -> Iterator[tuple[int, int]]:
        """Yield the nodes in rings that have a price, which counts as a part of the dearest thing there is."""
        for k, kind in enumerate(self.sums.merged.kinds):
            weight = max(1, kind.price * fine // most)
            for ring in kind.rings if kind.price else ():
                yield from ((weight * count, variable) for count, variable in self.sums.in_ring(k, ring))

    def _twin(self) -> AggregateModel:
        twin = copy(self.sums)
        twin.model = self.sums.model.copy()
        return twin

    def _minimize(self, sums: AggregateModel, terms: Expression) -> Answer:
        return sums.minimize(terms, self.context.budget.work * self.context.tuning.blocks.share, self.context.deadline)

    def _divided(self) -> Expression:
        """Return how many rings blocks serve beyond one each."""
        if not self.facts.problem.divisible:
            return ()
        served = [(1, literal) for literal in self.serves.values()]
        blocks = sum(bool(self._rings_of(block)) for block in range(len(self.facts.problem.blocks)))
        return (*served, (-blocks, self.sums.model.true))

    def _with_headroom(self, sums: AggregateModel, values: tuple[int, ...]) -> tuple[tuple[int, ...], int]:
        """Return the values with the most even head-room, and the most that is not refuted."""
        low, high, work = 0, WHOLE, self.context.budget.work * self.context.tuning.blocks.share / 4
        while low < high:
            middle = (low + high + 1) // 2
            answer = sums.free_at_least(middle, work, self.context.deadline)
            if answer.found:
                low, values = middle, answer.values
            elif answer.status == INFEASIBLE:
                high = middle - 1
            else:
                break
        return values, high

    def _choice(self, values: Sequence[int]) -> Choice:
        return tuple(
            tuple(ring for ring in self._rings_of(block) if values[self.serves[block, ring]])
            for block in range(len(self.facts.problem.blocks))
        )

    def rule_out(self, choice: Choice, rings: Iterable[int], more_helps: bool) -> None:
        """Ask of one of the rings that it has other blocks; where `more_helps`, one that it has not in this choice."""
        literals = []
        for (block, ring), literal in self.serves.items():
            if ring in set(rings):
                if ring not in choice[block]:
                    literals.append(literal)
                elif not more_helps:
                    literals.append(~literal)
        self.sums.model.any_of(literals or [~self.sums.model.true])
