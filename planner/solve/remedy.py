"""The cheapest repair: the fewest more nodes, like one that is there, that make everything fit."""

from collections.abc import Iterator
from dataclasses import replace

from models.outcome import Outcome
from models.problem import Problem
from planner.solve.build import Builder
from planner.solve.exact import Exact
from planner.solve.facts import facts_of
from planner.solve.limits import Limits
from planner.solve.plan import missing
from planner.solve.sat import Clock
from planner.solve.subproblem import with_copies

MOST_COPIES = 64
MOST_SHAPES = 12


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
    """Try each shape of node; of those that need the fewest copies take the one with the least capacity."""
    clock, best = Clock(limits.seconds), MOST_COPIES + 1
    found: list[tuple[int, tuple[int, ...], int]] = []
    for node in _shapes(problem):
        copies = _copies(problem, node, best, limits, clock)
        if copies is not None:
            best = min(best, copies)
            found.append((copies, problem.nodes[node].capacity, node))
    return (min(found)[2], min(found)[0]) if found else None


def _shapes(problem: Problem) -> list[int]:
    """Return one node of each capacity and set of pods it could hold, the largest first."""
    reached = [tuple(at for at, c in enumerate(problem.classes) if n in set(c.candidates)) for n in range(len(problem.nodes))]
    first: dict[object, int] = {}
    for n, node in enumerate(problem.nodes):
        if any(node.capacity):
            first.setdefault((node.capacity, reached[n]), n)
    return sorted(first.values(), key=lambda n: (tuple(-c for c in problem.nodes[n].capacity), n))[:MOST_SHAPES]


def _copies(problem: Problem, node: int, most: int, limits: Limits, clock: Clock) -> int | None:
    """Double until everything fits, then halve the step; None if `most` copies are not enough."""
    low, high = 0, 1
    while not _fits(with_copies(problem, node, high), limits, clock):
        low, high = high, high * 2
        if low >= min(most, MOST_COPIES) or clock.over():
            return None
    while high - low > 1:
        middle = (low + high) // 2
        if _fits(with_copies(problem, node, middle), limits, clock):
            high = middle
        else:
            low = middle
    return high


def _fits(problem: Problem, limits: Limits, clock: Clock) -> bool:
    facts = facts_of(problem)
    plan = Builder(facts, limits, clock).build()
    if not any(missing(problem, plan)):
        return True
    if int((facts.fit > 0).sum()) > limits.exact:
        return False
    exact = Exact(facts, limits, clock, plan)
    exact.fill_rings()
    return exact.place(None).value == 0
