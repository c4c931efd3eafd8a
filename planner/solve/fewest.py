"""The fewest nodes that hold all pods, whatever runs where today."""

import numpy as np

from models.problem import Problem
from planner.solve.build import assign
from planner.solve.check import breaches
from planner.solve.division import Division
from planner.solve.exact import Exact
from planner.solve.facts import Facts, facts_of
from planner.solve.kinds import merge
from planner.solve.limits import Limits
from planner.solve.objectives import unplaced
from planner.solve.occupancy import occupy
from planner.solve.packing import Packing
from planner.solve.plan import Plan, missing
from planner.solve.sat import Clock
from planner.solve.subproblem import fresh

RESERVES = (0, 15, 30, 60, 100, 150)
NOT_FOUND = -1


def fewest(problem: Problem, limits: Limits) -> tuple[int, int]:
    """Return the number of nodes in use in the best placement of all pods (-1 if none was found), and a proven bound."""
    facts, clock = facts_of(fresh(problem)), Clock(limits.seconds)
    bound, plans = _by_sums(facts, limits, clock)
    plans = [plan for plan in [*plans, _greedy(facts, None)] if plan is not None]
    best = min(plans, key=in_use, default=None)
    if (best is None or in_use(best) > bound) and int((facts.fit > 0).sum()) <= limits.exact:
        best, bound = _exactly(facts, limits, clock, best, bound)
    return (NOT_FOUND if best is None else in_use(best)), bound


def in_use(plan: Plan) -> int:
    """Count the nodes that carry a ring."""
    return sum(ring >= 0 for ring in plan.ring_of)


def _by_sums(facts: Facts, limits: Limits, clock: Clock) -> tuple[int, list[Plan | None]]:
    """Bound the number by sums per kind of node, and try to pack into the nodes that the sums choose, then a few more."""
    merged = merge(facts)
    bound, plans = 0, list[Plan | None]()
    for reserve in RESERVES:
        division = Division(merged, reserve=dict.fromkeys(facts.rated, reserve), idle=True)
        division.hold(division.unplaced(None), 0)
        everywhere = [division.in_ring(g, r) for g, kind in enumerate(merged.kinds) for r in kind.rings]
        answer = division.minimize(tuple(term for terms in everywhere for term in terms), limits.work / 10, clock)
        if not reserve:
            bound = max(0, answer.bound)
        if not answer.found:
            break
        plans.append(_greedy(facts, np.array(assign(merged, division.shares(answer.values)))))
        if plans[-1] is not None:
            break
    return bound, plans


def _greedy(facts: Facts, rings: np.ndarray | None) -> Plan | None:
    """Pack into the given nodes, or open nodes as they are needed; None if that does not place all."""
    chosen = [-1] * len(facts.problem.nodes) if rings is None else [int(r) for r in rings]
    cluster = occupy(facts, chosen)
    cluster.expect(rings is None)
    Packing(cluster, lazy=rings is None).fill()
    used = cluster.counts[list(facts.plain)].any(axis=0)
    for n in np.flatnonzero(~used & (cluster.ring_of >= 0)):
        cluster.give(int(n), -1)
    plan = cluster.plan()
    wrong = any(missing(facts.problem, plan)) or next(breaches(facts.problem, plan.ring_of, plan.counts), None)
    return None if wrong else plan


def _exactly(facts: Facts, limits: Limits, clock: Clock, best: Plan | None, bound: int) -> tuple[Plan | None, int]:
    exact = Exact(facts, limits, clock, best, idle=True)
    placed = exact.place(None)
    if placed.value:
        return best, bound
    every = [literal for n in range(len(facts.problem.nodes)) for literal in exact.variables.rings_of(n).values()]
    won = exact.minimize(tuple((1, literal) for literal in every), in_use, bound)
    plan = exact.found()
    return (None if unplaced.count(facts.problem, plan.counts) else plan), won.bound
