"""Packs ring by ring, exactly, on nodes that have been divided: rings have no node in common, so each is a small model of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from models.frozen_map import FrozenMap
from models.solver.problem import Problem
from planner.solve.exact.solve import ExactModel
from planner.solve.instance.arrays import EVERYWHERE, Facts, facts_of
from planner.solve.instance.assignment import Assignment, daemon_counts, empty_assignment
from planner.solve.instance.goal_values import priorities_of
from planner.solve.runtime.budget import Limits
from planner.solve.runtime.deadline import Deadline

PER_GOAL = 1 / 20
"""So much of a goal's work goes into one goal of one ring: with all joint rules in the model, most take a hundredth."""


def pack_rings(facts: Facts, ring_of: Sequence[int], limits: Limits, deadline: Deadline) -> Assignment | None:
    """Return a packing of as many pods as are placed in time; None where the pods of some class belong to no ring."""
    if any(facts.ring_of_class[c] == EVERYWHERE for c in facts.plain):
        return None
    problem = facts.problem
    counts: list[Mapping[int, int]] = [
        daemon_counts(problem, ring_of, c) if pod_class.daemon else {} for c, pod_class in enumerate(problem.classes)
    ]
    brief = replace(limits, work=PER_GOAL * limits.work)
    for ring in facts.rated:
        part = facts_of(_only_ring(problem, ring_of, ring))
        if int((part.fit > 0).sum()) > limits.exact:
            return None
        packed = _pack(part, brief, deadline)
        for c in part.plain:
            counts[c] = packed.counts[c] or counts[c]
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


def _pack(facts: Facts, limits: Limits, deadline: Deadline) -> Assignment:
    exact = ExactModel(facts, limits, deadline, empty_assignment(facts.problem))
    for priority in priorities_of(facts.problem):
        exact.place(priority)
    if facts.running.any():
        exact.stay()
    return exact.found()
