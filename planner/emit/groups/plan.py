"""What each node group gets, and what a new one is to be: ring, label, taint, and what its nodes are."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from models.answer.plan import IsolationPlan, NewGroup
from models.kubernetes.labels import Taint
from models.kubernetes.node import Node
from models.kubernetes.node_group import AKS, PROVIDERS, NodeGroup, Provider, all_groups, grouped, is_member
from planner.emit.nodes.membership import NO_SCHEDULE, changes
from planner.words import some, unused

INSTANCE_TYPE, ZONE, REGION = "node.kubernetes.io/instance-type", "topology.kubernetes.io/zone", "topology.kubernetes.io/region"
_LONGEST = 12
"""So many letters and digits, all lower-case, are the name of a pool of AKS at most."""
_PASSING = ("node.kubernetes.io/", "node.cloudprovider.kubernetes.io/", "karpenter.sh/")
"""Taints of these prefixes come and go with a node's conditions."""


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """A node group in its ring; `taken_from` is the group whose nodes make a new one, and `count` how many those are.

    A new one is `made_as` its provider takes its name, which may have to be a shorter one. One that grows gets a `size`.
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
    made_as: str = ""
    size: int = 0

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


def group_plans(plan: IsolationPlan) -> tuple[GroupPlan, ...]:
    """Return the groups that are in a ring with all their nodes, by name; where some are made or grow first, these alone.

    A group that loses nodes to a new one keeps them until these have gone: its label would reach nodes of another ring.
    """
    groups = grouped(plan.cluster.nodes)
    if plan.new_groups:
        news = {(new.group, new.key, new.nodes): new for new in plan.new_groups}.values()
        parts = (
            _new(plan, group, members, new)
            for group, members in groups.items()
            for new in news
            if (new.group, new.key) == (group.name, group.key)
        )
        return tuple(_with_short_names(parts, groups))
    ring_of = {name: ring.name for ring in plan.rings for name in ring.nodes}
    apart = {left.group for left in left_out(plan)}
    if plan.is_held_back:
        return tuple(_growing(plan, apart))
    return tuple(
        _plan(plan, group, members, ring_of[members[0].name])
        for group, members in _told(plan.cluster.nodes).items()
        if group not in apart and members[0].name in ring_of
    )


def _growing(plan: IsolationPlan, apart: Collection[NodeGroup]) -> Iterator[GroupPlan]:
    """Yield the groups that grow, as their nodes will be; where none runs yet those that come tell what they are like."""
    by = plan.policy.nodes.groups.by
    for growth in plan.growth:
        group = NodeGroup(growth.group, growth.key)
        if group not in apart:
            nodes = [node for node in plan.cluster.nodes if is_member(node, group, by) or node.shape == group.name]
            yield replace(_plan(plan, group, nodes, growth.ring), size=growth.after)


def left_out(plan: IsolationPlan) -> tuple[LeftOut, ...]:
    """Return the groups with nodes in rings whose provider would give a ring to nodes that are not, or not yet, to have it.

    Where new groups are to be made nobody is asked yet for a ring of the others.
    """
    ring_of = {name: ring.name for ring in plan.rings for name in ring.nodes}
    moving = {change.node for change in changes(plan) if change.moves}
    reasons = {
        group: _why_not([node.name for node in members], ring_of, moving) for group, members in _told(plan.cluster.nodes).items()
    }
    return () if plan.new_groups else tuple(LeftOut(group, why) for group, why in reasons.items() if why)


def _why_not(names: Sequence[str], ring_of: Mapping[str, str], moving: Collection[str]) -> str:
    """Say why the provider may not give all nodes of a group one ring: it would do so at once, and to those that come."""
    rings = sorted({ring_of[name] for name in names if name in ring_of})
    alone = [name for name in names if name not in ring_of]
    running = [name for name in names if name in moving]
    if len(rings) > 1:
        return f"its nodes are in different rings: {some(rings)}"
    if rings and alone:
        return f"{some(alone)} {'is' if len(alone) == 1 else 'are'} in no ring"
    if rings and running:
        return f"{some(running)} must be emptied first: once that is done, export the nodes and plan again"
    return ""


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


def _with_short_names(news: Iterable[GroupPlan], groups: Iterable[NodeGroup]) -> Iterator[GroupPlan]:
    """Yield new groups with names that their providers take: those of AKS are of few letters and digits."""
    taken = {group.name for group in groups}
    for new in news:
        name = unused(_short(new), taken, "", _LONGEST) if new.provider is AKS else new.name
        taken.add(name)
        yield replace(new, made_as=name)


def _short(group: GroupPlan) -> str:
    name, ring = _letters(group.name), _letters(group.ring)
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 4]}{ring[:4]}"


def _letters(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum() and char.isascii())


def _values(nodes: Iterable[Node], key: str) -> tuple[str, ...]:
    return tuple(sorted({node.labels[key] for node in nodes if node.labels.get(key)}))
