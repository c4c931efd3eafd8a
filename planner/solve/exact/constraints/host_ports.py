"""Pods that want the same host port are not on one node."""

from models.solver.problem import Problem
from planner.solve.exact.variables import Variables
from planner.solve.runtime.cp_sat import Model


def add(model: Model, problem: Problem, variables: Variables) -> None:
    """Let at most one of two clashing classes, and at most one pod of a class that clashes with itself, be on a node."""
    for clash in problem.clashes:
        if clash.first == clash.second:
            continue  # facts.fit allows one pod per node already
        # two that are there whatever is decided cannot be parted: the model would have no answer at all
        if variables.always_there(clash.first) and variables.always_there(clash.second):
            continue
        for n in sorted(set(variables.nodes_of(clash.first)) & set(variables.nodes_of(clash.second))):
            model.at_most_one([variables.present(clash.first, n), variables.present(clash.second, n)])
