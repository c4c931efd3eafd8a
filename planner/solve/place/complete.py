"""Placements of all pods: found by packing or, where that is small, exactly, and checked before anybody believes them."""

from models.solver.problem import Problem
from planner.solve.exact.solve import ExactModel
from planner.solve.instance.arrays import Facts
from planner.solve.instance.assignment import Assignment, count_missing
from planner.solve.instance.validate import breaches
from planner.solve.place.construct import Builder
from planner.solve.runtime.search_context import SearchContext


def complete(facts: Facts, context: SearchContext) -> Assignment | None:
    """Return a placement of all pods, however even; None where none was found."""
    plan = Builder(facts, context).build()
    if not any(count_missing(facts.problem, plan)):
        return assert_valid(facts.problem, plan)
    if int((facts.fit > 0).sum()) > context.budget.exact:
        return None
    exact = ExactModel(facts, context)
    return assert_valid(facts.problem, exact.found()) if exact.place_all() else None


def assert_valid(problem: Problem, plan: Assignment) -> Assignment:
    """Return the plan, in which no rule is broken: where one is, the solver has a mistake, and no plan is better than that."""
    wrong = next(breaches(problem, plan.ring_of, plan.counts), None)
    if wrong:
        raise AssertionError(f"the placement breaks a rule: {wrong.rule}: {wrong.what}")
    return plan
