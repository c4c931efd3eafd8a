"""Which ring each node group gets before anything is bought: by sums the cheapest; others where that does not hold all pods."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from models.solver.problem import Problem
from models.solver.purchase import RingChoice
from planner.solve.blocks.master import Master
from planner.solve.instance.arrays import facts_of
from planner.solve.instance.blocks import Choice, restricted
from planner.solve.instance.offers_as_nodes import merge_offers, with_bought_nodes
from planner.solve.owned.solve import search
from planner.solve.runtime.interrupt import in_time
from planner.solve.runtime.search_context import SearchContext


@dataclass(slots=True)
class RingChooser:
    """Proposes rings for blocks, and for what they grow by, such that what is bought beside them is cheap.

    Pods that find no room are bought for: each class is `worth` 1/scale of a price's unit, and nobody can buy for those that are
    stuck. Without growths the problem is to have no offers.
    """

    problem: Problem
    worth: Sequence[int]
    scale: int
    is_stuck: Sequence[bool]
    context: SearchContext
    _market: "_Market" = field(init=False)
    _master: Master = field(init=False)
    _last: Choice = ()

    def __post_init__(self) -> None:
        """Write the sums down."""
        self._market = _Market.of(self.problem)
        self._master = Master(facts_of(self._market.problem), self.context, len(self.problem.nodes))

    def choose(self) -> RingChoice | None:
        """Return the choice that is cheapest by sums of those that are not ruled out; None where none is found."""
        return in_time(self._choose, self.context.deadline.left())

    def _choose(self) -> RingChoice | None:
        answer = self._master.cheapest(self.worth, self.scale, self.is_stuck)
        if answer is None and self.problem.growths:
            return None
        problem = self._market.problem
        self._last, least = answer or (tuple(() for _ in problem.blocks), 0.0)
        ring_of = self._rings()
        own = {number: ring for number, ring in ring_of.items() if number < len(self.problem.nodes)}
        shapes = {s: self._ring_of(block, own, ring_of) for s, block in self._market.blocks_of.items()}
        return RingChoice(own, shapes, least)

    @staticmethod
    def _ring_of(block: Sequence[int], own: Mapping[int, int], ring_of: Mapping[int, int]) -> int:
        """Return the ring that has most of a block's own nodes; where there is none, that of those that would come."""
        return most_common(own[n] for n in block if n in own) if own.keys() & {*block} else most_common(ring_of[n] for n in block)

    def _rings(self) -> dict[int, int]:
        """Return the rings of all nodes of blocks; of those blocks that have several, or none, as a packing divides them."""
        problem, pairs = self._market.problem, [*zip(self._market.problem.blocks, self._last, strict=True)]
        ring_of = {number: chosen[0] if len(chosen) == 1 else -1 for block, chosen in pairs for number in block}
        if not self.problem.growths or any(len(chosen) > 1 for chosen in self._last):
            placed = search(restricted(problem, self._last), self.context).ring_of
            ring_of |= {number: placed[number] for block, chosen in pairs if len(chosen) != 1 for number in block}
        return ring_of

    def rule_out(self, rings: Iterable[int], more_helps: bool) -> None:
        """Ask of one of the rings that it has other blocks than in the last choice; where `more_helps`, one more."""
        self._master.rule_out(self._last, rings, more_helps)


def most_common(rings: Iterable[int]) -> int:
    """Return the ring that most nodes are in, -1 for none."""
    counts = Counter(ring for ring in rings if ring >= 0)
    return min(counts, key=lambda ring: (-counts[ring], ring), default=-1)


@dataclass(frozen=True, slots=True)
class _Market:
    """A problem with all that comes by growth as nodes of blocks, and the block of each shape by which a group grows."""

    problem: Problem
    blocks_of: Mapping[int, tuple[int, ...]]

    @classmethod
    def of(cls, problem: Problem) -> "_Market":
        """Add to each block as many nodes as may come, each as if it were in all of its zones at once."""
        if not problem.growths:
            return cls(problem, {})
        enough = sum(c.count for c in problem.classes if not c.daemon) + sum(size.least for size in problem.sizes)
        offers = {g.shape: [o for o, offer in enumerate(problem.offers) if offer.shape == g.shape] for g in problem.growths}
        copies = {s: min(enough, problem.most[s]) if mine else 0 for s, mine in offers.items()}
        extra = [(offers[s][0], problem.offers[offers[s][0]].rings) for s, number in copies.items() for _ in range(number)]
        classes = tuple(replace(c, offers=merge_offers(c, [mine for mine in offers.values() if mine])) for c in problem.classes)
        wide = with_bought_nodes(replace(problem, classes=classes, losses=()), extra)
        blocks: dict[tuple[int, ...] | int, list[int]] = {block: [*block] for block in problem.blocks}
        first = len(problem.nodes)
        keys = {}
        for growth in problem.growths:
            keys[growth.shape] = key = growth.nodes or growth.shape
            coming = range(first, first + copies[growth.shape])
            blocks.setdefault(key, [*growth.nodes]).extend(coming)
            first = coming.stop
        held = {key: tuple(block) for key, block in blocks.items() if any(wide.nodes[number].rings for number in block)}
        whole = replace(wide, blocks=tuple(held.values()), growths=())
        return cls(whole, {shape: held.get(key, ()) for shape, key in keys.items()})
