"""A node that could be bought is one like its shape says, with the labels that every node has.

Source: pkg/kubelet/kubelet_node_status.go initialNode (hostname), and what cloud providers write of instance type and zone.
"""

from collections.abc import Iterable
from dataclasses import replace

from models.kubernetes.labels import Labels
from models.kubernetes.node import Node, NodeShape, bought_name
from models.kubernetes.node_group import ANNOTATIONS

HOSTNAME = "kubernetes.io/hostname"
ZONE = "topology.kubernetes.io/zone"
INSTANCE_TYPE = "node.kubernetes.io/instance-type"


def examples(shapes: Iterable[NodeShape]) -> tuple[Node, ...]:
    """Return a node for each shape and zone, in that order; their names lack a number."""
    return tuple(_named(shape, zone) for shape in shapes for zone in shape.zones)


def _named(shape: NodeShape, zone: str) -> Node:
    name = f"{shape.name}@{zone}"
    kind = {} if shape.group else {INSTANCE_TYPE: shape.name}
    # in this order: a shape may have another instance type than its name, but is wherever its zone is
    labels = Labels({**kind, **shape.labels, ZONE: zone, HOSTNAME: name})
    made_by = f"{shape.name} {shape.group}" if shape.group in ANNOTATIONS else ""
    return Node(name, labels, shape.taints, allocatable=shape.allocatable, price=shape.price, shape=shape.name, made_by=made_by)


def numbered(example: Node, number: int) -> Node:
    """Return the node that is bought as the so-manieth like an example."""
    name = bought_name(example.shape, example.labels[ZONE], number)
    return replace(example, name=name, labels=Labels({**example.labels, HOSTNAME: name}))


def pool_name(number: int) -> str:
    """Name a pool of a ring, as the label of its nodes has it; none is number 0."""
    return f"pool-{number}" if number else ""


def in_pool(node: Node, key: str, name: str) -> Node:
    """Return the node as one of a pool, which a label says; as it is where there is none."""
    return replace(node, labels=Labels({**node.labels, key: name})) if name else node
