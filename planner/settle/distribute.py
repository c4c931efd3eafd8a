"""The solver's counts per class, handed back to the workloads that were merged into it."""

from collections import Counter
from dataclasses import dataclass, field

from models.kubernetes.workload import Workload, WorkloadId
from models.solver.indexed_problem import Batch, IndexedProblem
from models.solver.outcome import Outcome
from models.solver.problem import PodClass


@dataclass(slots=True)
class Landing:
    """Where the pods of one workload land: (batch, node index, pods), and what found no place: (batch, pods)."""

    workload: Workload
    ring: str
    parts: list[tuple[Batch, int, int]] = field(default_factory=list)
    missing: list[tuple[Batch, int]] = field(default_factory=list)

    @property
    def on(self) -> Counter[int]:
        """Count the pods per node index."""
        counts: Counter[int] = Counter()
        for _, node, count in self.parts:
            counts[node] += count
        return counts


def landings(formulation: IndexedProblem, outcome: Outcome) -> dict[WorkloadId, Landing]:
    """Divide each class's pods among its workloads, in their order; residents that nothing may move are left out."""
    landed: dict[WorkloadId, Landing] = {}
    for number, (group, pod_class) in enumerate(zip(formulation.batches, formulation.problem.classes, strict=True)):
        room = [[node, count] for node, count in outcome.counts[number]]
        for batch in group:
            if batch.fixed_to:
                continue
            landing = landed.setdefault(batch.workload.id, Landing(batch.workload, batch.ring))
            if batch.workload.is_daemon:
                landing.parts += [(batch, node, 1) for node in daemon_nodes(pod_class, outcome)]
                continue
            poured = _pour(room, batch.count)
            landing.parts += [(batch, node, count) for node, count in poured]
            rest = batch.count - sum(count for _, count in poured)
            landing.missing += [(batch, rest)] * (rest > 0)
    return landed


def daemon_nodes(pod_class: PodClass, outcome: Outcome) -> tuple[int, ...]:
    """Return the nodes on which the DaemonSet controller puts a pod: its candidates, in its ring if it has one."""
    every = pod_class.ring < 0
    return tuple(node for node in pod_class.candidates if every or outcome.ring_of[node] == pod_class.ring)


def _pour(room: list[list[int]], count: int) -> list[tuple[int, int]]:
    """Take up to `count` pods from the front of `room`."""
    taken: list[tuple[int, int]] = []
    while room and count:
        part = min(room[0][1], count)
        taken.append((room[0][0], part))
        room[0][1] -= part
        count -= part
        if not room[0][1]:
            room.pop(0)
    return taken
