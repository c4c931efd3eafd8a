"""The cheapest repair: more nodes like one there is, as few as possible, so that everything fits."""

from collections.abc import Hashable
from dataclasses import replace

from models.problem import Problem
from planner.solve.division import Division
from planner.solve.facts import facts_of
from planner.solve.kinds import merge
from planner.solve.limits import Limits
from planner.solve.sat import INFEASIBLE, Clock
from planner.solve.search import fits_all
from planner.solve.subproblem import with_copies

MOST_COPIES = 256
MOST_KINDS = 8


def cheapest(problem: Problem, limits: Limits) -> tuple[int, int] | None:
    """Return the node and the number of copies; the first of equals, None if nothing within bounds helps."""
    clock = Clock(limits.seconds)
    part = replace(limits, work=limits.work / 4)
    best: tuple[int, int] | None = None
    for node in _kinds(problem):
        most = best[1] - 1 if best else MOST_COPIES
        copies = None if clock.over() else _fewest_copies(problem, node, most, part, clock)
        if copies is not None:
            best = node, copies
    return best


def _kinds(problem: Problem) -> list[int]:
    """Return a node of each kind that pods without a place could use, the largest kinds first."""
    reach: list[list[int]] = [[] for _ in problem.nodes]
    for c, pod_class in enumerate(problem.classes):
        for n in pod_class.candidates:
            reach[n].append(c)
    groups: dict[Hashable, list[int]] = {}
    for n, node in enumerate(problem.nodes):
        if any(node.capacity):
            groups.setdefault((node.capacity, tuple(reach[n])), []).append(n)
    found = sorted(groups.values(), key=lambda nodes: (-len(nodes), nodes[0]))
    return [nodes[0] for nodes in found[:MOST_KINDS]]


def _fewest_copies(problem: Problem, node: int, most: int, limits: Limits, clock: Clock) -> int | None:
    """Double the copies until everything fits, then halve the difference."""
    enough = 1
    while enough <= most and not _fits(problem, node, enough, limits, clock):
        enough *= 2
    if enough > most:
        return most if most > enough // 2 and _fits(problem, node, most, limits, clock) else None
    too_few = enough // 2
    while enough - too_few > 1:
        middle = (enough + too_few) // 2
        if _fits(problem, node, middle, limits, clock):
            enough = middle
        else:
            too_few = middle
    return enough


def _fits(problem: Problem, node: int, copies: int, limits: Limits, clock: Clock) -> bool:
    if copies < 1 or clock.over():
        return False
    grown = with_copies(problem, node, copies)
    facts = facts_of(grown)
    division = Division(merge(facts))
    division.hold(division.unplaced(None), 0)
    if division.model.solve(limits.work / 10, clock).status == INFEASIBLE:
        return False
    return fits_all(facts, limits, clock)
