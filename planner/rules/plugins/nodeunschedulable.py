"""A cordoned node takes only pods that tolerate being unschedulable.

Source: pkg/scheduler/framework/plugins/nodeunschedulable/node_unschedulable.go.
"""

from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Taint
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from planner.rules.plugins import tainttoleration

REASON = "node(s) were unschedulable"
UNSCHEDULABLE = Taint("node.kubernetes.io/unschedulable", "", "NoSchedule")


def rejects(pod: Pod, node: Node, cluster: Cluster) -> str | None:  # noqa: ARG001  every filter is called alike
    """Say why the node's cordon keeps the pod off."""
    if node.unschedulable and tainttoleration.untolerated(pod.tolerations, (UNSCHEDULABLE,)):
        return REASON
    return None
