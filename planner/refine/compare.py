"""Which of two plans is the better one: what their nodes cost decides."""

from typing import TYPE_CHECKING

from models.solver.outcome import COST, FEASIBLE
from planner.refine.tuning import TUNING, Tuning

if TYPE_CHECKING:
    from models.answer.plan import IsolationPlan


def cheaper(plan_a: "IsolationPlan", plan_b: "IsolationPlan") -> "IsolationPlan":
    """Return the feasible plan that costs less; the other one where they cost the same, or neither is feasible."""
    return min(plan_b, plan_a, key=lambda plan: (plan.verdict != FEASIBLE, cost(plan) if plan.verdict == FEASIBLE else 0.0))


def is_near(plan: "IsolationPlan", packing: "IsolationPlan", tuning: Tuning = TUNING) -> bool:
    """Say whether the plan costs little more than the packing."""
    return cost(plan) <= tuning.pool_near * cost(packing)


def cost(plan: "IsolationPlan") -> float:
    """Return what the nodes of a plan cost."""
    return sum(goal.value for goal in plan.goals if goal.name == COST)
