"""NodeGroup documents: node groups that may grow, as this program has them."""

from models.frozen_map import FrozenMap
from models.solver.problem import ENDLESS
from planner.read.documents.document import Document
from planner.read.documents.field import Notebook, Spot, spot_of
from planner.read.groups.written import WrittenGroup
from planner.read.own_kinds.node_shape import API_VERSION, read_allocatable, read_zones
from planner.read.schema import cluster_schema
from planner.read.values import name_syntax
from planner.read.values.price import read_price
from planner.read.values.selectors import read_labels, read_taints

KIND = "NodeGroup"
_OWN = ("topology.kubernetes.io/zone", "kubernetes.io/hostname")


def read_group(document: Document, notebook: Notebook) -> WrittenGroup:
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
    for key in _OWN:
        if key in (spec.labels or {}):
            here.at("labels").key(key).fault("is not the group's to say", "leave it out: each node has its own")
    least, most = _sizes(here, spec)
    return WrittenGroup(
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
        is_own=True,
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
    return least, max(0, most or 0)
