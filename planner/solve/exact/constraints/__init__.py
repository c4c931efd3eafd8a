"""What a placement must satisfy, one file per rule; each adds itself to a model."""

from models.solver.problem import Problem
from planner.solve.exact.constraints import (
    anti_affinity,
    capacity,
    host_ports,
    one_ring_per_node,
    place_each_pod,
    pod_affinity,
    redundancy,
    ring_size,
    symmetry_breaking,
    topology_spread,
)
from planner.solve.exact.variables import Variables
from planner.solve.runtime.cp_sat import Model

RULES = {
    "ring": one_ring_per_node.add,
    "capacity": capacity.add,
    "count": place_each_pod.add,
    "clash": host_ports.add,
    "apart": anti_affinity.add,
    "spread": topology_spread.add,
    "together": pod_affinity.add,
    "symmetry": symmetry_breaking.add,
    "survive": redundancy.add,
    "size": ring_size.add,
}


def add_all(model: Model, problem: Problem, variables: Variables) -> None:
    """Add every rule."""
    for add in RULES.values():
        add(model, problem, variables)
