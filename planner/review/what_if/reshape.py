"""Nodes of one instance type are replaced by as many of another, whose shape the input has: as a node, or as an offer."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from models.answer.plan import IsolationPlan
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Labels
from models.kubernetes.node import Node, NodeShape
from models.kubernetes.resources import CPU, MEMORY, Resources
from planner.review.capacity.node_facts import INSTANCE_TYPES, type_of
from planner.review.what_if.base import PlannedFrom, refused

OF_THE_SHAPE = (
    *INSTANCE_TYPES,
    "kubernetes.io/arch",
    "beta.kubernetes.io/arch",
    "karpenter.k8s.aws/instance-",
    "karpenter.azure.com/sku-",
    "cloud.google.com/machine-family",
    "cloud.google.com/gke-accelerator",
    "feature.node.kubernetes.io/",
    "nvidia.com/",
)
"""Labels that begin so say what a machine is, and come with its shape; all others are of the node, its group or its zone."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a machine is: where a type has several, that of its smallest node."""

    allocatable: Resources
    price: int
    labels: Labels


@dataclass(frozen=True, slots=True)
class Reshape:
    """Nodes of one type are of another: each keeps its name, zone, group and taints, and so do those that can be bought."""

    old: str
    new: str

    @property
    def name(self) -> str:
        """Say what is changed."""
        return f"{self.new} in place of {self.old}"

    def change(self, _: IsolationPlan, given: PlannedFrom) -> PlannedFrom:
        """Give the nodes, and the offers, of the old type the new one's room, price and labels of its shape."""
        cluster = given.cluster
        types = {*map(type_of, cluster.nodes), *map(_offered, cluster.shapes)} - {""}
        for wanted in (self.old, self.new):
            if wanted not in types:
                reason = f"no node and no NodeShape of the plan is of type {wanted!r}"
                raise refused("--reshape", reason, f"name two of {', '.join(sorted(types))}" if types else "no type is known")
        shape = _shape(cluster, self.new)
        if not shape.price and any(node.price for node in cluster.nodes if type_of(node) == self.old):
            raise refused(
                "--reshape", f"{self.new} has no price, and {self.old} has", "give it one, so that costs can be compared"
            )
        nodes = tuple(_reshaped(node, shape) if type_of(node) == self.old else node for node in cluster.nodes)
        return replace(given, cluster=replace(cluster, nodes=nodes, shapes=self._offers(cluster, shape)))

    def _offers(self, cluster: Cluster, shape: _Shape) -> tuple[NodeShape, ...]:
        """Offer the new type in place of the old one, once."""
        known = any(_offered(offer) == self.new for offer in cluster.shapes)
        offers = []
        for offer in cluster.shapes:
            if _offered(offer) != self.old:
                offers.append(offer)
            elif not known:
                labels = _with_shape(offer.labels, shape)
                offers.append(replace(offer, allocatable=shape.allocatable, price=shape.price, labels=labels))
        return tuple(offers)


def _offered(shape: NodeShape) -> str:
    return next((shape.labels[key] for key in INSTANCE_TYPES if key in shape.labels), shape.name)


def _shape(cluster: Cluster, of: str) -> _Shape:
    """Return what a type is: of its smallest node, or of the offer where none runs."""
    nodes = [node for node in cluster.nodes if type_of(node) == of]
    if nodes:
        least = min(nodes, key=lambda node: (node.allocatable.get(CPU, 0), node.allocatable.get(MEMORY, 0), node.name))
        return _Shape(least.allocatable, least.price, _of_shape(least.labels))
    offer = next(shape for shape in cluster.shapes if _offered(shape) == of)
    return _Shape(offer.allocatable, offer.price, FrozenMap({INSTANCE_TYPES[0]: of, **_of_shape(offer.labels)}))


def _of_shape(labels: Mapping[str, str]) -> Labels:
    return FrozenMap({key: value for key, value in labels.items() if key.startswith(OF_THE_SHAPE)})


def _with_shape(labels: Labels, shape: _Shape) -> Labels:
    others = {key: value for key, value in labels.items() if not key.startswith(OF_THE_SHAPE)}
    return FrozenMap({**others, **shape.labels})


def _reshaped(node: Node, shape: _Shape) -> Node:
    return replace(node, allocatable=shape.allocatable, price=shape.price, labels=_with_shape(node.labels, shape))


def parsed_reshape(text: str) -> Reshape:
    """Read OLD=NEW; ValueError that says why it is none."""
    old, _, new = (part.strip() for part in text.partition("="))
    if not old or not new or old == new:
        raise ValueError(f"{text!r} names no two instance types: write m5.2xlarge=m6g.4xlarge")
    return Reshape(old, new)
