"""NodeGroup documents: node groups that may grow, each as the shape of the nodes that would come.

What such a node is like is said in the document, or by a NodeShape that it names, or by the nodes of the group that run.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from models.frozen_map import FrozenMap
from models.kubernetes.labels import Labels, Taint
from models.kubernetes.node import UNPRICED, Node, NodeShape
from models.kubernetes.node_group import ANNOTATIONS, EKS, PROVIDER_KEYS, NodeGroup, groups_of, is_member
from models.kubernetes.resources import NOTHING, Resources
from models.solver.problem import ENDLESS
from models.source import Source
from planner.read.documents.document import Document
from planner.read.documents.field import Notebook, Spot, spot_of
from planner.read.own_kinds.node_shape import API_VERSION, read_allocatable, read_zones
from planner.read.schema import cluster_schema
from planner.read.values import name_syntax
from planner.read.values.price import read_price
from planner.read.values.selectors import read_labels, read_taints

KIND = "NodeGroup"
INSTANCE_TYPE, ZONE, HOSTNAME = "node.kubernetes.io/instance-type", "topology.kubernetes.io/zone", "kubernetes.io/hostname"
_PASSING = ("node.kubernetes.io/", "node.cloudprovider.kubernetes.io/", "node-role.kubernetes.io/")
"""Taints of these prefixes come and go with a node's conditions, or say what it is for."""


@dataclass(frozen=True, slots=True)
class GroupDocument:
    """A NodeGroup as written; `spot` is its spec, and what was left out is empty, or None."""

    name: str
    by: str
    min: int
    max: int
    shape: str
    allocatable: Resources | None
    labels: Labels
    taints: tuple[Taint, ...] | None
    zones: tuple[str, ...]
    price: int | None
    spot: Spot

    @property
    def where(self) -> Source:
        """Return where it was read."""
        return self.spot.where


@dataclass(frozen=True, slots=True)
class _Template:
    """What a node of a group is like."""

    allocatable: Resources
    labels: Mapping[str, str]
    taints: tuple[Taint, ...]
    zones: tuple[str, ...] = ()
    price: int = 0


def read_group(document: Document, notebook: Notebook) -> GroupDocument:
    """Read a group; what is missing, unknown or contradictory in it is a fault."""
    spot = spot_of(document, notebook)
    if document.api_version != API_VERSION:
        spot.at("apiVersion").fault(f"no NodeGroup is {document.api_version}", f"write apiVersion: {API_VERSION}")
    given = document.decode(cluster_schema.Group)
    meta, spec, here = given.metadata or cluster_schema.ShapeMeta(), given.spec or cluster_schema.GroupSpec(), spot.at("spec")
    if given.spec is None:
        here.fault("is missing", "a NodeGroup has apiVersion, kind, metadata and spec")
    if spec.shape and spec.allocatable:
        here.at("allocatable").fault(f"is said by NodeShape {spec.shape}, too", "leave out one of shape and allocatable")
    for key in (ZONE, HOSTNAME):
        if key in (spec.labels or {}):
            here.at("labels").key(key).fault("is not the group's to say", "leave it out: each node has its own")
    least, most = _sizes(here, spec)
    return GroupDocument(
        name=_name(spot.at("metadata"), meta),
        by=_by(here.at("by"), spec.by),
        min=least,
        max=most,
        shape=spec.shape or "",
        allocatable=FrozenMap(read_allocatable(here.at("allocatable"), spec.allocatable)) if spec.allocatable else None,
        labels=read_labels(here.at("labels"), spec.labels),
        taints=read_taints(here.at("taints"), spec.taints) if spec.taints is not None else None,
        zones=read_zones(here.at("zones"), spec.zones) if spec.zones is not None else (),
        price=read_price(here.at("price"), spec.price) if spec.price is not None else None,
        spot=here,
    )


def _name(spot: Spot, meta: cluster_schema.ShapeMeta) -> str:
    name = meta.name or ""
    if not name or not name_syntax.is_label_value(name):
        reason = f"{name[:40]!r} cannot be the value of a group's label" if name else "is missing"
        spot.at("name").fault(reason, "write the group's name, as its provider has it")
    return name


def _by(spot: Spot, given: str | None) -> str:
    if given and not name_syntax.is_label_key(given):
        spot.fault(f"{given[:40]!r} is no label key", name_syntax.KEY)
    return given or ""


