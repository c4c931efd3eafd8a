"""What each node group gets, and what a new one is to be: ring, label, taint, and what its nodes are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from models.answer.plan import IsolationPlan, NewGroup
from models.kubernetes.labels import Taint
from models.kubernetes.node import Node
from models.kubernetes.node_group import PROVIDERS, NodeGroup, Provider, all_groups
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
    """Return the groups that are in a ring, by name, each new one after the group that it is taken from.

    A group is in the ring of most of its nodes; of the others the plan makes new groups. Of groups of the same nodes the most
    specific is told.
    """
    plans: list[GroupPlan] = []
    rings = {name: ring.name for ring in plan.rings for name in ring.nodes}
    for group, members in _told(plan.cluster.nodes).items():
        parts = {new.nodes: new for new in plan.new_groups if (new.group, new.key) == (group.name, group.key)}
        gone = {name for nodes in parts for name in nodes}
        kept = [node for node in members if node.name not in gone]
        homes = {rings[node.name] for node in kept if node.name in rings}
        if len(homes) == 1:
            plans.append(_plan(plan, group, kept, homes.pop()))
            plans += [_new(plan, group, members, new) for new in parts.values()]
    return tuple(plans)


def _told(nodes: Iterable[Node]) -> dict[NodeGroup, tuple[Node, ...]]:
    """Return the groups with their nodes; of those of the same nodes the most specific."""
    groups = all_groups(nodes)
    by_nodes: dict[tuple[str, ...], list[NodeGroup]] = {}
    for group, members in groups.items():
        by_nodes.setdefault(tuple(node.name for node in members), []).append(group)
    told = {min(alike, key=lambda group: PROVIDERS.index(group.provider)) for alike in by_nodes.values()}
    return {group: members for group, members in groups.items() if group in told}


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
