"""What the solver is asked beside the placement: what separation costs, and the cheapest repair."""

from dataclasses import replace
from typing import TYPE_CHECKING

from models.answer.plan import NewGroup, Repair, Separation
from models.solver.outcome import FEASIBLE
from planner.refine.tuning import TUNING, Tuning

if TYPE_CHECKING:
    from models.solver.indexed_problem import IndexedProblem
    from models.solver.outcome import Outcome
    from models.trust import TrustPolicy
    from planner.solve import SearchContext


def in_brief(context: "SearchContext", tuning: Tuning = TUNING) -> "SearchContext":
    """Return the context with work for a few seconds, after which a bound has to do in place of a proof."""
    return context.with_work(tuning.beside_work)


def separation(
    formulation: "IndexedProblem", context: "SearchContext", outcome: "Outcome | None" = None, tuning: Tuning = TUNING
) -> Separation | None:
    """Count nodes with rings and without; nothing where the search found no way to pack them in time, or no time is left.

    A packing that keeps the rings apart also does without them, unless a spread then counts more domains. Where a purse was too
    small to find one, no more nodes are needed than a known `outcome` has in its rings.
    """
    from planner.formulate import without_rings
    from planner.solve import fewest_nodes

    if context.deadline.left() == 0:
        return None
    apart, least = fewest_nodes(formulation.problem, _counting(context, tuning.with_rings, tuning))
    if apart < 0 and context.deadline.purse and outcome:
        apart = sum(ring >= 0 for ring in outcome.ring_of)
    if apart < 0:
        return None
    value, bound = fewest_nodes(without_rings(formulation.problem), _counting(context, 1.0, tuning))
    if not formulation.problem.spreads:
        value, least = min(value, apart) if value >= 0 else apart, max(least, bound)
    return Separation(apart, least, value, bound) if 0 <= value <= apart else None


def _counting(context: "SearchContext", share: float, tuning: Tuning) -> "SearchContext":
    """Return the context with a share of what is left of its purse, where there is one."""
    purse = context.deadline.purse
    if purse is None:
        return context
    return context.with_budget(work=tuning.counting_work * context.budget.work).with_work(share * purse.left)


def repairs(formulation: "IndexedProblem", outcome: "Outcome", context: "SearchContext") -> tuple[Repair, ...]:
    """Return the fewest more nodes, like one that is there, with which everything fits, or all of a ring."""
    from planner.solve import repairs as cheapest_repairs

    rings = (*formulation.problem.rings, "")
    cheapest = cheapest_repairs(formulation.problem, outcome, context)
    return tuple(Repair(formulation.nodes[node].name, count, rings[ring]) for ring, node, count in cheapest)


def new_groups(
    formulation: "IndexedProblem", outcome: "Outcome", policy: "TrustPolicy", context: "SearchContext"
) -> tuple[NewGroup, ...]:
    """Return the fewest parts of node groups with which everything fits once they are groups of their own.

    None where groups are not what is in the way: pods that contradict each other do so on any nodes.
    """
    from planner.settle.new_groups import new_groups as parts_of
    from planner.solve import solve

    problem = formulation.problem
    if not problem.blocks or problem.divisible or outcome.conflict:
        return ()
    divided = solve(replace(problem, divisible=True), context)
    return parts_of(formulation, divided.ring_of, policy) if divided.verdict == FEASIBLE else ()
