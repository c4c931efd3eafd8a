"""Parts of node groups that become groups of their own: the ring that has most of a group's nodes keeps the group."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from models.answer.plan import NewGroup
from models.kubernetes.node import Node
from models.kubernetes.node_group import NodeGroup, grouped
from models.solver.indexed_problem import IndexedProblem
from models.trust import TrustPolicy
from planner.words import unused


def new_groups(formulation: IndexedProblem, ring_of: Sequence[int], policy: TrustPolicy) -> tuple[NewGroup, ...]:
    """Return the new groups that rings of nodes ask for, sorted by the old group, the largest first."""
    # A node without a ring has -1, and so the last of these.
    rings = (*formulation.problem.rings, "")
    home = {node.name: rings[ring] for node, ring in zip(formulation.nodes, ring_of, strict=False)}
    groups = grouped(formulation.nodes, policy.nodes.groups.by)
    return tuple(new for group, members in groups.items() for new in _parts(group, members, home))


def with_own_names(news: Iterable[NewGroup], nodes: Iterable[Node], policy: TrustPolicy) -> Iterator[NewGroup]:
    """Yield new groups with names that no group of these nodes has, and no other new one."""
    taken = {group.name for group in grouped(nodes, policy.nodes.groups.by)}
    for new in news:
        name = unused(new.name, taken)
        taken.add(name)
        yield replace(new, name=name)


def _parts(group: NodeGroup, members: Sequence[Node], home: dict[str, str]) -> Iterator[NewGroup]:
    by_ring: dict[str, list[str]] = {}
    for node in members:
        if home[node.name]:
            by_ring.setdefault(home[node.name], []).append(node.name)
    for ring in sorted(by_ring, key=lambda ring: (-len(by_ring[ring]), ring))[1:]:
        yield NewGroup(f"{group.name}-{ring}", group.name, group.key, ring, tuple(by_ring[ring]))
