"""For whom a candidate has too little room, so that more of it is made: counter-examples become reservations."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from models.answer.plan import IsolationPlan, Reserve
from planner.refine.hints import anywhere, inside
from planner.refine.oracle.report import is_hopeless

if TYPE_CHECKING:
    from models.kubernetes.workload import WorkloadId
    from planner.refine.hints.reservations import Wanted
    from planner.refine.oracle.evaluation import Evaluation

DAEMON = "DaemonSet"


def shortage(evaluation: "Evaluation", any_order: bool) -> "Counter[tuple[WorkloadId, str]]":
    """Return for whom to make room, and outside which zone: who is pending at once or after a failure, else not proven.

    A DaemonSet's pod cannot have its room kept on its node; with more room in the ring the node is less likely to be full.
    """
    if evaluation.pending or evaluation.after_failure or not any_order:
        return _pending_by_zone(evaluation)
    if any(is_hopeless(evaluation.plan, ring) for ring in sorted(evaluation.not_kept)):
        return Counter()
    return Counter((name, "") for name in _exposed_workloads(evaluation))


def _pending_by_zone(evaluation: "Evaluation") -> "Counter[tuple[WorkloadId, str]]":
    """Return who was left pending, but for a DaemonSet's pod one of the workload that has most pods in the ring of its node."""
    plan = evaluation.plan
    ring_of = {node: ring.name for ring in plan.rings for node in ring.nodes}
    others = (placement for placement in plan.placements if placement.workload.kind != DAEMON)
    largest = {other.ring: other.workload for other in sorted(others, key=lambda other: (other.pods, other.workload))}
    left = Counter({(name, ""): pods for name, pods in evaluation.pending.items()}) or evaluation.by_zone
    short = Counter({(name, zone): pods for (name, zone), pods in left.items() if name.kind != DAEMON})
    nodes = {node for run in evaluation.forecast.runs for pods in run.pending for node in pods.on}
    for ring in sorted({ring_of[node] for node in nodes if node in ring_of} & largest.keys()):
        short[largest[ring], ""] = max(short[largest[ring], ""], 1)
    return short


def _exposed_workloads(evaluation: "Evaluation") -> "Iterator[WorkloadId]":
    """Yield for each ring that is not proven the workload whose pod may be kept out."""
    exposed = {ring.because.workload for ring in evaluation.forecast.rings if ring.because and not ring.any_order.is_proven}
    for workload in evaluation.plan.cluster.workloads:
        if not workload.is_daemon and str(workload.id) in exposed:
            yield workload.id


def in_each_zone(plan: IsolationPlan, short: "Counter[tuple[WorkloadId, str]]") -> "Counter[tuple[WorkloadId, str]]":
    """Part what is wanted anywhere, where nodes are bought, into as much in each zone, for pods that must be spread over them."""
    from planner.rules.placement.failure_repacking import ZONE
    from planner.rules.plugins import podtopologyspread

    spread = {
        workload.id
        for workload in plan.cluster.workloads
        if any(constraint.topology_key == ZONE for constraint in podtopologyspread.hard(workload.template))
    }
    zones = sorted({zone for shape in plan.cluster.shapes for zone in shape.zones})
    parted: Counter[tuple[WorkloadId, str]] = Counter()
    for (name, zone), pods in short.items():
        is_open = not zone and name in spread and zones
        parted.update({(name, inside(place)): pods for place in zones} if is_open else {(name, zone): pods})
    return parted


def reservations(plan: IsolationPlan, wanted: "Wanted") -> tuple[Reserve, ...]:
    """Return the room that the plan keeps free, ring by ring."""
    rings = plan.trust.members
    return tuple(Reserve(rings[str(name)].ring, name, pods) for name, pods in sorted(anywhere(wanted).items()) if pods)
