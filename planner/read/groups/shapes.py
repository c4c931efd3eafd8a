"""Node groups -> the shapes of the nodes by which they grow.

What such a node is like is said by the group itself, by a NodeShape that it names, by the nodes of the group that run, or by
others of its instance type: never by a table of our own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from models.frozen_map import FrozenMap
from models.kubernetes.labels import Labels, Taint
from models.kubernetes.node import UNPRICED, Node, NodeShape
from models.kubernetes.node_group import ANNOTATIONS, EKS, PROVIDER_KEYS, NodeGroup, groups_of, is_member
from models.kubernetes.resources import NOTHING, Resources
from planner.read.groups.written import WrittenGroup

INSTANCE_TYPE, ZONE, HOSTNAME = "node.kubernetes.io/instance-type", "topology.kubernetes.io/zone", "kubernetes.io/hostname"
_OF_A_TYPE = (INSTANCE_TYPE, "kubernetes.io/arch", "kubernetes.io/os")
"""Labels that all nodes of one instance type have in common, whatever their group."""
_PASSING = ("node.kubernetes.io/", "node.cloudprovider.kubernetes.io/", "node-role.kubernetes.io/")
"""Taints of these prefixes come and go with a node's conditions, or say what it is for."""


@dataclass(frozen=True, slots=True)
class _Template:
    """What a node of a group is like."""

    allocatable: Resources = NOTHING
    labels: Mapping[str, str] = FrozenMap()
    taints: tuple[Taint, ...] = ()
    zones: tuple[str, ...] = ()
    price: int = 0


def grown_shapes(
    groups: Sequence[WrittenGroup], nodes: Sequence[Node], shapes: Sequence[NodeShape], by: str
) -> Iterator[NodeShape]:
    """Yield for each group the shape of the nodes by which it grows; `by` is the label by which the policy tells groups."""
    known = {shape.name: shape for shape in shapes}
    for group in _with_own_names(groups, known):
        if key := _key(group, nodes, by):
            members = [node for node in nodes if is_member(node, NodeGroup(group.name, key), by)]
            yield _grown(group, key, members, nodes, known)


def _with_own_names(groups: Sequence[WrittenGroup], shapes: Mapping[str, NodeShape]) -> Iterator[WrittenGroup]:
    """Yield the groups, each name once; what a NodeGroup says anew of a provider's group counts in its place."""
    own = {group.name for group in groups if group.is_own}
    seen: dict[str, WrittenGroup | NodeShape] = dict(shapes)
    for group in groups:
        if group.name in own and not group.is_own:
            continue
        first = seen.setdefault(group.name, group)
        if first is not group:
            what = "NodeShape" if isinstance(first, NodeShape) else "group"
            group.spot.fault(f"a {what} in {first.where} has the name {group.name}, too", "keep one of the two, or rename one")
        else:
            yield group


def _key(group: WrittenGroup, nodes: Sequence[Node], by: str) -> str:
    """Return the key that tells the group: the policy's, the document's own, or the one by which nodes name it."""
    spot = group.at("by")
    if by:
        if group.by not in ("", by):
            spot.fault(f"the policy tells groups by {by}", "leave it out, or change nodes.groups.by in the policy")
        return by
    if group.by:
        if group.by not in PROVIDER_KEYS:
            spot.fault(f"no known provider names groups by {group.by}", "write it into the policy, as nodes.groups.by")
        return group.by
    by_provider = {known.provider: known.key for node in nodes for known in groups_of(node) if known.name == group.name}
    keys = sorted(by_provider.values()) or [key for key in PROVIDER_KEYS if group.labels.get(key) == group.name]
    if len(keys) == 1:
        return keys[0]
    why = f"nodes name such a group by {' and '.join(keys)}" if keys else "no node of it runs, so nothing says who makes it"
    spot.fault(f"is missing, and {why}", f"name the label that names the group: by: {keys[0] if keys else EKS.keys[0]}")
    return ""


