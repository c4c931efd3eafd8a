"""The fewest nodes that hold all pods, whatever runs where today."""

from collections.abc import Iterator
from dataclasses import replace

from models.solver.problem import Problem
from planner.solve.bound.aggregate_model import AggregateModel
from planner.solve.bound.divide import choose_nodes
from planner.solve.exact.solve import ExactModel
from planner.solve.heuristics.best_fit import BestFit
from planner.solve.heuristics.cluster_state import ClusterState
from planner.solve.heuristics.feasibility_repair import restore
from planner.solve.heuristics.reassign_nodes import evacuate
from planner.solve.instance.aggregate import Merged, merge
from planner.solve.instance.arrays import Facts, facts_of
from planner.solve.instance.assignment import Assignment, count_missing
from planner.solve.instance.validate import breaches
from planner.solve.instance.variants import without_today
from planner.solve.place.construct import Builder
from planner.solve.runtime.cp_sat import INFEASIBLE
from planner.solve.runtime.search_context import SearchContext
from planner.solve.tuning.placement import FitTuning

NOT_FOUND = -1
"""No number of nodes: none was found."""


def fewest_nodes(problem: Problem, context: SearchContext) -> tuple[int, int]:
    """Return the number of nodes in use in the best placement of all pods (-1 if none was found), and a proven bound."""
    best, bound = placement_on_fewest_nodes(problem, context)
    return (NOT_FOUND if best is None else in_use(best)), bound


def placement_on_fewest_nodes(problem: Problem, context: SearchContext) -> tuple[Assignment | None, int]:
    """Return the placement of all pods that uses fewest nodes, if one was found, and how many nodes are proven to be needed.

    What rings must be able to lose is not counted.
    """
    facts = facts_of(replace(without_today(problem), losses=()))
    merged = merge(facts, context.tuning.sums)
    chosen: list[list[int]] = [[-1] * len(problem.nodes)]
    bound, fit = 0, context.tuning.placement.fit
    for reserve in context.tuning.placement.reserves:
        least, rings = _by_sums(merged, reserve, context)
        # with room to waste, sums ask for more nodes than pods may need: that proves nothing
        bound = bound if reserve else least
        chosen += [rings] if rings else []
    bound = max(bound, _ring_by_ring(facts, context))
    plans = [plan for rings in chosen for plan in _pack(facts, rings, fit)]
    if not plans:
        plans = list(_empty_nodes(restore(facts, Builder(facts, context).build()), fit))
    best = min(plans, key=in_use, default=None)
    if (best is None or in_use(best) > bound) and int((facts.fit > 0).sum()) <= context.budget.exact:
        best, bound = _exactly(facts, context, best, bound)
    return best, bound


def _ring_by_ring(facts: Facts, context: SearchContext) -> int:
    """Add up the fewest nodes in sums of each ring alone: no two rings have a node in common; 0 where pods look for others."""
    problem = facts.problem
    if problem.togethers or problem.spreads or len(problem.rings) < 2:
        return 0
    total = 0
    for ring in range(len(problem.rings)):
        classes = tuple(c if c.ring == ring or c.daemon else replace(c, count=0, parts=()) for c in problem.classes)
        total += _by_sums(merge(facts_of(replace(problem, classes=classes)), context.tuning.sums), 0, context)[0]
    return total


def lower_bound(problem: Problem, context: SearchContext) -> int:
    """Return how many nodes hold all pods at the very least, by sums."""
    facts = facts_of(replace(without_today(problem), losses=()))
    return _by_sums(merge(facts, context.tuning.sums), 0, context)[0]


def in_use(plan: Assignment) -> int:
    """Count the nodes that carry a ring."""
    return sum(ring >= 0 for ring in plan.ring_of)


def _by_sums(merged: Merged, reserve: int, context: SearchContext) -> tuple[int, list[int]]:
    """Return the fewest nodes in sums, with some of their room left to waste, and which they would be (empty: unknown)."""
    detailed = len(merged.kinds) * len(merged.types) <= context.tuning.placement.details
    division = AggregateModel(merged, detailed, dict.fromkeys(merged.facts.rated, reserve), idle=True)
    division.hold(division.unplaced(None), 0)
    used = (division.in_ring(g, r) for g, kind in enumerate(merged.kinds) for r in kind.rings)
    answer = division.minimize(tuple(term for terms in used for term in terms), context.budget.work / 20, context.deadline)
    # where not all pods have a place, no number of nodes is proven: there is nothing to count
    least = 0 if answer.status == INFEASIBLE else max(0, answer.bound)
    return least, choose_nodes(merged, division.shares(answer.values)) if answer.found else []


def _pack(facts: Facts, rings: list[int], fit: FitTuning) -> Iterator[Assignment]:
    """Pack into the chosen nodes, open more as they are needed, and empty what can be emptied; nothing if pods are left."""
    cluster = ClusterState(facts)
    for n, ring in enumerate(rings):
        if ring >= 0:
            cluster.give(n, ring)
    cluster.expect(True)
    BestFit(cluster, fit, lazy=True).fill()
    cluster.expect(False)
    yield from _empty_nodes(cluster, fit)


def _empty_nodes(cluster: ClusterState, fit: FitTuning) -> Iterator[Assignment]:
    facts, packing = cluster.facts, BestFit(cluster, fit)
    plain = list(facts.plain)
    careful = [c for c in plain if cluster.careful(c)]
    for n in sorted(range(len(cluster.ring_of)), key=lambda n: (int(cluster.counts[plain, n].sum()), n)):
        if cluster.ring_of[n] >= 0 and not cluster.counts[careful, n].any() and evacuate(cluster, packing, n):
            cluster.give(n, -1)
    plan = cluster.plan()
    if not any(count_missing(facts.problem, plan)) and next(breaches(facts.problem, plan.ring_of, plan.counts), None) is None:
        yield plan


def _exactly(facts: Facts, context: SearchContext, best: Assignment | None, bound: int) -> tuple[Assignment | None, int]:
    exact = ExactModel(facts, context, best, idle=True)
    if not exact.place_all():
        return None, bound
    every = [literal for n in range(len(facts.problem.nodes)) for literal in exact.variables.rings_of(n).values()]
    won = exact.minimize(tuple((1, literal) for literal in every), in_use, bound)
    return exact.found(), won.bound
