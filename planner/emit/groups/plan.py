"""What each node group gets, and what a new one is to be: ring, label, taint, and what its nodes are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from models.answer.plan import IsolationPlan, NewGroup
from models.kubernetes.labels import Taint
from models.kubernetes.node import Node
from models.kubernetes.node_group import NodeGroup, Provider, grouped
from planner.emit.nodes.membership import NO_SCHEDULE

INSTANCE_TYPE, ZONE, REGION = "node.kubernetes.io/instance-type", "topology.kubernetes.io/zone", "topology.kubernetes.io/region"
_PASSING = ("node.kubernetes.io/", "node.cloudprovider.kubernetes.io/", "karpenter.sh/")
"""Taints of these prefixes come and go with a node's conditions."""


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """A node group in its ring; `taken_from` is the group whose nodes make a new one, and `count` how many those are.

    `taints` are those that all its nodes have, and then the ring's: where a provider takes a list, all of it is to be there.
    """

    name: str
    provider: Provider
    ring: str
    label: tuple[str, str]
    taints: tuple[Taint, ...]
    count: int
    types: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    cluster: str = ""
    region: str = ""
    taken_from: str = ""

    @property
    def taint(self) -> Taint:
        """Return the ring's taint."""
        return self.taints[-1]


def group_plans(plan: IsolationPlan) -> tuple[GroupPlan, ...]:
    """Return the groups that are in a ring, by name; where new ones are to be made, these alone.

    A group that loses nodes to a new one keeps them until these have gone: its label would reach nodes of another ring.
    """
    plans: list[GroupPlan] = []
    rings = {name: ring.name for ring in plan.rings for name in ring.nodes}
    for group, members in grouped(plan.cluster.nodes).items():
        parts = {new.nodes: new for new in plan.new_groups if (new.group, new.key) == (group.name, group.key)}
        plans += [_new(plan, group, members, new) for new in parts.values()]
        homes = {rings[node.name] for node in members if node.name in rings}
        if len(homes) == 1 and not plan.new_groups:
            plans.append(_plan(plan, group, members, homes.pop()))
    return tuple(plans)


def _plan(plan: IsolationPlan, group: NodeGroup, nodes: Sequence[Node], ring: str) -> GroupPlan:
    keys = plan.policy.nodes
    taints = [taint for taint in nodes[0].taints if all(taint in node.taints for node in nodes)]
    lasting = [taint for taint in taints if taint.key != keys.taint_key and not taint.key.startswith(_PASSING)]
    return GroupPlan(
        group.name,
        group.provider,
        ring,
        (keys.label_key, ring),
        (*lasting, Taint(keys.taint_key, ring, NO_SCHEDULE)),
        len(nodes),
        _values(nodes, INSTANCE_TYPE),
        _values(nodes, ZONE),
        next(iter(_values(nodes, "alpha.eksctl.io/cluster-name")), ""),
        next(iter(_values(nodes, REGION)), ""),
    )


def _new(plan: IsolationPlan, group: NodeGroup, members: Sequence[Node], new: NewGroup) -> GroupPlan:
    nodes = [node for node in members if node.name in new.nodes]
    return replace(_plan(plan, NodeGroup(new.name, group.key), nodes, new.ring), taken_from=group.name)


def _values(nodes: Iterable[Node], key: str) -> tuple[str, ...]:
    return tuple(sorted({node.labels[key] for node in nodes if node.labels.get(key)}))
