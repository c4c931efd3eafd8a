"""A pod goes to a node only if the node can attach the volumes of its claims beside those of other pods, driver by driver.

Source: pkg/scheduler/framework/plugins/nodevolumelimits/csi.go.

How many volumes of a driver a pod has attached, and a node takes, are amounts of a resource among the others. A driver whose
CSIDriver keeps pods off nodes without it (preventPodSchedulingIfMissing) is another, of which a node that has it has enough for
any number of pods. But kube-scheduler asks for both after all other resources, for drivers first, and says it in other words.
"""

from models.kubernetes.resources import ATTACHED, DRIVERS, driver_of

REASON = "node(s) exceed max volume count"
NOT_INSTALLED = " CSI driver is not installed on the node"
"""How the reason ends that begins with the name of the driver."""


def is_limit(resource: str) -> bool:
    """Say whether a resource of this name is the volumes of a CSI driver."""
    return resource.startswith(ATTACHED)


def is_driver(resource: str) -> bool:
    """Say whether a resource of this name is a CSI driver that must be on the node."""
    return resource.startswith(DRIVERS)


def not_installed(resource: str) -> str:
    """Say that the driver which is this resource is not on the node."""
    return driver_of(resource) + NOT_INSTALLED


def says(reason: str) -> bool:
    """Say whether it is this plug-in that gives the reason."""
    return reason == REASON or reason.endswith(NOT_INSTALLED)
