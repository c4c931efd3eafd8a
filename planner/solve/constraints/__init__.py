"""What a placement must satisfy, one file per rule; each adds itself to a model."""

from models.solver.problem import Problem
from planner.solve.constraints import apart, capacity, clash, count, ring, size, spread, survive, symmetry, together
from planner.solve.sat import Model
from planner.solve.variables import Variables

RULES = {
    "ring": ring.add,
    "capacity": capacity.add,
    "count": count.add,
    "clash": clash.add,
    "apart": apart.add,
    "spread": spread.add,
    "together": together.add,
    "symmetry": symmetry.add,
    "survive": survive.add,
    "size": size.add,
}


def add_all(model: Model, problem: Problem, variables: Variables) -> None:
    """Add every rule."""
    for add in RULES.values():
        add(model, problem, variables)
