"""Each pod of a class is on one node, or counted as missing."""

from models.solver.problem import Problem
from planner.solve.exact.variables import Variables
from planner.solve.runtime.cp_sat import Model


def add(model: Model, problem: Problem, variables: Variables) -> None:
    """Make the placed and the missing pods add up."""
    for c in variables.facts.plain:
        pods = variables.placed_in(c, variables.nodes_of(c))
        total = problem.classes[c].count
        model.linear([*pods, (1, variables.missing(c))], low=total, high=total)
