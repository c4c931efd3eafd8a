"""Goal 2: as few running pods as possible that leave their node; to delete a pod that is no longer wanted is no move.

Pods that would leave data behind weigh more than all others together: as few of them as possible move first, and then of all.
"""

from collections.abc import Mapping, Sequence

from models.solver.outcome import DATA, MOVES, Goal
from models.solver.problem import PodClass, Problem
from planner.solve.exact.variables import Expression, Variables
from planner.solve.runtime.cp_sat import Model


def most(pod_class: PodClass) -> int:
    """Return how many of the running pods are still wanted; daemons do not move, they come and go with the rings of nodes."""
    return 0 if pod_class.daemon else min(sum(pod_class.running.values()), pod_class.count)


def cost(model: Model, problem: Problem, variables: Variables) -> Expression:
    """Return the weight of the running pods that are still wanted, less that of those that stay."""
    terms: list[tuple[int, int]] = []
    for c, pod_class in enumerate(problem.classes):
        if not most(pod_class):
            continue
        terms.append((pod_class.weight * most(pod_class), model.true))
        for node, running in pod_class.running.items():
            staying = model.integer(0, running)
            model.linear([(-1, staying), *variables.placed(c, int(node))], low=0)
            terms.append((-pod_class.weight, staying))
    return tuple(terms)


def count(problem: Problem, counts: Sequence[Mapping[int, int]]) -> int:
    """Count the same in a placement."""
    return sum(
        pod_class.weight * (most(pod_class) - _staying(pod_class, counts[c]))
        for c, pod_class in enumerate(problem.classes)
        if most(pod_class)
    )


def _staying(pod_class: PodClass, on: Mapping[int, int]) -> int:
    return sum(min(running, on.get(int(node), 0)) for node, running in pod_class.running.items())


def goals(problem: Problem, value: int, bound: int) -> tuple[Goal, ...]:
    """Write what was won, and what is proven to be least, in pods: those that leave data behind, if any could, and all.

    As of every goal, what is proven of all that move holds under what the goal before has come to.
    """
    weight = max((one.weight for one in problem.classes), default=1)
    if weight == 1:
        return (Goal(MOVES, value, bound),)
    lost = value // weight
    return Goal(DATA, lost, bound // weight), Goal(MOVES, lost + value % weight, lost + max(0, bound - lost * weight))
