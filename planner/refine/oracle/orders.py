"""Which arrival orders a candidate is tried in, and how often ties between nodes are broken in other ways."""

from typing import TYPE_CHECKING

from planner.refine.tuning import TUNING, Tuning

if TYPE_CHECKING:
    from models.answer.plan import IsolationPlan

_FURTHER = tuple(f"{kind}{number}" for number in range(4, 16) for kind in ("random ", "as they come "))


def orders(plan: "IsolationPlan", tuning: Tuning = TUNING) -> tuple[str, ...]:
    """Return the orders of arrival to try: the usual ones first, more of them where they are cheap."""
    from planner import simulate

    if is_large(plan, tuning):
        return simulate.FEW_ORDERS
    usual = (*simulate.ORDERS, *simulate.ROLLOUTS) if rolls_out(plan, tuning) else simulate.ORDERS
    return (*usual, *_FURTHER[: tuning.more_orders]) if is_small(plan, tuning) else usual


def orders_for_ties(plan: "IsolationPlan", tuning: Tuning = TUNING) -> tuple[str, ...]:
    """Return the orders that are tried with ties broken in other ways."""
    from planner import simulate

    usual = simulate.ORDERS if is_small(plan, tuning) else simulate.AT_ONCE
    return (*usual, *simulate.ROLLOUTS) if rolls_out(plan, tuning) else usual


def ties_of(plan: "IsolationPlan", tuning: Tuning = TUNING) -> int:
    """Return in how many other ways ties are broken."""
    from planner.refine.oracle import tie_breaks

    return 0 if is_large(plan, tuning) else tie_breaks.ties(pods_of(plan), len(orders_for_ties(plan, tuning)), tuning)


def rolls_out(plan: "IsolationPlan", tuning: Tuning = TUNING) -> bool:
    """Say whether rollouts are tried."""
    return is_small(plan, tuning) or (plan.policy.demand.surge and pods_of(plan) <= tuning.rolled)


def is_further(order: str) -> bool:
    """Say whether it is one of the orders that are tried of small plans only."""
    return order in _FURTHER


def is_small(plan: "IsolationPlan", tuning: Tuning = TUNING) -> bool:
    """Say whether many orders are cheap."""
    return pods_of(plan) <= tuning.small


def is_large(plan: "IsolationPlan", tuning: Tuning = TUNING) -> bool:
    """Say whether every order takes a while."""
    return pods_of(plan) > tuning.many


def pods_of(plan: "IsolationPlan") -> int:
    """Count the pods that arrive."""
    return sum(workload.pods for workload in plan.cluster.workloads)
