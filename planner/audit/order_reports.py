"""What a plan says of the orders in which its pods may arrive, as data, and whether that can be said of it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from models.answer.order_reports import OrdersSimulated
from planner.refine.oracle import report
from planner.refine.oracle.orders import is_small, orders, rolls_out, ties_of
from planner.refine.tuning import THOROUGH, TUNING, Tuning
from planner.wording import order_reports

if TYPE_CHECKING:
    from models.answer.plan import IsolationPlan
    from models.kubernetes.cluster import Statement


def orders_said(plan: "IsolationPlan", statement: "Statement", tuning: Tuning = TUNING) -> OrdersSimulated | None:
    """Return what a statement says of simulated orders, if that can be said of the plan.

    Whoever ends the search early has the usual orders only. How many pods stayed pending its grade says, too.
    """
    said = order_reports.orders_of(statement)
    if said is None or (plan.grade and not plan.unplaced and said.left != sum(plan.grade.workloads.values())):
        return None
    ways = {1, ties_of(plan, tuning) + 1, ties_of(plan, THOROUGH) + 1}
    possible = (report.orders_simulated(plan, names, said.ways, said.left) for names in _tried(plan, tuning))
    return said if said.ways in ways and said in possible else None


def _tried(plan: "IsolationPlan", tuning: Tuning) -> "Iterator[tuple[str, ...]]":
    """Yield the orders that may have been tried: all that are, and the usual ones alone."""
    from planner import simulate
    from planner.simulate.scheduler.arrival_orders import usual
    from planner.simulate.scheduler.pods import cast_of

    cast, wide = cast_of(plan), orders(plan, tuning)
    yield from dict.fromkeys(usual(names, cast) for names in (wide, wide[: len(simulate.ORDERS)]))


def are_rollouts(plan: "IsolationPlan", statement: "Statement", tuning: Tuning = TUNING) -> bool:
    """Say whether a statement on further rollouts can be said of the plan; their number is not counted again."""
    is_said = order_reports.rollouts_of(statement) is not None
    return is_said and not is_small(plan, tuning) and rolls_out(plan, tuning)
