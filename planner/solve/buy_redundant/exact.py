"""Which nodes to buy so that rings survive, in one exact model with all losses in it: for what is small."""

from collections.abc import Sequence

from models.solver.problem import Problem
from models.solver.purchase import Purchase
from planner.solve.buy.pack.assignment import Candidate, with_spares
from planner.solve.exact.solve import ExactModel
from planner.solve.instance.arrays import Facts, facts_of
from planner.solve.instance.assignment import Assignment
from planner.solve.runtime.search_context import SearchContext


def search_exactly(problem: Problem, purchase: Purchase, survives: bool, context: SearchContext) -> Candidate | None:
    """Return the cheapest placement that survives all losses, as far as one is found; None where none is.

    It begins with a purchase, and is no dearer where that `survives`.
    """
    candidate = candidate_of(purchase)
    for most in context.tuning.redundancy.spares:
        wider, whole = with_spares(problem, candidate, most, purchase.cost if survives else None)
        facts = facts_of(whole)
        if _is_small(facts, context):
            start = wider.with_daemons(problem)
            known = Assignment(tuple(start.ring_of), tuple(start.counts)) if survives else None
            exact = ExactModel(
                facts, context.with_budget(work=context.tuning.redundancy.exact * context.budget.work), known, idle=True
            )
            return without_unused(problem, _cheapest(problem, wider.extra, exact, purchase.bound))
    return None


def _is_small(facts: Facts, context: SearchContext) -> bool:
    pairs, most_pairs = int((facts.fit > 0).sum()), context.budget.exact
    with_losses = pairs * len(facts.problem.losses)
    tuning = context.tuning
    return pairs * tuning.buy.per_pair <= most_pairs and with_losses <= tuning.redundancy.growth * most_pairs


def _cheapest(problem: Problem, extra: Sequence[int], exact: ExactModel, bound: int) -> Candidate | None:
    nodes = exact.facts.problem.nodes
    _limit(problem, extra, exact)
    if not exact.place_all():
        return None
    terms = tuple(
        (node.price, ring) for n, node in enumerate(nodes) if node.price for ring in exact.variables.rings_of(n).values()
    )
    if terms:
        exact.minimize(terms, lambda plan: sum(node.price for node, r in zip(nodes, plan.ring_of, strict=True) if r >= 0), bound)
    plan = exact.found()
    return Candidate(list(extra), list(plan.ring_of), [dict(on) for on in plan.counts])


def _limit(problem: Problem, extra: Sequence[int], exact: ExactModel) -> None:
    """Let no more nodes of a shape be used than there are, and no fewer in a ring than it must have."""
    variables, first = exact.variables, len(problem.nodes)
    for shape, most in enumerate(problem.most):
        nodes = [first + number for number, o in enumerate(extra) if problem.offers[o].shape == shape]
        exact.model.linear([(1, ring) for n in nodes for ring in variables.rings_of(n).values()], high=most)
    # here no pods stand for the nodes that a ring must have, so these are counted as well
    for r, size in enumerate(problem.sizes):
        exact.model.linear([(1, variables.in_ring(n, r)) for n in range(first + len(extra))], low=size.least)


def candidate_of(purchase: Purchase) -> Candidate:
    """Return the placement of a purchase."""
    return Candidate(list(purchase.bought), list(purchase.ring_of), [dict(on) for on in purchase.counts])


def without_unused(problem: Problem, candidate: Candidate | None) -> Candidate | None:
    """Drop what is not used, and order what is bought by ring and offer; pods may come to a node that has none."""
    if candidate is None:
        return None
    first = len(problem.nodes)
    bought = (n for n in range(first, len(candidate.ring_of)) if candidate.ring_of[n] >= 0)
    kept = sorted(bought, key=lambda n: (candidate.ring_of[n], candidate.extra[n - first], n))
    new = {n: n for n in range(first)} | {n: first + number for number, n in enumerate(kept)}
    rings = [*candidate.ring_of[:first], *(candidate.ring_of[n] for n in kept)]
    counts = [{new[n]: pods for n, pods in sorted(on.items()) if n in new} for on in candidate.counts]
    return Candidate([candidate.extra[n - first] for n in kept], rings, counts).with_daemons(problem)
