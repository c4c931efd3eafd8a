"""What a simulation has left pending, in kube-scheduler's own words."""

from collections import Counter

from models.answer.forecast import Pending, Run
from models.kubernetes.workload import WorkloadId
from planner.simulate.scheduler.fit_error import message
from planner.simulate.scheduler.simulation import Simulation

PUT_OUT = "put out for pods of higher priority, and nobody makes it again"


def run_of(simulation: Simulation) -> Run:
    """Say what a simulation has left pending, and why."""
    counts: Counter[WorkloadId] = Counter()
    first: dict[WorkloadId, str] = {}
    meant: dict[WorkloadId, list[str]] = {}
    cast = simulation.book.cast
    groups, nodes = cast.groups, cast.terrain.nodes
    # Only a DaemonSet's pods have a node; None cannot be compared with a number.
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
