"""What a node's labels say it is: its instance type, and the node group that it is of."""

from models.kubernetes.node import Node

INSTANCE_TYPES = ("node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type")
NODE_GROUPS = (
    "karpenter.sh/nodepool",
    "eks.amazonaws.com/nodegroup",
    "alpha.eksctl.io/nodegroup-name",
    "cloud.google.com/gke-nodepool",
    "kubernetes.azure.com/agentpool",
    "agentpool",
    "kops.k8s.io/instancegroup",
)
"""The labels by which providers say of which group a node is; the first that a node has counts."""


def type_of(node: Node) -> str:
    """Return the instance type of a node, its shape where it is to be bought, or nothing."""
    return next((node.labels[key] for key in INSTANCE_TYPES if key in node.labels), node.shape)


def group_of(node: Node) -> str:
    """Return the node group of a node, or nothing."""
    return next((node.labels[key] for key in NODE_GROUPS if key in node.labels), "")
