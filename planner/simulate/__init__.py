"""Foresees what kube-scheduler makes of a plan: its default profile, replayed for several orders in which pods may arrive.

After some of these all workloads roll out again (rollout.py), and losses begin where others end (loss.py).

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
from planner.simulate.pending_by_ring import pending_by_ring, promised
from planner.simulate.scenarios.rolling_update import simulated
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
        runs.append(run_of(simulated(book, order, progress=progress)))
    proofs = certify(plan)
    return Forecast(tuple(runs), tuple(_ring(plan, made.name, runs, proofs[made.name]) for made in plan.rings))


def run_of(made: Simulation) -> Run:
    """Say what a simulation has left pending, and why."""
    counts: Counter[WorkloadId] = Counter()
    first: dict[WorkloadId, str] = {}
    meant: dict[WorkloadId, list[str]] = {}
    cast = made.book.cast
    groups, nodes = cast.groups, cast.terrain.nodes
    for (group, node), pods in sorted(made.pending.items(), key=lambda one: (one[0][0], one[0][1] or 0)):
        if pods:
            name = groups[group].workload
            counts[name] += pods
            first.setdefault(name, message(made.state, group, node))
            meant.setdefault(name, []).extend([] if node is None else [nodes[node].name])
    for (group, *_), pods in zip(cast.flow, cast.beyond, strict=True):
        if pods:
            counts[groups[group].workload] += pods
            first.setdefault(groups[group].workload, message(made.state, group, None))
    for group, pods in sorted(made.lost.items()):
        counts[groups[group].workload] += pods
        first.setdefault(groups[group].workload, PUT_OUT)
    pending = (Pending(name, counts[name], first[name], tuple(meant.get(name, ()))) for name in sorted(counts))
    return Run(made.order, tuple(pending), made.preempted)


def _ring(plan: IsolationPlan, ring: str, runs: Sequence[Run], reason: Reason | None) -> RingForecast:
    """Say that a ring is stuck where more stays pending than the plan itself calls unplaced."""
    for run in runs:
        if pending_by_ring(plan, run)[ring] > promised(plan)[ring]:
            return RingForecast(ring, stuck_in(run.order), reason)
    return RingForecast(ring, tried(len(runs)) if reason else PROVEN, reason)
