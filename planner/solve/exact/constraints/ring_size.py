"""A ring has no more nodes than it may have."""

from models.solver.problem import Problem
from planner.solve.exact.variables import Variables
from planner.solve.instance.ring_sizes import most_nodes_of
from planner.solve.runtime.cp_sat import Model


def add(model: Model, problem: Problem, variables: Variables) -> None:
    """Count the nodes of each ring that is limited."""
    nodes = range(len(problem.nodes))
    for r in range(len(problem.rings)):
        inside = [variables.rings_of(n)[r] for n in nodes if r in variables.rings_of(n)]
        if len(inside) > most_nodes_of(problem, r):
            model.linear([(1, literal) for literal in inside], high=most_nodes_of(problem, r))
