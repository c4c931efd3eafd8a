"""The fewest nodes of its own that hold each ring of a plan: the plan's problem, restricted to one ring and its nodes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from models.frozen_map import FrozenMap
from models.solver.outcome import FEASIBLE, INFEASIBLE
from planner.review.tuning import NodesTuning
from planner.rules.purchased_node import HOSTNAME

if TYPE_CHECKING:
    from models.solver.problem import Problem
    from planner.audit.rebuild import Remade


@dataclass(frozen=True, slots=True)
class Fewest:
    """The nodes that are kept, by name, where any were found, and how many are proven to be needed.

    Without any one of those in `survives_by` the others are proven not to survive what the policy asks for.
    """

    kept: tuple[str, ...] | None
    bound: int
    survives_by: tuple[str, ...] = ()


def fewest(anew: "Remade", ring: str, nodes: Sequence[str], tuning: NodesTuning) -> Fewest:
    """Return the fewest of these nodes that hold the ring, with the losses that it must survive."""
    from planner.solve import Budget, SearchContext, nodes_in_use

    problem, names = anew.formulation.problem, [node.name for node in anew.formulation.nodes]
    number = problem.rings.index(ring)
    mine = {names.index(name) for name in nodes if name in names}
    own = restricted(problem, number, mine)
    in_ring, bound = nodes_in_use(own, SearchContext(Budget(work=tuning.work)).with_work(tuning.work))
    if in_ring is None:
        return Fewest(None, bound)
    kept = {n for n in mine if in_ring[n] == number}
    if not problem.losses:
        return Fewest(tuple(sorted(names[n] for n in _fullest(anew, kept, mine))), bound)
    surviving = _surviving(problem, number, kept, sorted(mine - kept), tuning)
    if surviving is None:
        return Fewest(None, bound)
    few, needed = _without_spare(anew, number, _fullest(anew, surviving, mine), tuning)
    return Fewest(tuple(sorted(names[n] for n in few)), bound, tuple(sorted(names[n] for n in needed)))


def _fullest(anew: "Remade", kept: set[int], mine: set[int]) -> set[int]:
    """Keep those of nodes that are alike that have most pods now: fewer move when the others go."""
    problem, nodes = anew.formulation.problem, anew.formulation.nodes
    is_ruled = bool(problem.aparts or problem.togethers or problem.spreads or problem.losses)
    pods = _pods(anew)
    alike: dict[object, list[int]] = {}
    for number in sorted(mine, key=lambda number: (-pods[number], number)):
        labels = {name: value for name, value in nodes[number].labels.items() if name != HOSTNAME}
        alike.setdefault((problem.nodes[number].shape, FrozenMap(labels) if is_ruled else None), []).append(number)
    return {number for some in alike.values() for number in some[: len(kept.intersection(some))]}


def _pods(anew: "Remade") -> list[int]:
    pods = [0] * len(anew.formulation.nodes)
    for there in anew.outcome.counts:
        for number, count in there:
            pods[number] += count
    return pods


def restricted(problem: "Problem", ring: int, nodes: Iterable[int]) -> "Problem":
    """Return the problem of one ring on these nodes: the others are of no ring, and nobody else asks for a place."""
    mine = set(nodes)
    classes = tuple(c if c.ring == ring or c.daemon else replace(c, count=0, parts=()) for c in problem.classes)
    slots = tuple(replace(node, rings=(ring,) if n in mine else ()) for n, node in enumerate(problem.nodes))
    sizes = tuple(size if r == ring else replace(size, least=0) for r, size in enumerate(problem.sizes))
    return replace(problem, classes=classes, nodes=slots, sizes=sizes, blocks=())


def _surviving(problem: "Problem", ring: int, kept: set[int], others: Sequence[int], tuning: NodesTuning) -> set[int] | None:
    """Give nodes back, twice as many each time, until the ring survives what it must."""
    back = 0
    while _verdict(problem, ring, kept.union(others[:back]), tuning) != FEASIBLE:
        if back >= len(others):
            return None
        back = max(1, 2 * back)
    return kept.union(others[:back])


def _without_spare(anew: "Remade", ring: int, kept: set[int], tuning: NodesTuning) -> tuple[set[int], set[int]]:
    """Leave out one node after the other as long as the ring survives; return the rest, and those that are proven needed."""
    problem, pods = anew.formulation.problem, _pods(anew)
    few, needed = set(kept), set[int]()
    for node in sorted(kept, key=lambda number: (pods[number], -number))[: tuning.drops]:
        verdict = _verdict(problem, ring, few - {node}, tuning)
        few -= {node} if verdict == FEASIBLE else set()
        needed |= {node} if verdict == INFEASIBLE else set()
    return few, needed


def _verdict(problem: "Problem", ring: int, nodes: set[int], tuning: NodesTuning) -> str:
    from planner.solve import Budget, SearchContext, solve

    context = SearchContext(Budget(work=tuning.work / 4, conflict=0.0))
    return solve(restricted(problem, ring, nodes), context).verdict
