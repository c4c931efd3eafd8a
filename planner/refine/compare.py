"""Which of two plans is the better one: what their nodes cost decides."""

from dataclasses import replace
from typing import TYPE_CHECKING

from models.solver.outcome import COST, FEASIBLE, INFEASIBLE, UNDECIDED
from planner.refine.tuning import TUNING, Tuning

if TYPE_CHECKING:
    from models.answer.plan import IsolationPlan


def cheaper(plan_a: "IsolationPlan", plan_b: "IsolationPlan") -> "IsolationPlan":
    """Return the better plan by `standing`, then that with fewer pods pending, then that which costs less; in doubt the other."""
    return min(plan_b, plan_a, key=lambda plan: (standing(plan), plan.most_pending, cost(plan) if standing(plan) < 2 else 0.0))


def standing(plan: "IsolationPlan") -> int:
    """Return how good an answer it is, 0 is best: a plan that is kept, one at risk, one that is open, none."""
    if plan.verdict == FEASIBLE:
        return int(plan.is_at_risk)
    return 2 if plan.verdict == UNDECIDED else 3


def is_near(plan: "IsolationPlan", packing: "IsolationPlan", tuning: Tuning = TUNING) -> bool:
    """Say whether the plan costs little more than the packing."""
    return cost(plan) <= tuning.pool_near * cost(packing)


def cost(plan: "IsolationPlan") -> float:
    """Return what the nodes of a plan cost."""
    return sum(goal.value for goal in plan.goals if goal.name == COST)


def refused_whatever(plan: "IsolationPlan", alone: "IsolationPlan") -> "IsolationPlan":
    """Return a no for some rings of node groups: it holds where nodes alone are refused as well, else nothing is known.

    Of several demands that contradict each other on nodes alone nobody asked whether all others of them fit whole groups.
    """
    is_refused = alone.verdict == INFEASIBLE
    conflict = alone.conflict if is_refused else ()
    smallest = len(conflict) == 1
    return replace(plan, verdict=INFEASIBLE if is_refused else UNDECIDED, conflict=conflict, conflict_smallest=smallest)
