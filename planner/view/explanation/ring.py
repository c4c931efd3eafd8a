"""Which ring a node group is of, what other rings could do with it, and what would change it; and what a ring has."""

from collections.abc import Iterable, Iterator
from typing import Any

from models.answer.explanation import GroupExplained, RingExplained
from models.answer.plan import IsolationPlan
from models.kubernetes.node import Node
from models.kubernetes.node_group import ALLOW
from planner.view import node_label
from planner.view.explanation import claims
from planner.view.format import count, listed, percent
from planner.view.summary import grades
from planner.view.summary.answer import node_groups
from planner.view.summary.sections import Grid, Section
from planner.view.usage import Load

_MOST = 8
"""So many names are listed in a row."""
_NODES = ("Zone", "Nodes", "Names")


def group_opening(numbers: Load, explained: GroupExplained) -> str:
    """Say in one sentence which ring a group is of, what makes it, and what it has."""
    provider, names = explained.group.provider, {node.name for node in explained.nodes}
    pods = sum(who.pods for node in numbers.all_nodes if node.name in names for who in node.occupants)
    what = f"{provider.noun} of {provider.name}" if provider.name else f"group of nodes by {explained.group.key}"
    where = f"ring {explained.ring}" if explained.ring else node_label.OUTSIDE
    return f"{where}; {what}; {_described(explained.nodes, explained.group.key)}; {count(pods, 'pod')}."


def _described(nodes: Iterable[Node], by: str) -> str:
    mine = tuple(nodes)
    said = node_groups.described(mine, by)
    return said if all(node.shape for node in mine) else said.partition(" ")[2]


def group_sections(plan: IsolationPlan, explained: GroupExplained) -> Iterator[Section]:
    """Yield why, its nodes, which rings could use it, and what would change it."""
    yield Section("Why it is there", tuple(_why(plan, explained)))
    yield Section("Its nodes", (), _nodes(explained.nodes))
    yield Section("What each ring could do with it, were it empty", (), claims.grid(explained.ring, explained.claims))
    changes = claims.rivals(explained.ring, explained.claims)
    yield Section("What would change it", (*changes, f"- {_whole(plan)}") if explained.ring else ())


def _why(plan: IsolationPlan, explained: GroupExplained) -> Iterator[str]:
    key, size = plan.policy.nodes.label_key, len(explained.nodes)
    parts = [new for new in plan.new_groups if (new.group, new.key) == (explained.group.name, explained.group.key)]
    for new in parts:
        yield f"{len(new.nodes):,} of its {count(size, 'node')} are to be node group {new.name}, of ring {new.ring}."
    if explained.ring and not plan.is_held_back:
        yield f"nodes/apply.sh gives the nodes that run now label {key}={explained.ring}; groups/ has it for those that come."
    for growth in plan.growth:
        if (growth.group, growth.key) == (explained.group.name, explained.group.key):
            yield f"It is to grow from {growth.before:,} to {growth.after:,} nodes."
    if not explained.claims:
        yield "The plan leaves its nodes alone: no pod is planned there."
    elif not explained.ring:
        yield "No ring needs it: all pods have a place, or none that is pending would find one here."


def _whole(plan: IsolationPlan) -> str:
    """Say what of a group can change."""
    if plan.policy.nodes.groups.split == ALLOW:
        return "The whole group changes its ring, or a part of it becomes a group of its own (nodes.groups.split: allow)."
    return "Only the whole group can change its ring (nodes.groups.split: never): a new node of it has the label of all others."


def _nodes(nodes: Iterable[Node]) -> Grid:
    by_zone: dict[str, list[str]] = {}
    for node in nodes:
        by_zone.setdefault(node.labels.get(node_groups.ZONE, ""), []).append(node.name)
    rows = tuple((zone or "no zone", f"{len(names):,}", listed(names, _MOST)) for zone, names in sorted(by_zone.items()))
    return Grid(_NODES, rows, frozenset({1}))


def group_data(explained: GroupExplained) -> dict[str, Any]:
    """Return what is known of a group as plain data."""
    return {
        "nodeGroup": explained.group.name,
        "key": explained.group.key,
        "ring": explained.ring,
        "nodes": [node.name for node in explained.nodes],
        "claims": claims.data(explained.claims),
    }


def ring_opening(numbers: Load, explained: RingExplained) -> str:
    """Say in one sentence how large a ring is, and how full."""
    load = next(ring for ring in numbers.rings if ring.name == explained.ring)
    taken = f", {percent(load.usage[load.scarcest].share)} of {load.scarcest} taken" if load.scarcest else ""
    return f"{count(len(load.nodes), 'node')}; {count(load.workloads, 'workload')}, {count(load.pods, 'pod')}{taken}."


def ring_sections(plan: IsolationPlan, explained: RingExplained) -> Iterator[Section]:
    """Yield whom a ring holds, its node groups, and its other nodes."""
    ring = next(ring for ring in plan.rings if ring.name == explained.ring)
    sure = grades.told(plan, ring)
    holds = f"It holds the group{'' if len(ring.groups) == 1 else 's'} {listed(ring.groups)}."
    yield Section("Who is in it", (holds, *([f"It is {sure}."] if sure else [])))
    rows = tuple((group.name, f"{len(nodes):,}", _described(nodes, group.key)) for group, nodes in explained.groups)
    yield Section("Its node groups", (), Grid(("Node group", "Nodes", "What they are"), rows, frozenset({1})) if rows else None)
    named = "Its other nodes" if rows else "Its nodes"
    yield Section(named, (), _nodes(explained.alone) if explained.alone else None)


def ring_data(plan: IsolationPlan, explained: RingExplained) -> dict[str, Any]:
    """Return what is known of a ring as plain data."""
    groups = next(ring.groups for ring in plan.rings if ring.name == explained.ring)
    return {
        "ring": explained.ring,
        "groups": [*groups],
        "nodeGroups": [{"nodeGroup": group.name, "nodes": [node.name for node in nodes]} for group, nodes in explained.groups],
        "nodes": [node.name for node in explained.alone],
    }
