"""A placement while it is being worked on, and its values."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.solver.problem import Problem
from planner.solve.instance.arrays import EVERYWHERE, Facts
from planner.solve.instance.ring_sizes import has_limited_rings


@dataclass(frozen=True, slots=True)
class Assignment:
    """The ring of each node (-1 for none), and per class the number of pods on each node."""

    ring_of: tuple[int, ...]
    counts: tuple[dict[int, int], ...]


def daemon_counts(problem: Problem, ring_of: Sequence[int], c: int) -> dict[int, int]:
    """Return where the daemons of a class are, given the rings."""
    pod_class = problem.classes[c]
    return {n: 1 for n in pod_class.candidates if pod_class.ring in (EVERYWHERE, ring_of[n])}


def empty_assignment(problem: Problem) -> Assignment:
    """Return the placement in which no node has a ring, and nobody a place but who is everywhere."""
    rings = (-1,) * len(problem.nodes)
    return Assignment(
        rings, tuple(daemon_counts(problem, rings, c) if pod_class.daemon else {} for c, pod_class in enumerate(problem.classes))
    )


def count_ringless(facts: Facts, plan: Assignment) -> int:
    """Count the nodes without a ring that could serve one; none count where rings may not have all nodes."""
    if has_limited_rings(facts.problem):
        return 0
    return sum(ring < 0 and bool(facts.usable[n].any()) for n, ring in enumerate(plan.ring_of))


def count_missing(problem: Problem, plan: Assignment) -> tuple[int, ...]:
    """Return the number of pods without a place, per class."""
    placed = [sum(counts.values()) for counts in plan.counts]
    return tuple(0 if c.daemon else c.count - placed[i] for i, c in enumerate(problem.classes))
