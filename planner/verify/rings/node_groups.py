"""Every node group is of one ring, whole, as far as the policy asks for that; parts of groups are named as new groups."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from models.answer.finding import Finding, FindingCode
from models.answer.plan import GroupGrowth, IsolationPlan, NewGroup
from models.kubernetes.node import Node
from models.kubernetes.node_group import ALLOW, NodeGroup, all_groups, group_grown_by, grouped, is_member
from models.solver.outcome import FEASIBLE
from planner.rules import ring_membership
from planner.verify.finding import error
from planner.words import unused


def check(plan: IsolationPlan) -> Iterator[Finding]:
    """Yield groups that are divided, nodes that are left out of their group's ring, and new groups that are not as said."""
    nodes = tuple(_planned(plan))
    members = grouped(nodes, plan.policy.nodes.groups.by)
    if plan.verdict == FEASIBLE:
        for group, mine in all_groups(nodes, plan.policy.nodes.groups.by).items():
            yield from _whole(plan, group, mine)
        yield from _named(plan, members)
    else:
        yield from _possible(plan, members)
    yield from _misnamed(plan)
    yield from _growth(plan)


def are_whole(plan: IsolationPlan) -> bool:
    """Say whether nodes are in one ring for no other reason than that they are of one group."""
    groups = grouped(_planned(plan), plan.policy.nodes.groups.by)
    return plan.policy.nodes.groups.split != ALLOW and any(len(nodes) > 1 for nodes in groups.values())


def _planned(plan: IsolationPlan) -> Iterator[Node]:
    return (node for node in plan.cluster.nodes if not ring_membership.is_excluded(node, plan.policy.nodes))


def _whole(plan: IsolationPlan, group: NodeGroup, members: Sequence[Node]) -> Iterator[Finding]:
    homes = {name: ring.name for ring in plan.rings for name in ring.nodes}
    rings = sorted({homes[node.name] for node in members if node.name in homes})
    if len(rings) > 1 and plan.policy.nodes.groups.split != ALLOW:
        yield error(FindingCode.NODE_GROUP_SPLIT, group.name, case="divided", rings=tuple(rings))
    # A node that has a price is left out where no pod needs it, which saves that.
    left = tuple(node.name for node in members if node.name not in homes and not node.price)
    if rings and left:
        yield error(FindingCode.NODE_GROUP_SPLIT, group.name, case="left", ring=rings[0], nodes=left)


def _named(plan: IsolationPlan, members: Mapping[NodeGroup, Sequence[Node]]) -> Iterator[Finding]:
    """Yield the new groups that rings ask for and that are not named, and the other way round."""
    homes = {name: ring.name for ring in plan.rings for name in ring.nodes}
    due: set[NewGroup] = set()
    for group, nodes in members.items():
        parts: dict[str, list[str]] = {}
        for node in nodes:
            if node.name in homes:
                parts.setdefault(homes[node.name], []).append(node.name)
        # The first keeps the group, as it has the most of its nodes.
        for ring in sorted(parts, key=lambda ring: (-len(parts[ring]), ring))[1:]:
            due.add(NewGroup(f"{group.name}-{ring}", group.name, group.key, ring, tuple(parts[ring])))
    said = {replace(new, name=_usual_name(new)) for new in plan.new_groups}
    for new in sorted(due ^ said, key=lambda new: (new.name, new.nodes)):
        facts = {"nodes": len(new.nodes), "group": new.group}
        yield error(FindingCode.NEW_GROUP_UNTRUE, new.name, case="untold" if new in due else "none", **facts)


def _possible(plan: IsolationPlan, members: Mapping[NodeGroup, Sequence[Node]]) -> Iterator[Finding]:
    """Yield parts of groups that could not be what is said would do, or that are named where groups may be divided anyway."""
    rings, seen = {ring.name for ring in plan.rings}, set[str]()
    for new in plan.new_groups:
        group = members.get(NodeGroup(new.group, new.key), ())
        part = [node.name for node in group if node.name in new.nodes]
        is_part = part == list(new.nodes) and 0 < len(part) < len(group) and not seen.intersection(part)
        if not is_part or new.ring not in rings or not are_whole(plan):
            yield error(FindingCode.NEW_GROUP_UNTRUE, new.name, case="no part", group=new.group)
        seen.update(part)


def _misnamed(plan: IsolationPlan) -> Iterator[Finding]:
    """Yield new groups that do not have their usual name, or where a group has that already, the next one."""
    taken = {group.name for group in grouped(plan.cluster.nodes, plan.policy.nodes.groups.by)}
    for new in plan.new_groups:
        name = unused(_usual_name(new), taken)
        if new.name != name:
            case = "taken" if new.name in taken else "misnamed"
            yield error(FindingCode.NEW_GROUP_UNTRUE, new.name, case=case, name=name)
        taken.add(name)


def _usual_name(new: NewGroup) -> str:
    return f"{new.group}-{new.ring}"


def _growth(plan: IsolationPlan) -> Iterator[Finding]:
    """Yield groups that would grow in another ring than theirs, or by other numbers than the rings get."""
    homes, by = {name: ring.name for ring in plan.rings for name in ring.nodes}, plan.policy.nodes.groups.by
    due = set()
    for shape in plan.cluster.shapes:
        group = group_grown_by(shape)
        coming = Counter(homes.get(node.name, "") for node in plan.cluster.nodes if node.shape == shape.name)
        if group is None or not coming:
            continue
        there = [node for node in plan.cluster.nodes if is_member(node, group, by)]
        parts = Counter(homes[node.name] for node in there if node.name in homes)
        ring = min(parts or coming, key=lambda ring: (-(parts or coming)[ring], ring))
        if {*coming} != {ring}:
            others = tuple(sorted({*coming} - {ring}))
            yield error(FindingCode.NODE_GROUP_SPLIT, group.name, case="grows", ring=ring, rings=others)
        due |= {
            GroupGrowth(group.name, group.key, ring, len(there), max(len(there) + more, shape.min))
            for ring, more in coming.items()
        }
    for growth in sorted(due ^ {*plan.growth}, key=lambda growth: (growth.group, growth.ring, growth.after)):
        facts = {"before": growth.before, "after": growth.after, "ring": growth.ring}
        yield error(FindingCode.NODE_GROUP_GROWTH, growth.group, case="untold" if growth in due else "none", **facts)
    if len({*plan.growth}) < len(plan.growth):
        yield error(FindingCode.NODE_GROUP_GROWTH, plan.name, case="twice")
