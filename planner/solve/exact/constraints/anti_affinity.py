"""Required anti-affinity: where a pod of the owner is, the domain holds no other pod that it keeps away from."""

from models.solver.problem import AntiAffinity, Problem
from planner.solve.exact.variables import Variables
from planner.solve.runtime.cp_sat import Model


def add(model: Model, problem: Problem, variables: Variables) -> None:
    """Forbid, per domain, owner and others together; kube-scheduler checks both directions."""
    for apart in problem.aparts:
        for domain in apart.domains:
            _one_domain(model, variables, apart, domain)


def _one_domain(model: Model, variables: Variables, apart: AntiAffinity, domain: tuple[int, ...]) -> None:
    fixed = variables.always_there(apart.owner)
    owner = variables.present_in(apart.owner, domain)
    if owner == ~model.true:
        return
    if apart.owner in apart.others and not fixed:
        model.linear(variables.placed_in(apart.owner, domain), high=1)
    for other in sorted(set(apart.others) - {apart.owner}):
        # two that are there whatever is decided cannot be kept apart: the model would have no answer at all
        if not (fixed and variables.always_there(other)):
            guest = variables.present_in(other, domain)
            if guest != ~model.true:
                model.any_of([~owner, ~guest])
