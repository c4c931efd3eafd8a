"""Commands for whole node groups: one line labels or taints all nodes of a group, which must be those of the plan."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from shlex import quote

from models.answer.plan import IsolationPlan
from models.kubernetes.node_group import NodeGroup, grouped
from models.trust import PolicyNodes
from planner.emit.name import in_comment
from planner.emit.nodes.membership import NO_SCHEDULE, Change


@dataclass(frozen=True, slots=True)
class GroupChange:
    """A group whose nodes are all of one ring, those `nodes`, and what must change on some of them."""

    group: NodeGroup
    ring: str
    nodes: tuple[str, ...]
    changes: tuple[Change, ...]

    @property
    def label(self) -> tuple[Change, ...]:
        """Return the nodes that lack the label."""
        return tuple(change for change in self.changes if change.labels_differ)

    @property
    def taint(self) -> tuple[Change, ...]:
        """Return the nodes that lack the taint."""
        return tuple(change for change in self.changes if change.missing)


def part(plan: IsolationPlan, changed: Iterable[Change]) -> tuple[tuple[GroupChange, ...], tuple[Change, ...]]:
    """Part what changes into groups that change as a whole and nodes that stand alone, or have something of their own.

    A label selector meets what the inventory shows: a group of which a node is left out, or in another ring, is none for it. Nor
    is one of which a node must be emptied before it gets its ring; such nodes are in neither part.
    """
    every = tuple(changed)
    moving = {change.node for change in every if change.moves}
    by_node = {change.node: change for change in every if not change.moves}
    ring_of = {name: ring.name for ring in plan.rings for name in ring.nodes}
    groups: list[GroupChange] = []
    for group, members in grouped(plan.cluster.nodes, plan.policy.nodes.groups.by).items():
        names = tuple(node.name for node in members)
        mine = tuple(by_node[name] for name in names if name in by_node)
        rings = {ring_of.get(name, "") for name in names}
        is_selected = group.selector and all(node.labels.get(group.key) == group.name for node in members)
        is_whole = len(rings) == 1 and "" not in rings and moving.isdisjoint(names)
        if is_selected and mine and is_whole and all(_is_plain(change) for change in mine):
            groups.append(GroupChange(group, rings.pop(), names, mine))
    taken = {change.node for group in groups for change in group.changes}
    return tuple(groups), tuple(change for change in by_node.values() if change.node not in taken)


def _is_plain(change: Change) -> bool:
    """Say whether what was there before is nothing, or what is to be there."""
    return change.label in (None, change.ring) and all(taint == (NO_SCHEDULE, change.ring) for taint in change.taints)


Write = Callable[[GroupChange, PolicyNodes], Iterator[str]]


def commands(groups: Sequence[GroupChange], keys: PolicyNodes, write: Write) -> list[str]:
    """Return the lines of a step, ring by ring."""
    lines: list[str] = []
    for ring in sorted({group.ring for group in groups}):
        inner = [line for group in groups if group.ring == ring for line in write(group, keys)]
        lines += [f"# ring {in_comment(ring)}, whole groups", *inner] if inner else []
    return lines


def label(group: GroupChange, keys: PolicyNodes) -> Iterator[str]:
    """Label all nodes of a group."""
    if group.label:
        yield _on_group(group, f"label nodes {quote(f'{keys.label_key}={group.ring}')} --overwrite")


def label_back(group: GroupChange, keys: PolicyNodes) -> Iterator[str]:
    """Take the label away, node by node where others had it before."""
    if len(group.label) == len(group.nodes):
        yield f"unlabel_group {_nodes_of(group)} {quote(keys.label_key)}"
    else:
        yield from (f"$KUBECTL label node {change.node} {quote(f'{keys.label_key}-')}" for change in group.label)


def taint(group: GroupChange, keys: PolicyNodes) -> Iterator[str]:
    """Taint all nodes of a group."""
    if group.taint:
        yield _on_group(group, f"taint nodes {quote(f'{keys.taint_key}={group.ring}:{NO_SCHEDULE}')} --overwrite")


def taint_back(group: GroupChange, keys: PolicyNodes) -> Iterator[str]:
    """Take the taint away, node by node where others had it before."""
    if len(group.taint) == len(group.nodes):
        yield f"untaint_group {_nodes_of(group)} {quote(keys.taint_key)} {NO_SCHEDULE}"
    else:
        yield from (f"untaint {change.node} {quote(keys.taint_key)} {NO_SCHEDULE}" for change in group.taint)


def _on_group(group: GroupChange, command: str) -> str:
    return f"group {_nodes_of(group)} {command}"


def _nodes_of(group: GroupChange) -> str:
    """Write the selector of a group and the nodes that it is to meet."""
    return f"{quote(group.group.selector)} {quote(' '.join(group.nodes))}"
