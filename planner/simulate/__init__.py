"""Foresees what kube-scheduler makes of a plan: its default profile, replayed for several orders in which pods may arrive.

After some of these all workloads roll out again (scenarios/rolling_update.py), and
failures begin where others end (scenarios/node_failure.py).

Modelled are queue order, filters, the share of nodes that is looked at, scores with their weights, and preemption. Not modelled
are images on nodes, that volumes use up storage and each other, extenders, Services that select pods without a ReplicaSet or
StatefulSet, and time: whoever is refused tries again once all have come. The cluster is empty at the start, but for static pods.
"""

from collections import Counter
from collections.abc import Callable, Sequence

from models.answer.forecast import Forecast, Pending, RingForecast, Run
from models.answer.order_result import PROVEN, Reason, stuck_in, tried
from models.answer.plan import IsolationPlan
from models.kubernetes.workload import WorkloadId
from planner.simulate.any_order_proof import certify
from planner.simulate.findings import findings
from planner.simulate.pending_by_ring import pending_by_ring, unplaced_by_ring
from planner.simulate.scenarios.rolling_update import simulate_order
from planner.simulate.scheduler.arrival_orders import AT_ONCE, DAEMONS_LAST, ORDERS, ROLLOUTS, SCALED, usual
from planner.simulate.scheduler.fit_error import message
from planner.simulate.scheduler.pods import cast_of
from planner.simulate.scheduler.rulebook import Rulebook
from planner.simulate.scheduler.simulation import Simulation

__all__ = [
    "AT_ONCE",
    "FEW_ORDERS",
    "ORDERS",
    "ROLLOUTS",
    "SCALED",
    "findings",
    "foresee",
    "pending_by_ring",
    "run_of",
]

FEW_ORDERS = (*ORDERS[:3], DAEMONS_LAST)
"""What to try where every order takes a while."""
PUT_OUT = "put out for pods of higher priority, and nobody makes it again"


def foresee(
    plan: IsolationPlan,
    orders: Sequence[str] = ORDERS,
    progress: Callable[[str], None] = lambda _: None,
) -> Forecast:
    """Let the plan's pods arrive in each of the orders; deterministic, ties are broken by a seed of the order's name."""
    cast = cast_of(plan)
    book = Rulebook(cast)
    runs = []
    for order in usual(orders, cast):
        progress(f"foreseeing arrival {order}")
        runs.append(run_of(simulate_order(book, order, progress=progress)))
    proofs = certify(plan)
    return Forecast(tuple(runs), tuple(_ring(plan, ring.name, runs, proofs[ring.name]) for ring in plan.rings))


def run_of(simulation: Simulation) -> Run:
    """Say what a simulation has left pending, and why."""
    counts: Counter[WorkloadId] = Counter()
    first: dict[WorkloadId, str] = {}
    meant: dict[WorkloadId, list[str]] = {}
    cast = simulation.book.cast
    groups, nodes = cast.groups, cast.terrain.nodes
    for (group, node), pods in sorted(simulation.pending.items(), key=lambda pair: (pair[0][0], pair[0][1] or 0)):
        if pods:
            name = groups[group].workload
            counts[name] += pods
            first.setdefault(name, message(simulation.state, group, node))
            meant.setdefault(name, []).extend([] if node is None else [nodes[node].name])
    for (group, *_), pods in zip(cast.flow, cast.beyond, strict=True):
        if pods:
            counts[groups[group].workload] += pods
            first.setdefault(groups[group].workload, message(simulation.state, group, None))
    for group, pods in sorted(simulation.lost.items()):
        counts[groups[group].workload] += pods
        first.setdefault(groups[group].workload, PUT_OUT)
    pending = (Pending(name, counts[name], first[name], tuple(meant.get(name, ()))) for name in sorted(counts))
    return Run(simulation.order, tuple(pending), simulation.preempted)


def _ring(plan: IsolationPlan, ring: str, runs: Sequence[Run], reason: Reason | None) -> RingForecast:
    """Say that a ring is stuck where more stays pending than the plan itself calls unplaced."""
    for run in runs:
        if pending_by_ring(plan, run)[ring] > unplaced_by_ring(plan)[ring]:
            return RingForecast(ring, stuck_in(run.order), reason)
    return RingForecast(ring, tried(len(runs)) if reason else PROVEN, reason)