def _sizes(spot: Spot, spec: cluster_schema.GroupSpec) -> tuple[int, int]:
    """Return how many nodes the group has at least and at most."""
    least, most = spec.min or 0, spec.max
    if most is None:
        spot.at("max").fault("is missing", "write how many nodes the group may have, those that run among them")
    elif not 0 <= most <= ENDLESS:
        spot.at("max").fault(f"{most} is no number of nodes", f"write a number from 0 to {ENDLESS:,}")
    elif least > most:
        spot.at("min").fault(f"{least} is more than max, which is {most}", "write a min of at most max")
    if least < 0:
        spot.at("min").fault(f"{least} is negative", "write how many nodes the group always has, or leave it out for none")
    return least, most or 0


def grown_shapes(
    groups: Sequence[GroupDocument], nodes: Sequence[Node], shapes: Sequence[NodeShape], by: str
) -> Iterator[NodeShape]:
    """Yield for each group the shape of the nodes by which it grows; `by` is the label by which the policy tells groups."""
    known = {shape.name: shape for shape in shapes}
    for group in groups:
        key = _key(group, nodes, by)
        if not key:
            continue
        if clash := known.get(group.name):
            group.spot.fault(f"NodeShape {group.name}, in {clash.where}, has the group's name", "give the NodeShape another name")
        yield _grown(group, key, [node for node in nodes if is_member(node, NodeGroup(group.name, key), by)], known)


def _key(group: GroupDocument, nodes: Sequence[Node], by: str) -> str:
    """Return the key that tells the group: the policy's, the document's own, or the one by which nodes name it."""
    spot = group.spot.at("by")
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


def _grown(group: GroupDocument, key: str, members: Sequence[Node], known: Mapping[str, NodeShape]) -> NodeShape:
    template = _template(group, members, known)
    if len(members) > group.max:
        group.spot.at("max").fault(f"{len(members)} nodes of it run", f"write {len(members)}, or more")
    if group.labels.get(key, group.name) != group.name:
        group.spot.at("labels").key(key).fault(f"names another group than {group.name}", "leave it out")
    zones = group.zones or template.zones
    if not zones:
        group.spot.at("zones").fault("is missing", "list the zones in which its nodes come: zones: [eu-west-1a]")
    own = {} if key in ANNOTATIONS else {key: group.name}
    return NodeShape(
        name=group.name,
        allocatable=template.allocatable,
        zones=zones,
        price=max(template.price if group.price is None else group.price, UNPRICED),
        labels=Labels({**template.labels, **group.labels, **own}),
        taints=template.taints if group.taints is None else group.taints,
        max=max(0, group.max - len(members)),
        where=group.spot.where,
        group=key,
        min=group.min,
    )


def _template(group: GroupDocument, members: Sequence[Node], known: Mapping[str, NodeShape]) -> _Template:
    if group.allocatable is not None:
        return _Template(group.allocatable, {}, ())
    if group.shape:
        shape = known.get(group.shape)
        if shape is None:
            group.spot.at("shape").fault(
                f"there is no NodeShape {group.shape}", "add it to what --nodes names, or write allocatable"
            )
            return _Template(NOTHING, {}, ())
        return _Template(shape.allocatable, {INSTANCE_TYPE: shape.name, **shape.labels}, shape.taints, shape.zones, shape.price)
    if not members:
        fix = "name a NodeShape as its shape, or write allocatable, as under status.allocatable of a node like it"
        group.spot.fault("no node of the group runs, so nothing says what its nodes are like", fix)
        return _Template(NOTHING, {}, ())
    return _like(members)


def _like(members: Sequence[Node]) -> _Template:
    """Return what the nodes that run have in common: the least of every resource, and no label that tells them or zones apart."""
    names = set.intersection(*({*node.allocatable} for node in members))
    zones = {node.labels[ZONE] for node in members if node.labels.get(ZONE)}
    own = {*zones, *(node.name for node in members), *(node.labels.get(HOSTNAME, "") for node in members)}
    first = members[0]
    labels = {key: value for key, value in first.labels.items() if all(node.labels.get(key) == value for node in members)}
    taints = (taint for taint in first.taints if all(taint in node.taints for node in members))
    return _Template(
        FrozenMap({name: min(node.allocatable[name] for node in members) for name in sorted(names)}),
        {key: value for key, value in labels.items() if value not in own},
        tuple(taint for taint in taints if not taint.key.startswith(_PASSING)),
        tuple(sorted(zones)),
    )
