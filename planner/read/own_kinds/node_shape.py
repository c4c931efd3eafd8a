"""NodeShape documents -> nodes that could be bought."""

from models.frozen_map import FrozenMap
from models.kubernetes.node import NodeShape
from models.kubernetes.resources import CPU, MEMORY, PODS
from models.solver.problem import ENDLESS
from planner.read.documents.did_you_mean import nearest
from planner.read.documents.document import Document
from planner.read.documents.field import Notebook, Spot, spot_of
from planner.read.schema import cluster_schema
from planner.read.schema.pod_schema import Amounts
from planner.read.values import name_syntax
from planner.read.values.declared_features import features_of
from planner.read.values.price import read_price
from planner.read.values.resource_amounts import read_amounts
from planner.read.values.selectors import read_labels, read_taints

API_VERSION = "ringfence.dev/v1alpha1"
KIND = "NodeShape"
_OWN_LABELS = {
    "topology.kubernetes.io/zone": "leave it out: the zones say it",
    "kubernetes.io/hostname": "leave it out: every node that is bought has a name of its own",
    "karpenter.sh/nodepool": "leave it out: Karpenter writes the name of the pool that makes the node",
}


def read_shape(document: Document, notebook: Notebook) -> NodeShape:
    """Read a shape; what is missing, unknown or contradictory in it is a fault."""
    spot = spot_of(document, notebook)
    if document.api_version != API_VERSION:
        spot.at("apiVersion").fault(f"no NodeShape is {document.api_version}", f"write apiVersion: {API_VERSION}")
    given = document.decode(cluster_schema.Shape)
    meta, spec, here = given.metadata or cluster_schema.ShapeMeta(), given.spec or cluster_schema.ShapeSpec(), spot.at("spec")
    if given.spec is None:
        here.fault("is missing", "a NodeShape has apiVersion, kind, metadata and spec")
    for key in spec.labels or ():
        if key in _OWN_LABELS:
            here.at("labels").key(key).fault("is not the shape's to say", _OWN_LABELS[key])
    return NodeShape(
        name=_name(spot.at("metadata"), meta),
        allocatable=FrozenMap(
            {**read_allocatable(here.at("allocatable"), spec.allocatable), **features_of(spec.declared_features)}
        ),
        zones=read_zones(here.at("zones"), spec.zones),
        price=read_price(here.at("price"), spec.price),
        labels=read_labels(here.at("labels"), spec.labels),
        taints=read_taints(here.at("taints"), spec.taints),
        max=_most(here.at("max"), spec.max),
        where=document.where,
    )


def _name(spot: Spot, meta: cluster_schema.ShapeMeta) -> str:
    name = meta.name or ""
    if not (name_syntax.is_dns_name(name) and name_syntax.is_label_value(name)):
        reason = f"{name!r} is no name of a shape" if name else "is missing"
        spot.at("name").fault(reason, "write at most 63 lower-case letters, digits, '-' and '.'")
    if meta.labels is not None:
        spot.at("labels").fault("would be labels of the shape, not of its nodes", "write the nodes' labels under spec.labels")
    return name


def read_allocatable(spot: Spot, given: Amounts | None) -> dict[str, int]:
    """Read what a node can allocate, which is to be said of pods, cpu and memory."""
    if not given:
        spot.fault("does not say what such a node can allocate", "copy status.allocatable of a node like it")
    elif PODS not in given:
        spot.fault("has no entry for pods, and so room for none", "add pods: the kubelet's maxPods, usually 110")
    for name in (CPU, MEMORY):
        if given and name not in given:
            near = nearest(name, [resource for resource in given if resource not in (CPU, MEMORY, PODS)])
            fix = f"write {name} in place of {near}" if near else f"add {name}, as under status.allocatable of a node like it"
            spot.fault(f"has no entry for {name}, and so none of it", fix)
    return read_amounts(spot, given)


def read_zones(spot: Spot, given: list[str] | None) -> tuple[str, ...]:
    """Read zones, of which there is to be one at least."""
    if not given:
        spot.fault("names no zone", "list the zones in which such nodes can be bought: zones: [eu-west-1a]")
    for index, zone in enumerate(given or ()):
        here = spot.at(f"[{index}]")
        if not zone or not name_syntax.is_label_value(zone):
            here.fault(f"{zone!r} cannot be the value of a zone's label", name_syntax.VALUE)
        if zone in (given or [])[:index]:
            here.fault(f"zone {zone} is listed twice", "list every zone once")
    return tuple(sorted(set(given or ())))


def _most(spot: Spot, given: int | None) -> int | None:
    if given is not None and given < 0:
        spot.fault(f"{given} is negative", "write how many can be bought at most, or leave it out for any number")
    if given is not None and given > ENDLESS:
        spot.fault(
            f"{given} are more nodes than any cluster has", f"write a number up to {ENDLESS:,}, or leave it out for any number"
        )
    return given
