"""The solver's counts per class, handed back to the workloads that were merged into it."""

from collections import Counter
from dataclasses import dataclass, field

from models.formulation import Formulation
from models.outcome import Outcome
from models.workload import Workload, WorkloadId


@dataclass(slots=True)
class Landing:
    """Where the pods of one workload land: node index -> pods, and how many found no place."""

    workload: Workload
    ring: str
    on: Counter[int] = field(default_factory=Counter)
    unplaced: int = 0


def landings(formulation: Formulation, outcome: Outcome) -> dict[WorkloadId, Landing]:
    """Divide each class's pods among its workloads, in their order; residents that nothing may move are left out."""
    found: dict[WorkloadId, Landing] = {}
    for at, group in enumerate(formulation.batches):
        room = [[node, count] for node, count in outcome.counts[at]]
        for batch in group:
            if batch.fixed_to:
                continue
            landing = found.setdefault(batch.workload.id, Landing(batch.workload, batch.ring))
            if batch.workload.is_daemon:
                landing.on.update({node: 1 for node, _ in outcome.counts[at]})
                continue
            landing.unplaced += batch.count - _pour(room, batch.count, landing.on)
    return found


def _pour(room: list[list[int]], count: int, into: Counter[int]) -> int:
    """Move up to `count` pods from the front of `room`; return how many were moved."""
    moved = 0
    while room and moved < count:
        part = min(room[0][1], count - moved)
        into[room[0][0]] += part
        room[0][1] -= part
        moved += part
        if not room[0][1]:
            room.pop(0)
    return moved
