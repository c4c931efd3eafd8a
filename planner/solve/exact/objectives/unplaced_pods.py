"""Goal 1: as few pods as possible without a place, those of higher priority first."""

from models.solver.problem import Problem
from planner.solve.exact.variables import Expression, Variables
from planner.solve.runtime.cp_sat import Model


def cost(model: Model, problem: Problem, variables: Variables, priority: int | None = None) -> Expression:  # noqa: ARG001
    """Return the number of pods without a place, of one priority or of all."""
    wanted = [c for c in variables.facts.plain if priority in (None, problem.classes[c].priority)]
    return tuple((1, variables.missing(c)) for c in wanted)
