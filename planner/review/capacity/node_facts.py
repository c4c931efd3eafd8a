"""What a node is: its instance type, and the node group that it is of."""

from models.kubernetes import node_group
from models.kubernetes.node import Node
from models.trust import PolicyNodes

INSTANCE_TYPES = ("node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type")


def type_of(node: Node) -> str:
    """Return the instance type of a node, its shape where it is to be bought, or nothing."""
    return next((node.labels[key] for key in INSTANCE_TYPES if key in node.labels), node.shape)


def group_of(node: Node, nodes: PolicyNodes) -> str:
    """Return the name of the group that a node is of, as its provider or the policy has it, or nothing."""
    known = node_group.group_of(node, nodes.groups.by)
    return known.name if known else ""
