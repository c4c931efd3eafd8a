"""Why more nodes do not help: pods that fit nowhere, or a proof that all that could be bought is not enough."""

from dataclasses import replace
from typing import TYPE_CHECKING

from models.solver.outcome import INFEASIBLE, Goal, Outcome
from planner.refine.purchase_result import UNPLACED

if TYPE_CHECKING:
    from models.solver.indexed_problem import IndexedProblem
    from planner.refine.shop import Shop
    from planner.solve import SearchContext


def why_nothing_helps(shop: "Shop", context: "SearchContext", most_nodes: int) -> Outcome | None:
    """Return the proof that not all pods find a place whatever is bought; None where that is not known."""
    return _homeless(shop.formulation) or _refute(shop, context, most_nodes)


def _homeless(formulation: "IndexedProblem") -> Outcome | None:
    """Say that some pods fit nowhere, whatever is bought; None where each class fits on all nodes and offers by itself."""
    classes, beyond = formulation.problem.classes, formulation.beyond
    nowhere = {
        number
        for number, pod_class in enumerate(classes)
        if pod_class.count and not (pod_class.daemon or pod_class.candidates or pod_class.offers)
    }
    hopeless = sorted(nowhere | {number for number, pods in enumerate(beyond) if pods})
    if not hopeless:
        return None
    pods = float(sum(classes[number].count for number in nowhere))
    goals = (Goal(UNPLACED, pods, pods),)
    return Outcome(INFEASIBLE, (), (), (), goals, conflict=(hopeless[0],), conflict_smallest=True)


def _refute(shop: "Shop", context: "SearchContext", most_nodes: int) -> Outcome | None:
    """Return why not all pods find a place even if all is bought that there is; None where that is not known.

    First as if there were so many nodes in each zone, then as if each of those that there are were in all zones.
    """
    from planner.rules.purchased_node import numbered
    from planner.solve import solve, with_all_offers

    problem = shop.formulation.problem
    enough = sum(pod_class.count for pod_class in problem.classes if not pod_class.daemon) + sum(
        size.least for size in problem.sizes
    )
    counts = [min(enough, problem.most[offer.shape]) for offer in problem.offers]
    if sum(counts) > most_nodes:
        return None
    examples = zip(shop.formulation.offers, counts, strict=True)
    nodes = [numbered(example, number) for example, count in examples for number in range(1, count + 1)]
    outcome = solve(shop.problem_with(nodes)[1].problem, context)
    if not _is_refused(outcome) and len(problem.most) < len(problem.offers):
        outcome = replace(solve(with_all_offers(problem), context), conflict_smallest=False)
    return outcome if _is_refused(outcome) else None


def _is_refused(outcome: Outcome) -> bool:
    return outcome.verdict == INFEASIBLE and any(outcome.unplaced)
