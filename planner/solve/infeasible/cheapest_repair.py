"""The cheapest repair: the fewest more nodes, like one that is there, that make everything fit.

Counting says at once which nodes help at all and how many are too few; packing what is missing onto more nodes, everything
else staying where the outcome has it, says how many are enough. Only between the two is anything packed anew.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from models.solver.outcome import Outcome
from models.solver.problem import Problem
from planner.solve.infeasible.node_copies import NodeCopies
from planner.solve.instance.arrays import facts_of
from planner.solve.instance.assignment import Assignment
from planner.solve.instance.variants import with_copies
from planner.solve.redundancy.owned import fits_all
from planner.solve.runtime.search_context import SearchContext
from planner.solve.tuning.infeasible import RepairTuning


def find_repairs(problem: Problem, outcome: Outcome, context: SearchContext) -> Iterator[tuple[int, int, int]]:
    """Yield (ring, node, copies): what repairs all (ring -1), or else one per ring that lacks room, where there is one.

    What repairs all is one kind of node, or as many in each of the zones.
    """
    start = Assignment(outcome.ring_of, tuple(dict(on) for on in outcome.counts))
    whole = _Search(problem, start, context).cheapest()
    if whole:
        yield (-1, *whole)
        return
    if everywhere := list(_in_each_zone(problem, context)):
        yield from everywhere
        return
    lacking = sorted({c.ring for c, left in zip(problem.classes, outcome.unplaced, strict=True) if left})
    for ring in lacking if len(lacking) > 1 else ():
        repair = _Search(_placed_but(problem, outcome, ring), start, context).cheapest()
        if repair:
            yield (ring, *repair)


def _in_each_zone(problem: Problem, context: SearchContext) -> Iterator[tuple[int, int, int]]:
    """Yield a repair for all with as many more nodes in each zone that must be survived: in one zone alone they help nobody."""
    zones = [loss.nodes for loss in problem.losses if loss.zone and loss.nodes]
    tuning = context.tuning.repair
    part, best = context.with_budget(work=context.budget.work / tuning.trial), (tuning.copies + 1, tuple[int, ...]())
    for likes in _alike(problem, zones, tuning.families) if len(zones) > 1 else ():
        # few copies mostly do: the number doubles until they do, and only then is it halved
        few, many, step = 0, best[0], 1
        while many - few > 1 and not context.deadline.over():
            copies = min(few + step, many - 1) if many > tuning.copies else (few + many) // 2
            wide = problem
            for node in likes:
                wide = with_copies(wide, node, copies)
            if fits_all(facts_of(wide), part):
                many, best = copies, (copies, likes)
            else:
                few, step = copies, 2 * step
    yield from ((-1, node, best[0]) for node in best[1])


def _alike(problem: Problem, zones: Sequence[tuple[int, ...]], most: int) -> list[tuple[int, ...]]:
    """Return a node of each zone, all of one capacity, the largest first; where there is no such capacity the largest of each."""
    # reversed, as of nodes with one capacity the entry written last stays: that is the first node
    kinds = [{problem.nodes[n].capacity: n for n in sorted(nodes, reverse=True)} for nodes in zones]
    common = set.intersection(*(set(of) for of in kinds))
    likes = [tuple(of[capacity] for of in kinds) for capacity in sorted(common, reverse=True)[:most] if any(capacity)]
    return likes or [tuple(of[max(of)] for of in kinds)]


def _placed_but(problem: Problem, outcome: Outcome, ring: int) -> Problem:
    """Return the problem without the pods of other rings that found no place."""
    pairs = zip(problem.classes, outcome.unplaced, strict=True)
    classes = tuple(c if c.ring == ring else replace(c, count=c.count - left) for c, left in pairs)
    return replace(problem, classes=classes)


@dataclass(slots=True)
class _Search:
    problem: Problem
    start: Assignment
    context: SearchContext
    best: tuple[int, tuple[int, ...], int] | None = None
    tries: int = field(init=False)
    rows: list[NodeCopies] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin with all tries."""
        self.tries = self.tuning.tries

    @property
    def tuning(self) -> RepairTuning:
        """Return what steers it."""
        return self.context.tuning.repair

    def cheapest(self) -> tuple[int, int] | None:
        """Try each shape of node; of those that need the fewest copies take the one with the least capacity."""
        shapes = _shapes(self.problem)[: self.tuning.shapes]
        for number, node in enumerate(shapes, 1):
            self.context.progress(f"looking for the cheapest repair: node {number} of {len(shapes)} that others may be like")
            more = NodeCopies.of(self.problem, node, self.tuning.copies)
            if more.least <= self.tuning.copies and not self.context.deadline.over():
                self.rows.append(more)
        self.rows.sort(key=lambda more: (more.least, self.problem.nodes[more.node].capacity, more.node))
        # all shapes are packed before any is looked at closely: the best of them bounds the search in all others
        for more in self.rows:
            self._note(more, more.pack(self.start, self.tuning.copies, self.context))
        for more in self.rows:
            self._fewer(more)
        return (self.best[2], self.best[0]) if self.best else None

    def _note(self, more: NodeCopies, copies: int | None) -> None:
        """Keep what is cheaper than the best so far, once it was counted again; what must survive a loss may want spare ones."""
        if copies is None:
            return
        for spare in self.tuning.spare if self.problem.losses else self.tuning.spare[:1]:
            row = (copies + spare, self.problem.nodes[more.node].capacity, more.node)
            is_no_better = self.best is not None and row >= self.best
            if copies + spare > self.tuning.copies or is_no_better or self.context.deadline.over():
                break
            if more.holds(self._in_part(), spare):
                self.best = row

    def _fewer(self, more: NodeCopies) -> None:
        """Look for fewer copies between those that sums refuse and the best: first packed onto the outcome, then anew."""
        if self._most(more) < more.least:
            return
        more.raise_least(self._most(more), self.context)
        low = more.least
        while low <= self._most(more):
            middle = (low + self._most(more)) // 2
            self._note(more, more.pack(self.start, middle, self.context))
            low = middle + 1 if self._most(more) >= middle else low
        for copies in _attempts(more.least, self._most(more)):
            if self.tries <= 0 or self.context.deadline.over() or copies > self._most(more):
                break
            self.tries -= 1
            self.context.progress(f"looking for the cheapest repair: whether {copies} more nodes do, {self.tries} tries left")
            if fits_all(more.problem_with(copies), self._in_part()):
                self.best = (copies, self.problem.nodes[more.node].capacity, more.node)

    def _in_part(self) -> SearchContext:
        """Return the context of one of many tries."""
        return self.context.with_budget(work=self.context.budget.work / self.tuning.trial)

    def _most(self, more: NodeCopies) -> int:
        """Return how many copies of this shape would still beat the best."""
        if self.best is None:
            return self.tuning.copies
        smaller = (self.problem.nodes[more.node].capacity, more.node) < self.best[1:]
        return self.best[0] if smaller else self.best[0] - 1


def _attempts(least: int, most: int) -> list[int]:
    """Return the numbers of copies to try: the fewest, a quarter of the way from there to the most, half-way, and the most."""
    return sorted({least, least + (most - least) // 4, (least + most) // 2, most} - set(range(least)))


def _shapes(problem: Problem) -> list[int]:
    """Return one node of each capacity and set of pods it could hold, the largest first."""
    reached: list[list[int]] = [[] for _ in problem.nodes]
    for c, pod_class in enumerate(problem.classes):
        for n in pod_class.candidates:
            reached[n].append(c)
    first: dict[object, int] = {}
    for n, node in enumerate(problem.nodes):
        if any(node.capacity):
            first.setdefault((node.capacity, tuple(reached[n])), n)
    return sorted(first.values(), key=lambda n: (tuple(-c for c in problem.nodes[n].capacity), n))
