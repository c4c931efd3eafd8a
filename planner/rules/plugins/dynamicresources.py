"""A pod goes to a node only if every device that its resource claims ask for is free there.

Source: pkg/scheduler/framework/plugins/dynamicresources/dynamicresources.go.

Where all devices of a class are alike to those who ask for them, how many a pod is given, and a node has, are amounts of a
resource among the others; but kube-scheduler asks for them after everything else, says it in other words, and puts no pod out
to free any.
"""

from models.kubernetes.resources import DEVICES

REASON = "cannot allocate all claims"


def is_devices(resource: str) -> bool:
    """Say whether a resource of this name is the devices of a class."""
    return resource.startswith(DEVICES)
