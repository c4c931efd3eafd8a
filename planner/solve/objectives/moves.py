"""Goal 2: as few running pods as possible that leave their node; to delete a pod that is no longer wanted is no move."""

from collections.abc import Mapping, Sequence

from models.problem import PodClass, Problem
from planner.solve.sat import Model
from planner.solve.variables import Expression, Variables


def most(pod_class: PodClass) -> int:
    """Return how many of the running pods are still wanted; daemons do not move, they come and go with the rings of nodes."""
    return 0 if pod_class.daemon else min(sum(pod_class.running.values()), pod_class.count)


def cost(model: Model, problem: Problem, variables: Variables) -> Expression:
    """Return the number of running pods that are still wanted, less those that stay."""
    terms: list[tuple[int, int]] = []
    for c, pod_class in enumerate(problem.classes):
        if not most(pod_class):
            continue
        terms.append((most(pod_class), model.true))
        for node, running in pod_class.running.items():
            staying = model.integer(0, running)
            model.linear([(-1, staying), *variables.placed(c, int(node))], low=0)
            terms.append((-1, staying))
    return tuple(terms)


def count(problem: Problem, counts: Sequence[Mapping[int, int]]) -> int:
    """Count the same in a placement."""
    return sum(most(pod_class) - _staying(pod_class, counts[c]) for c, pod_class in enumerate(problem.classes) if most(pod_class))


def _staying(pod_class: PodClass, on: Mapping[int, int]) -> int:
    return sum(min(running, on.get(int(node), 0)) for node, running in pod_class.running.items())
