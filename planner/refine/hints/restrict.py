"""A problem as guides and a division leave it: nodes are where they are to be, and who is led has nowhere else to go."""

from collections.abc import Sequence
from dataclasses import replace

from models.answer.plan import Guide
from models.solver.indexed_problem import IndexedProblem
from models.solver.problem import Problem
from planner.rules import affinity_hint


def restrict(formulation: IndexedProblem, division: Sequence[int], guides: tuple[Guide, ...]) -> Problem:
    """Return the problem with each node in the ring that the division says (-1: none), and pods only where guides lead them."""
    problem = formulation.problem
    nodes = tuple(replace(slot, rings=(ring,) if ring >= 0 else ()) for slot, ring in zip(problem.nodes, division, strict=True))
    classes = []
    for pod_class, batches in zip(problem.classes, formulation.batches, strict=True):
        led = affinity_hint.of(guides, batches[0].workload.id)
        there = (
            node for node in pod_class.candidates if led is None or formulation.nodes[node].labels.get(led.key) in led.values
        )
        classes.append(replace(pod_class, candidates=tuple(there)))
    return replace(problem, nodes=nodes, classes=tuple(classes))
