"""Goal 3: as few nodes as possible that lose the ring they carry today."""

from models.solver.problem import Problem
from planner.solve.exact.variables import Expression, Variables
from planner.solve.runtime.cp_sat import Model


def cost(model: Model, problem: Problem, variables: Variables) -> Expression:  # noqa: ARG001
    """Return the number of nodes with a ring today that are not given the same."""
    carried = [(n, node.ring_today) for n, node in enumerate(problem.nodes) if node.ring_today >= 0]
    return tuple((1, ~variables.in_ring(n, ring)) for n, ring in carried)
