"""A pod goes to a node only if the node can attach the volumes of its claims beside those of other pods, driver by driver.

Source: pkg/scheduler/framework/plugins/nodevolumelimits/csi.go.

How many volumes of a driver a pod has attached, and a node takes, are amounts of a resource among the others; but
kube-scheduler asks for them after all other resources, and says it in other words.
"""

from models.resources import ATTACHED

REASON = "node(s) exceed max volume count"


def is_limit(resource: str) -> bool:
    """Say whether a resource of this name is the volumes of a CSI driver."""
    return resource.startswith(ATTACHED)
