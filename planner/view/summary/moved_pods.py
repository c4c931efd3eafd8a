"""Which running pods do not stay where they are, and which nodes they leave."""

from collections.abc import Iterator
from dataclasses import dataclass

from models.answer.plan import IsolationPlan
from models.frozen_map import EMPTY_COUNTS, FrozenMap
from models.kubernetes.workload import WorkloadId
from planner.rules import data_on_node, may_stay
from planner.rules import ring_membership as ring
from planner.view import node_label
from planner.view.format import count, listed

MOST = 3
"""So many nodes are listed of a workload."""


@dataclass(frozen=True, slots=True)
class Mover:
    """So many running `pods` of a workload move; `leaves` are those that leave each node, wanted or not.

    `loses` says in words what they keep on their node, and do not find on another.
    """

    workload: WorkloadId
    ring: str
    pods: int
    leaves: FrozenMap[int]
    loses: tuple[str, ...] = ()


def moving(plan: IsolationPlan) -> Iterator[Mover]:
    """Yield the workloads whose running pods do not all stay, in the order of the plan."""
    on = {placement.workload: placement.on for placement in plan.placements}
    planned = {node.name for node in plan.cluster.nodes if not ring.is_excluded(node, plan.policy.nodes)}
    for workload in plan.cluster.workloads:
        home, there = plan.trust.members[str(workload.id)].ring, on.get(workload.id, EMPTY_COUNTS)
        moves = may_stay.moving(workload, home, there, plan.cluster, plan.policy.nodes, planned)
        if moves.pods:
            yield Mover(workload.id, home, moves.pods, moves.leaves, data_on_node.kept(workload, plan.cluster).words)


def total(plan: IsolationPlan) -> int:
    """Return how many pods move in all, as the plan says."""
    return next((round(goal.value) for goal in plan.goals if goal.name == "moves"), 0)


def losing(mover: Mover) -> str:
    """Say what the pods lose that move; empty where they keep nothing on their node."""
    if not mover.loses:
        return ""
    verbs = "moves and loses what it keeps on its node" if mover.pods == 1 else "move and lose what they keep on their node"
    return f"{count(mover.pods, 'pod')} {verbs}: {listed(mover.loses, MOST)}"


def places(plan: IsolationPlan, mover: Mover) -> str:
    """Name the nodes that the pods of a workload leave, each with what becomes of it."""
    ring_of = {name: ring.name for ring in plan.rings for name in ring.nodes}
    most_first = sorted(mover.leaves, key=lambda name: (-mover.leaves[name], name))
    named = listed(
        (f"{mover.leaves[name]:,} from {name} ({_becomes(ring_of.get(name, ''), mover)})" for name in most_first), MOST
    )
    spare = sum(mover.leaves.values()) - mover.pods
    return named + (f"; {count(spare, 'pod')} of them not wanted any more" if spare else "")


def _becomes(name: str, mover: Mover) -> str:
    return "its own ring" if name and name == mover.ring else f"ring {name}" if name else node_label.OUTSIDE
