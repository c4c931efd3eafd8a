"""Nodes that could be bought: one example for each shape and zone, judged by the same rules as nodes that are there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from models.cluster import Cluster
from models.labels import Labels
from models.node import Node, NodeShape, bought_name
from models.problem import NONE, OWN, NodeSlot, Offer
from models.trust import TrustPolicy
from planner.errors import BadInput, Fault
from planner.rules import ring

HOSTNAME = "kubernetes.io/hostname"
ZONE = "topology.kubernetes.io/zone"
INSTANCE_TYPE = "node.kubernetes.io/instance-type"
UNLIMITED = 1_000_000
"""More nodes than any cluster has."""


def examples(cluster: Cluster, policy: TrustPolicy) -> tuple[Node, ...]:
    """Return a node for each shape and zone, in that order; shapes that no ring may have are bad input."""
    faults = [fault for shape in cluster.shapes for fault in _faults(shape, policy)]
    if faults:
        raise BadInput(faults)
    return tuple(_named(shape, zone, f"{shape.name}@{zone}") for shape in cluster.shapes for zone in shape.zones)


def _faults(shape: NodeShape, policy: TrustPolicy) -> Iterator[Fault]:
    key, taint = policy.nodes.label_key, policy.nodes.taint_key
    if key in shape.labels:
        fix = "leave the label out: the plan says which ring the nodes get"
        yield Fault(shape.where, f"label {key}", f"NodeShape {shape.name} carries a ring's label", fix)
    if any(one.key == taint for one in shape.taints):
        fix = "leave the taint out: the plan says which ring the nodes get"
        yield Fault(shape.where, f"taint {taint}", f"NodeShape {shape.name} carries a ring's taint", fix)
    if any(ring.is_excluded(_named(shape, zone, shape.name), policy.nodes) for zone in shape.zones):
        fix = "do not exclude them, or leave the shape out"
        yield Fault(shape.where, "labels", f"the policy excludes nodes like NodeShape {shape.name}", fix)


def _named(shape: NodeShape, zone: str, name: str) -> Node:
    own = {INSTANCE_TYPE: shape.name, **shape.labels, ZONE: zone, HOSTNAME: name}
    return Node(name, Labels(own), shape.taints, allocatable=shape.allocatable, price=shape.price, shape=shape.name)


def numbered(example: Node, number: int) -> Node:
    """Return the node that is bought as the so-manieth like an example."""
    name = bought_name(example.shape, example.labels[ZONE], number)
    return replace(example, name=name, labels=Labels({**example.labels, HOSTNAME: name}))


def most(cluster: Cluster) -> tuple[int, ...]:
    """Return how many nodes of each shape can be bought."""
    return tuple(UNLIMITED if shape.max is None else shape.max for shape in cluster.shapes)


def offers(examples: Sequence[Node], slots: Sequence[NodeSlot], cluster: Cluster) -> tuple[Offer, ...]:
    """Return the offers that the examples stand for; `slots` describe them as if they were there."""
    numbers = {shape.name: at for at, shape in enumerate(cluster.shapes)}
    return tuple(
        Offer(node.name, slot.capacity, slot.rings, node.price, numbers[node.shape])
        for node, slot in zip(examples, slots, strict=True)
    )


@dataclass(frozen=True, slots=True)
class Ground:
    """Nodes by the value of a label: the domains of those that are there, and which of them an example joins."""

    values: tuple[str, ...]
    domains: tuple[tuple[int, ...], ...]
    joins: tuple[int, ...]


def ground(key: str, found: Mapping[str, Sequence[int]], nodes: Sequence[Node], owned: int) -> Ground:
    """Part the nodes that bear the label into those that are there and, from index `owned` on, examples of offers."""
    own = {value for value, here in found.items() if key == HOSTNAME and here and min(here) >= owned}
    values = tuple(sorted(value for value in found if value not in own))
    number = {value: at for at, value in enumerate(values)}
    joined = {at: OWN if value in own else number[value] for value, here in found.items() for at in here}
    domains = tuple(tuple(at for at in found[value] if at < owned) for value in values)
    return Ground(values, domains, tuple(joined.get(at, NONE) for at in range(owned, len(nodes))))
