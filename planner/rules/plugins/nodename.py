"""A pod that names its node goes to that node only.

Source: pkg/scheduler/framework/plugins/nodename/node_name.go.
"""

from models.kubernetes.cluster import Cluster
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod

REASON = "node(s) didn't match the requested node name"


def rejects(pod: Pod, node: Node, cluster: Cluster) -> str | None:  # noqa: ARG001  every filter is called alike
    """Say why a pod with spec.nodeName does not go to this node."""
    return REASON if pod.node_name and pod.node_name != node.name else None
