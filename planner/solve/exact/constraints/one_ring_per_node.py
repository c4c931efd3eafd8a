"""A node is in one ring, and holds pods of that ring alone."""

from models.solver.problem import Problem
from planner.solve.exact.variables import Variables
from planner.solve.instance.arrays import EVERYWHERE
from planner.solve.runtime.cp_sat import Model


def add(model: Model, problem: Problem, variables: Variables) -> None:
    """Give each node one ring (or none where that is allowed) and tie the pods to it."""
    idle = variables.idle or variables.facts.ringless_allowed
    for n in range(len(problem.nodes)):
        literals = list(variables.rings_of(n).values())
        if literals and literals != [model.true]:
            model.linear([(1, literal) for literal in literals], low=0 if idle else 1, high=1)
    for c in variables.facts.plain:
        ring = problem.classes[c].ring
        for n in variables.nodes_of(c):
            literal = variables.in_ring(n, ring)
            if ring != EVERYWHERE and literal != model.true:
                pods = variables.placed(c, n)
                model.linear([*pods, (-model.high(pods[0][1]), literal)], high=0)
