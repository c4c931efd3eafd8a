"""Problem -> Outcome: the only room that knows a solver. Everything heavy is imported when first asked for."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from models.solver.outcome import Goal, Outcome
from models.solver.problem import Problem
from models.solver.purchase import Purchase
from planner.solve.runtime.budget import Budget
from planner.solve.runtime.deadline import Deadline
from planner.solve.runtime.search_context import SearchContext

if TYPE_CHECKING:
    from planner.solve.blocks.settle import RingChooser

__all__ = [
    "Budget",
    "Deadline",
    "SearchContext",
    "fewest_nodes",
    "lower_bound",
    "nodes_in_use",
    "purchase",
    "redundant_purchase",
    "repairs",
    "ring_chooser",
    "solve",
    "with_all_offers",
    "with_blocks_settled",
    "with_bought_nodes",
    "with_goal_values",
]

DEFAULT = SearchContext()


def solve(problem: Problem, context: SearchContext = DEFAULT, start: Outcome | None = None) -> Outcome:
    """Place as many pods as possible, moving and relabelling as little as possible, with the most even head-room.

    Blocks stay whole, or as few as possible are divided where they may be. The goals are met in this order, each with a proven
    bound; the same problem and budget give the same outcome everywhere, unless the deadline was hit. The search begins with
    `start`, a placement that keeps the rules.
    """
    from planner.solve.blocks.search import search_blocks
    from planner.solve.instance.assignment import Assignment
    from planner.solve.instance.ring_sizes import with_ring_minimums, without_ring_minimums
    from planner.solve.owned.solve import search
    from planner.solve.place.evaluate import nothing_tried
    from planner.solve.runtime.interrupt import in_time

    whole = with_ring_minimums(problem)
    marks = len(whole.classes) - len(problem.classes)
    # a start knows nothing of the pods that stand for the nodes a ring must have
    known = Assignment(start.ring_of, (*map(dict, start.counts), *({} for _ in range(marks)))) if start else None
    if problem.blocks:
        outcome = in_time(lambda: search_blocks(whole, context.early()), context.deadline.left())
    else:
        outcome = in_time(lambda: search(whole, context.early(), known), context.deadline.left())
    return without_ring_minimums(problem, outcome or nothing_tried(whole))


def fewest_nodes(problem: Problem, context: SearchContext = DEFAULT) -> tuple[int, int]:
    """Return how many nodes hold all pods at best (-1 if no way was found), and a proven lower bound."""
    from planner.solve.instance.ring_sizes import with_ring_minimums
    from planner.solve.place.min_nodes import NOT_FOUND, fewest_nodes
    from planner.solve.runtime.interrupt import in_time

    return in_time(lambda: fewest_nodes(with_ring_minimums(problem), context), context.deadline.left()) or (NOT_FOUND, 0)


def nodes_in_use(problem: Problem, context: SearchContext = DEFAULT) -> tuple[tuple[int, ...] | None, int]:
    """Return each node's ring (-1 for none) in the placement that uses fewest nodes, if one was found, and a proven bound."""
    from planner.solve.instance.ring_sizes import with_ring_minimums
    from planner.solve.place.min_nodes import placement_on_fewest_nodes
    from planner.solve.runtime.interrupt import in_time

    marked = with_ring_minimums(problem)
    best, bound = in_time(lambda: placement_on_fewest_nodes(marked, context), context.deadline.left()) or (None, 0)
    return (best.ring_of if best else None), bound


def lower_bound(problem: Problem, context: SearchContext = DEFAULT, priced: bool = True) -> int:
    """Return what placing all pods costs at least, in a price's unit; in nodes where nothing is priced."""
    from planner.solve.instance.ring_sizes import with_ring_minimums
    from planner.solve.runtime.interrupt import in_time

    if priced:
        from planner.solve.buy.solve import lower_bound

        return in_time(lambda: lower_bound(with_ring_minimums(problem), context), context.deadline.left()) or 0
    from planner.solve.place.min_nodes import lower_bound as nodes

    return in_time(lambda: nodes(with_ring_minimums(problem), context), context.deadline.left()) or 0


def repairs(problem: Problem, outcome: Outcome, context: SearchContext = DEFAULT) -> tuple[tuple[int, int, int], ...]:
    """Return (ring, node, copies): the fewest more nodes like one that is there that make everything fit.

    Ring -1 means that these repair all: one kind of node, or one of each zone that must be survived; otherwise there is one entry
    for each ring that such nodes can repair.
    Blocks keep the rings that they have. Nothing is offered where the number of a ring's nodes is limited: more nodes may be what
    is not allowed.
    """
    from planner.solve.infeasible.cheapest_repair import find_repairs
    from planner.solve.runtime.interrupt import in_time

    if problem.sizes:
        return ()
    whole = with_blocks_settled(problem, outcome)
    return in_time(lambda: tuple(find_repairs(whole, outcome, context)), context.deadline.left()) or ()


def with_goal_values(problem: Problem, outcome: Outcome, best: tuple[Goal, ...]) -> Outcome:
    """Return a placement of all pods with what its goals come to; `best` brings what is proven of each."""
    from planner.solve.place.evaluate import with_goal_values as rate

    return rate(problem, outcome, best)


def purchase(problem: Problem, context: SearchContext = DEFAULT) -> Purchase:
    """Decide which nodes to use and to buy for which ring so that all pods have a place at least cost.

    The search ends once the cost is within the context's gap of the bound. Nothing is bought where it is cut short before it
    has found anything.
    """
    from planner.solve.buy.pack.assignment import empty_purchase
    from planner.solve.buy.solve import buy
    from planner.solve.instance.ring_sizes import purchase_without_ring_minimums, with_ring_minimums
    from planner.solve.runtime.interrupt import in_time

    bought = in_time(lambda: buy(with_ring_minimums(problem), context.early()), context.deadline.left())
    return purchase_without_ring_minimums(problem, bought) if bought else empty_purchase(problem)


def redundant_purchase(problem: Problem, bought: Purchase, context: SearchContext = DEFAULT) -> Purchase:
    """Return a purchase whose rings survive the problem's losses, as cheap as one is found; the given one if none is."""
    from planner.solve.buy_redundant.search import redundant_purchase as last
    from planner.solve.runtime.interrupt import in_time

    return in_time(lambda: last(problem, bought, context.early()), context.deadline.left()) or bought


def with_bought_nodes(problem: Problem, bought: Purchase) -> Problem:
    """Return the problem with what was bought as nodes, each in its ring for good."""
    from planner.solve.buy.solve import with_purchase

    return with_purchase(problem, bought)


def ring_chooser(
    problem: Problem, worth: Sequence[int], scale: int, is_stuck: Sequence[bool], context: SearchContext = DEFAULT
) -> "RingChooser":
    """Return who proposes rings of blocks, such that the pods for which nodes are bought then are worth little, by class."""
    from planner.solve.blocks.settle import RingChooser

    return RingChooser(problem, worth, scale, is_stuck, context)


def with_blocks_settled(problem: Problem, outcome: Outcome) -> Problem:
    """Return the problem with each block in the rings that an outcome gives it, for good."""
    from planner.solve.instance.blocks import restricted, rings_of_blocks

    return restricted(problem, rings_of_blocks(problem, outcome.ring_of))


def with_all_offers(problem: Problem) -> Problem:
    """Return the problem with all nodes that can be bought, no harder than with any of them: rules between pods are left out."""
    from planner.solve.instance.offers_as_nodes import with_all_offers as all_of_them

    return all_of_them(problem)
