"""Foresees what kube-scheduler makes of a plan: its default profile, replayed for several orders in which pods may arrive.

After some of these all workloads roll out again (scenarios/rolling_update.py), and
failures begin where others end (scenarios/node_failure.py).

Modelled are queue order, filters, the share of nodes that is looked at, scores with their weights, and preemption. Not modelled
are images on nodes, that volumes use up storage and each other, extenders, Services that select pods without a ReplicaSet or
StatefulSet, and time: whoever is refused tries again once all have come. The cluster is empty at the start, but for static pods.
"""

from collections.abc import Callable, Sequence

from models.answer.forecast import Forecast, RingForecast, Run
from models.answer.order_result import PROVEN, Reason, stuck_in, tried
from models.answer.plan import IsolationPlan
from planner.simulate.findings import findings
from planner.simulate.memory import Memory
from planner.simulate.pending_by_ring import pending_by_ring, unplaced_by_ring
from planner.simulate.run import run_of
from planner.simulate.scheduler.arrival_orders import AT_ONCE, DAEMONS_LAST, ORDERS, ROLLOUTS, SCALED, usual

__all__ = [
    "AT_ONCE",
    "FEW_ORDERS",
    "ORDERS",
    "ROLLOUTS",
    "SCALED",
    "Memory",
    "findings",
    "foresee",
    "pending_by_ring",
    "run_of",
]

FEW_ORDERS = (*ORDERS[:3], DAEMONS_LAST)
"""What to try where every order takes a while."""


def foresee(
    plan: IsolationPlan,
    orders: Sequence[str] = ORDERS,
    progress: Callable[[str], None] = lambda _: None,
    memory: Memory | None = None,
) -> Forecast:
    """Let the plan's pods arrive in each of the orders; deterministic, ties are broken by a seed of the order's name.

    What `memory` knows of the plan is not asked again.
    """
    known = (memory or Memory()).of(plan)
    runs = []
    for order in usual(orders, known.book.cast):
        progress(f"foreseeing arrival {order}")
        runs.append(known.run(order, "", progress))
    return Forecast(tuple(runs), tuple(_ring(plan, ring.name, runs, known.proofs[ring.name]) for ring in plan.rings))


def _ring(plan: IsolationPlan, ring: str, runs: Sequence[Run], reason: Reason | None) -> RingForecast:
    """Say that a ring is stuck where more stays pending than the plan itself calls unplaced."""
    for run in runs:
        if pending_by_ring(plan, run)[ring] > unplaced_by_ring(plan)[ring]:
            return RingForecast(ring, stuck_in(run.order), reason)
    return RingForecast(ring, tried(len(runs)) if reason else PROVEN, reason)
