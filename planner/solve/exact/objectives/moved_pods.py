"""Goal 2: as few running pods as possible that leave their node; to delete a pod that is no longer wanted is no move.

Pods that would leave data behind weigh more than all others together: as few of them as possible move first, and then of all.
"""

from models.solver.problem import Problem
from planner.solve.exact.variables import Expression, Variables
from planner.solve.instance.goal_values import still_wanted
from planner.solve.runtime.cp_sat import Model


def cost(model: Model, problem: Problem, variables: Variables) -> Expression:
    """Return the weight of the running pods that are still wanted, less that of those that stay."""
    terms: list[tuple[int, int]] = []
    for c, pod_class in enumerate(problem.classes):
        if not still_wanted(pod_class):
            continue
        terms.append((pod_class.weight * still_wanted(pod_class), model.true))
        for node, running in pod_class.running.items():
            staying = model.integer(0, running)
            model.linear([(-1, staying), *variables.placed(c, int(node))], low=0)
            terms.append((-pod_class.weight, staying))
    return tuple(terms)
