"""What each node group gets, and what a new one is to be: ring, label, taint, and what its nodes are."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from models.answer.plan import IsolationPlan, NewGroup
from models.kubernetes.labels import Taint
from models.kubernetes.node import Node
from models.kubernetes.node_group import NodeGroup, Provider, grouped
from planner.emit.nodes.membership import NO_SCHEDULE, changes
from planner.words import some

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


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A group with nodes in rings for which its provider is asked nothing, and why: it would give all its nodes one ring."""

    group: NodeGroup
    why: str

    @property
    def sentence(self) -> str:
        """Say what is left out, why, and what follows."""
        then = "The scripts give its nodes their ring; a node that replaces one of them joins with no ring."
        return f"{self.group.name}, as {self.why}. {then}"


@dataclass(frozen=True, slots=True)
class _Parted:
    """A group as the plan parts it: the nodes that it keeps, the new groups of the others, and their rings."""

    group: NodeGroup
    members: tuple[Node, ...]
    kept: tuple[Node, ...]
    news: tuple[NewGroup, ...]
    rings: frozenset[str]
    why: str


def group_plans(plan: IsolationPlan) -> tuple[GroupPlan, ...]:
    """Return the groups that are in a ring with all their nodes, by name, each new one after the group that it is taken from.

    A group is in the ring of most of its nodes; of the others the plan makes new groups.
    """
    plans: list[GroupPlan] = []
    for each in _parted(plan):
        plans += [] if each.why else [_plan(plan, each.group, each.kept, ring) for ring in each.rings]
        plans += [_new(plan, each.group, each.members, new) for new in each.news]
    return tuple(plans)


def left_out(plan: IsolationPlan) -> tuple[LeftOut, ...]:
    """Return the groups with nodes in rings whose provider would give a ring to nodes that are not, or not yet, to have it."""
    return tuple(LeftOut(each.group, each.why) for each in _parted(plan) if each.why)


def _parted(plan: IsolationPlan) -> Iterator[_Parted]:
    """Yield the groups with nodes in rings."""
    ring_of = {name: ring.name for ring in plan.rings for name in ring.nodes}
    moving = {change.node for change in changes(plan) if change.moves}
    for group, members in grouped(plan.cluster.nodes).items():
        news = tuple({new.nodes: new for new in plan.new_groups if (new.group, new.key) == (group.name, group.key)}.values())
        gone = {name for new in news for name in new.nodes}
        kept = tuple(node for node in members if node.name not in gone)
        rings = frozenset(ring_of[node.name] for node in kept if node.name in ring_of)
        if rings or news:
            yield _Parted(group, members, kept, news, rings, _why_not([node.name for node in kept], ring_of, moving))


def _why_not(kept: Sequence[str], ring_of: Mapping[str, str], moving: Collection[str]) -> str:
    """Say why the provider may not give all nodes of a group one ring: it would do so at once, and to those that come."""
    rings = sorted({ring_of[name] for name in kept if name in ring_of})
    alone = [name for name in kept if name not in ring_of]
    emptied = [name for name in kept if name in moving]
    if len(rings) > 1:
        return f"its nodes are in different rings: {some(rings)}"
    if alone:
        return f"{some(alone)} {'is' if len(alone) == 1 else 'are'} in no ring"
    if emptied:
        return f"{some(emptied)} must be emptied before: once that is done, export the nodes and plan again"
    return ""


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