def _grown(
    group: WrittenGroup, key: str, members: Sequence[Node], nodes: Sequence[Node], known: Mapping[str, NodeShape]
) -> NodeShape:
    template = _template(group, members, nodes, known)
    if len(members) > group.max and group.is_own:
        group.at("max").fault(f"{len(members)} nodes of it run", f"write {len(members)}, or more")
    if group.labels.get(key, group.name) != group.name:
        group.at("labels").key(key).fault(f"names another group than {group.name}", "leave it out")
    zones = group.zones or template.zones
    if not zones and template.allocatable:
        group.at("zones").fault("is missing", "list the zones in which its nodes come: zones: [eu-west-1a]")
    # Where an annotation names the group, nodes carry no label of it.
    own = {} if key in ANNOTATIONS else {key: group.name}
    return NodeShape(
        name=group.name,
        allocatable=template.allocatable,
        zones=zones,
        price=max(template.price if group.price is None else group.price, UNPRICED),
        labels=Labels({**template.labels, **group.labels, **own}),
        taints=template.taints if group.taints is None else group.taints,
        max=max(0, group.max - len(members)),
        where=group.where,
        group=key,
        min=group.min,
    )


def _template(group: WrittenGroup, members: Sequence[Node], nodes: Sequence[Node], known: Mapping[str, NodeShape]) -> _Template:
    if group.allocatable is not None:
        return _Template(group.allocatable)
    if group.shape:
        if group.shape in known:
            return _of_shape(known[group.shape])
        fix = "add it to what --nodes names, or write allocatable"
        group.at("shape").fault(f"there is no NodeShape {group.shape}", fix)
        return _Template()
    if members:
        return _like(members)
    if group.types:
        return _of_types(group, nodes, known)
    fix = "name a NodeShape as its shape, or write allocatable, as under status.allocatable of a node like it"
    instead = "write a NodeGroup of its name that does, with shape or allocatable"
    group.spot.fault("no node of the group runs, so nothing says what its nodes are like", fix if group.is_own else instead)
    return _Template()


def _of_shape(shape: NodeShape) -> _Template:
    return _Template(shape.allocatable, {INSTANCE_TYPE: shape.name, **shape.labels}, shape.taints, shape.zones, shape.price)


def _of_types(group: WrittenGroup, nodes: Sequence[Node], known: Mapping[str, NodeShape]) -> _Template:
    """Return what nodes of all its instance types have in common, as NodeShapes or running nodes show it."""
    examples = []
    for name in group.types:
        running = [node for node in nodes if node.labels.get(INSTANCE_TYPE) == name]
        if name in known:
            examples.append(_of_shape(known[name]))
        elif running:
            like = _like(running)
            examples.append(_Template(like.allocatable, {key: like.labels[key] for key in _OF_A_TYPE if key in like.labels}))
        else:
            reason = f"nothing says what {name} holds: no node of it runs, and no NodeShape is called so"
            group.at("shape").fault(reason, f"add NodeShape {name} to what --nodes names, with max: 0 if it is not for sale")
            return _Template()
    rooms = [FrozenMap(example.allocatable) for example in examples]
    labels = [[*example.labels.items()] for example in examples]
    return _Template(
        _least(rooms),
        dict(pair for pair in labels[0] if all(pair in others for others in labels)),
        examples[0].taints,
        examples[0].zones,
        max(example.price for example in examples),
    )


def _least(rooms: Sequence[Resources]) -> Resources:
    """Return the least of every resource that all have."""
    names = set.intersection(*({*room} for room in rooms))
    return FrozenMap({name: min(room[name] for room in rooms) for name in sorted(names)})


def _like(members: Sequence[Node]) -> _Template:
    """Return what the nodes that run have in common: the least of every resource, and no label that tells them or zones apart."""
    zones = {node.labels[ZONE] for node in members if node.labels.get(ZONE)}
    own = {*zones, *(node.name for node in members), *(node.labels.get(HOSTNAME, "") for node in members)}
    first = members[0]
    labels = {key: value for key, value in first.labels.items() if all(node.labels.get(key) == value for node in members)}
    taints = (taint for taint in first.taints if all(taint in node.taints for node in members))
    return _Template(
        _least([node.allocatable for node in members]),
        {key: value for key, value in labels.items() if value not in own},
        tuple(taint for taint in taints if not taint.key.startswith(_PASSING)),
        tuple(sorted(zones)),
    )
