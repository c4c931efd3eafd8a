"""Buys for a small problem exactly: one model over the nodes that are there and all that could be bought."""

from models.solver.problem import Problem
from planner.solve.buy.pack.assignment import Candidate, with_spares
from planner.solve.exact.solve import ExactModel
from planner.solve.instance.arrays import facts_of
from planner.solve.instance.assignment import Assignment, count_missing
from planner.solve.runtime.search_context import SearchContext


def search_exactly(problem: Problem, candidate: Candidate, bound: int, context: SearchContext) -> Candidate | None:
    """Search all placements of a small problem for the cheapest that leaves the fewest pods out; None if it is not small."""
    if len(problem.classes) * len(candidate.ring_of) > context.budget.exact:
        return None
    tuning, pods = context.tuning.buy, sum(c.count for c in problem.classes if not c.daemon)
    budget = None if any(candidate.missing(problem)) else candidate.cost(problem)
    wider, whole = with_spares(problem, candidate, min(pods, tuning.exact_spares), budget)
    facts = facts_of(whole)
    if int((facts.fit > 0).sum()) > context.budget.exact // tuning.per_pair:
        return None
    start = wider.with_daemons(problem)
    exact = ExactModel(facts, context, Assignment(tuple(start.ring_of), tuple(start.counts)), idle=True)
    # each offer got spares as if it had its shape to itself: offers of one shape share what there is
    for shape, most in enumerate(problem.most):
        nodes = [len(problem.nodes) + number for number, o in enumerate(wider.extra) if problem.offers[o].shape == shape]
        exact.model.linear([(1, lit) for n in nodes for lit in exact.variables.rings_of(n).values()], high=most)
    for priority in sorted({c.priority for c in problem.classes if not c.daemon}, reverse=True):
        exact.place(priority)
    terms = tuple(
        (node.price, lit) for n, node in enumerate(whole.nodes) if node.price for lit in exact.variables.rings_of(n).values()
    )
    if terms:
        prices = [node.price for node in whole.nodes]
        # the bound is of all pods: with some left out less may be spent
        least = 0 if any(count_missing(whole, exact.found())) else bound
        exact.minimize(terms, lambda plan: sum(p for p, r in zip(prices, plan.ring_of, strict=True) if r >= 0), least)
    plan = exact.found()
    return Candidate(wider.extra, list(plan.ring_of), [dict(on) for on in plan.counts])
