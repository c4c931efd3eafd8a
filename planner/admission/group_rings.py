"""Groups of nodes as their provider labels them, and the ring of each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from models.answer.plan import RingPlan
from models.kubernetes.node import Node
from models.kubernetes.node_group import ANNOTATIONS, PROVIDER_KEYS, all_groups
from planner.admission import cel


@dataclass(frozen=True, slots=True)
class GroupRings:
    """The rings of groups: the label by which a node says its group ("eks.amazonaws.com/nodegroup") -> group -> ring.

    The label that tells most comes first: of a node that says several groups it counts.
    """

    by_key: Mapping[str, Mapping[str, str]]

    def __bool__(self) -> bool:
        """Say whether any group is known."""
        return bool(self.by_key)

    def ring_of(self, node: str) -> str:
        """Return an expression for the ring of the group that a node says; "" where it says none that is known."""
        asked = (f'{_table(rings)}[?{node}.metadata.?labels[?{cel.text(key)}].orValue("")]' for key, rings in self.by_key.items())
        first, *others = asked
        # To Kyverno what a map may hold is of no type, and taints are maps of texts alone.
        return f'string({first}{"".join(f".or({other})" for other in others)}.orValue(""))'


def group_rings(nodes: Iterable[Node], by: str, rings: Iterable[RingPlan]) -> GroupRings:
    """Return the groups that are in one ring with all their nodes, and that a node tells by a label as it joins."""
    ring_of = {name: ring.name for ring in rings for name in ring.nodes}
    by_key: dict[str, dict[str, str]] = {}
    for group, members in all_groups(nodes, by).items():
        ring, *others = dict.fromkeys(ring_of.get(node.name, "") for node in members)
        if ring and not others and group.key not in ANNOTATIONS:
            by_key.setdefault(group.key, {})[group.name] = ring
    return GroupRings({key: by_key[key] for key in (*PROVIDER_KEYS, by) if key in by_key})


def _table(rings: Mapping[str, str]) -> str:
    lines = ",\n".join(f"  {cel.text(group)}: {cel.text(ring)}" for group, ring in sorted(rings.items()))
    return f"{{\n{lines}\n}}"
