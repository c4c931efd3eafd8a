"""Goal 2: as few running pods as possible that leave their node."""

from collections.abc import Mapping, Sequence

from models.problem import Problem
from planner.solve.sat import Model
from planner.solve.variables import Expression, Variables


def cost(model: Model, problem: Problem, variables: Variables) -> Expression:
    """Return the number of running pods in excess of those planned on the same node."""
    terms: list[tuple[int, int]] = []
    for c, pod_class in enumerate(problem.classes):
        for node, running in pod_class.running.items():
            leaving = model.integer(0, running)
            model.linear([(1, leaving), *variables.placed(c, int(node))], low=running)
            terms.append((1, leaving))
    return tuple(terms)


def count(problem: Problem, counts: Sequence[Mapping[int, int]]) -> int:
    """Count the same in a placement."""
    return sum(
        max(0, running - counts[c].get(int(node), 0))
        for c, pod_class in enumerate(problem.classes)
        for node, running in pod_class.running.items()
    )
