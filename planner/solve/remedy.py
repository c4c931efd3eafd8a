"""The cheapest repair: the fewest more nodes, like one that is there, that make everything fit."""

from collections.abc import Iterator
from dataclasses import replace

from models.outcome import Outcome
from models.problem import Problem
from planner.solve.division import Division
from planner.solve.facts import facts_of
from planner.solve.kinds import merge
from planner.solve.limits import Limits
from planner.solve.sat import INFEASIBLE, SUMS, Clock
from planner.solve.search import fits_all
from planner.solve.subproblem import with_copies

MOST_COPIES = 64
MOST_SHAPES = 12
MOST_TRIES = 8
SHARE = 8


def remedies(problem: Problem, outcome: Outcome, limits: Limits) -> Iterator[tuple[int, int, int]]:
    """Yield (ring, node, copies): one repair for all (ring -1), or else one per ring that lacks room, where there is one."""
    whole = cheapest(problem, limits)
    if whole:
        yield (-1, *whole)
        return
    lacking = sorted({c.ring for c, left in zip(problem.classes, outcome.unplaced, strict=True) if left})
    for ring in lacking if len(lacking) > 1 else ():
        found = cheapest(_placed_but(problem, outcome, ring), limits)
        if found:
            yield (ring, *found)


def _placed_but(problem: Problem, outcome: Outcome, ring: int) -> Problem:
    """Return the problem without the pods of other rings that found no place."""
    pairs = zip(problem.classes, outcome.unplaced, strict=True)
    classes = tuple(c if c.ring == ring else replace(c, count=c.count - left) for c, left in pairs)
    return replace(problem, classes=classes)


def cheapest(problem: Problem, limits: Limits) -> tuple[int, int] | None:
    """Try each shape of node; of those that need the fewest copies take the one with the least capacity.

    Sums say at once how many copies of a shape are too few, so that packing is only tried where there is hope.
    """
    clock, part = Clock(limits.seconds), replace(limits, work=limits.work / SHARE)
    least = [(_too_few(problem, node, part, clock) + 1, problem.nodes[node].capacity, node) for node in _shapes(problem)]
    best, found, tries = MOST_COPIES, list[tuple[int, tuple[int, ...], int]](), MOST_TRIES
    for start, capacity, node in sorted(least):
        for copies in _attempts(start, best)[:tries]:
            tries -= 1
            if clock.over():
                break
            if fits_all(facts_of(with_copies(problem, node, copies)), part, clock):
                best = copies
                found.append((copies, capacity, node))
                break
    return (min(found)[2], min(found)[0]) if found else None


def _attempts(start: int, most: int) -> list[int]:
    """Return the numbers of copies to try: the fewest one by one, then in growing steps, at last the most."""
    steps = [start + add for add in (0, 1, 2, 4, 8, 16, 32)]
    return [copies for copies in steps if copies < most] + ([most] if start <= most else [])


def _shapes(problem: Problem) -> list[int]:
    """Return one node of each capacity and set of pods it could hold, the largest first."""
    reached: list[list[int]] = [[] for _ in problem.nodes]
    for at, pod_class in enumerate(problem.classes):
        for n in pod_class.candidates:
            reached[n].append(at)
    first: dict[object, int] = {}
    for n, node in enumerate(problem.nodes):
        if any(node.capacity):
            first.setdefault((node.capacity, tuple(reached[n])), n)
    return sorted(first.values(), key=lambda n: (tuple(-c for c in problem.nodes[n].capacity), n))[:MOST_SHAPES]


def _too_few(problem: Problem, node: int, limits: Limits, clock: Clock) -> int:
    """Return the largest number of copies, up to the most considered, that sums refuse."""
    low, high = 0, MOST_COPIES + 1
    while high - low > 1:
        middle = (low + high) // 2
        division = Division(merge(facts_of(with_copies(problem, node, middle))), detailed=False)
        division.hold(division.unplaced(None), 0)
        if division.model.solve(limits.work / SHARE, clock, SUMS).status == INFEASIBLE:
            low = middle
        else:
            high = middle
    return low
