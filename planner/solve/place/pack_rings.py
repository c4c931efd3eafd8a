"""Packs ring by ring, exactly, on nodes that have been divided: rings share no node, so each is a small model of its own."""

from collections.abc import Sequence
from dataclasses import replace

from models.frozen_map import FrozenMap
from models.solver.problem import Problem
from planner.solve.exact.solve import ExactModel
from planner.solve.instance.arrays import Facts, facts_of
from planner.solve.instance.assignment import Assignment, count_missing, daemon_counts, empty_assignment
from planner.solve.instance.goal_values import priorities_of
from planner.solve.runtime.search_context import SearchContext


def pack_rings(facts: Facts, ring_of: Sequence[int], packed: Assignment, context: SearchContext) -> Assignment:
    """Return the packing with the nodes in these rings: rings that lack room or get other nodes are packed anew.

    As many pods are placed as are found a place for in time; rings that are large stay as they are packed.
    """
    problem, left = facts.problem, count_missing(facts.problem, packed)
    placement = context.tuning.placement
    brief = context.with_budget(work=min(placement.ring_most, placement.ring * context.budget.work))
    counts = [
        daemon_counts(problem, ring_of, c) if pod_class.daemon else dict(on)
        for c, (pod_class, on) in enumerate(zip(problem.classes, packed.counts, strict=True))
    ]
    for ring in facts.rated:
        mine = [c for c in facts.plain if facts.ring_of_class[c] == ring]
        is_same = all((now == ring) == (then == ring) for now, then in zip(ring_of, packed.ring_of, strict=True))
        part = facts_of(_only_ring(problem, ring_of, ring))
        if (is_same and not any(left[c] for c in mine)) or int((part.fit > 0).sum()) > context.budget.exact:
            continue
        again = _pack(part, brief)
        for c in mine:
            counts[c] = dict(again.counts[c])
    return Assignment(tuple(ring_of), tuple(counts))


def _only_ring(problem: Problem, ring_of: Sequence[int], ring: int) -> Problem:
    """Return the problem with the nodes and pods of one ring; of others nothing is asked."""
    nodes = tuple(
        replace(slot, rings=(ring,) if is_in == ring else ()) for slot, is_in in zip(problem.nodes, ring_of, strict=True)
    )
    classes = tuple(
        pod_class
        if pod_class.daemon or pod_class.ring == ring
        else replace(pod_class, count=0, candidates=(), running=FrozenMap(), parts=())
        for pod_class in problem.classes
    )
    return replace(problem, nodes=nodes, classes=classes, sizes=())


def _pack(facts: Facts, context: SearchContext) -> Assignment:
    """Ask for a place for all pods, which is the rule; where that is not found, for those of higher priority first."""
    exact = ExactModel(facts, context, empty_assignment(facts.problem))
    if exact.place(None).value:
        # a new model: the first is held to its number of pods, which pods of higher priority may not keep to
        exact = ExactModel(facts, context, exact.found())
        for priority in priorities_of(facts.problem):
            exact.place(priority)
    if facts.running.any():
        exact.stay()
    return exact.found()
