"""What Kubernetes means: pure functions over models, one file per kube-scheduler plug-in, with the plug-in's name.

A node filter looks at one pod and one node and says why not, in kube-scheduler's own words; a joint rule looks at several pods
(placement/placement_validity.py); placement/scheduler_filters.py runs them all in kube-scheduler's order.
Target: Kubernetes 1.37 with its default profile.
"""

from collections.abc import Callable

from models.kubernetes.cluster import Cluster
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from planner.rules.plugins import nodeaffinity, nodename, nodeunschedulable, tainttoleration, volumebinding, volumezone

Filter = Callable[[Pod, Node, Cluster], str | None]

FILTERS: dict[str, Filter] = {
    "NodeUnschedulable": nodeunschedulable.rejects,
    "NodeName": nodename.rejects,
    "TaintToleration": tainttoleration.rejects,
    "NodeAffinity": nodeaffinity.rejects,
    "VolumeBinding": volumebinding.rejects,
    "VolumeZone": volumezone.rejects,
}
"""The filters that need to know one pod and one node only, in kube-scheduler's order."""
