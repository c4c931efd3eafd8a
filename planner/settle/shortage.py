"""What each ring is short of, summed over its nodes."""

from collections.abc import Iterator

from models.answer.plan import Shortage
from models.solver.indexed_problem import IndexedProblem
from models.solver.outcome import Outcome


def shortages(formulation: IndexedProblem, outcome: Outcome) -> tuple[Shortage, ...]:
    """List, for rings with unplaced pods, the resources that all their pods need more of than their nodes have."""
    problem = formulation.problem
    rings = sorted({problem.classes[number].ring for number, count in enumerate(outcome.unplaced) if count})
    return tuple(shortage for ring in rings if ring >= 0 for shortage in _of_ring(formulation, outcome, ring))


def _of_ring(formulation: IndexedProblem, outcome: Outcome, ring: int) -> Iterator[Shortage]:
    problem = formulation.problem
    counts = [sum(batch.count for batch in group) for group in formulation.batches]
    nodes = {number for number, owner in enumerate(outcome.ring_of) if owner == ring}
    for column, resource in enumerate(problem.resources):
        needed = sum(
            c.requests[column] * (len(nodes.intersection(c.candidates)) if c.daemon else count)
            for c, count in zip(problem.classes, counts, strict=True)
            if c.ring == ring
        )
        available = sum(problem.nodes[node].capacity[column] for node in nodes)
        if needed > available:
            yield Shortage(problem.rings[ring], resource, needed, available)
