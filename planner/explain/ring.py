"""A node group, as the workloads of every ring see it, and a ring with the groups that are in it."""

from collections import Counter
from collections.abc import Set
from dataclasses import replace

from models.answer.explanation import Claim, GroupExplained, RingExplained
from models.answer.plan import IsolationPlan, RingPlan
from models.kubernetes.node import Node
from models.kubernetes.node_group import NodeGroup, group_of, grouped
from planner.explain.node import node
from planner.rules.placement.scheduler_filters import World

_TYPE, _ZONE = "node.kubernetes.io/instance-type", "topology.kubernetes.io/zone"


def group(plan: IsolationPlan, world: World, asked: NodeGroup) -> GroupExplained:
    """Ask the workloads of each ring about the nodes of a group, of which those of one type and zone are alike.

    Where none runs yet those are asked about that come by growth.
    """
    running = grouped(plan.cluster.nodes, plan.policy.nodes.groups.by).get(asked)
    nodes = running or tuple(member for member in plan.cluster.nodes if member.shape == asked.name)
    rings = {name: ring.name for ring in plan.rings for name in ring.nodes}
    homes = Counter(rings[member.name] for member in nodes if member.name in rings)
    kinds = {(member.labels.get(_TYPE), member.labels.get(_ZONE), member.allocatable): member for member in nodes}
    answers = [node(plan, world, member).claims for member in kinds.values()]
    today = _today(plan, {member.name for member in nodes})
    claims = (max(same, key=_able) for same in zip(*(mine for mine in answers if mine), strict=True))
    best = tuple(replace(claim, today=today[claim.ring]) for claim in claims)
    return GroupExplained(asked, nodes, max(homes, key=lambda ring: (homes[ring], ring), default=""), best)


def _today(plan: IsolationPlan, nodes: Set[str]) -> Counter[str]:
    """Count the pods of each ring that run on nodes now."""
    counts = Counter[str]()
    for workload in plan.cluster.workloads:
        counts[plan.trust.members[str(workload.id)].ring] += sum(workload.running[name] for name in nodes & {*workload.running})
    return counts


def _able(claim: Claim) -> int:
    return claim.able


def ring(plan: IsolationPlan, asked: RingPlan) -> RingExplained:
    """Part the nodes of a ring into groups and those that stand alone."""
    by, inside = plan.policy.nodes.groups.by, {*asked.nodes}
    mine = [member for member in plan.cluster.nodes if member.name in inside]
    return RingExplained(asked.name, tuple(grouped(mine, by).items()), tuple(member for member in mine if _is_alone(member, by)))


def _is_alone(node: Node, by: str) -> bool:
    return bool(node.shape) or group_of(node, by) is None
