"""A DaemonSet's pods tolerate the taints that say a node is in trouble, because its controller adds those tolerations.

Source: pkg/controller/daemon/util/daemonset_util.go, AddOrUpdateDaemonPodTolerations.
"""

from dataclasses import replace
from functools import cache

from models.kubernetes.labels import Toleration
from models.kubernetes.pod import Pod

_ADDED = (
    Toleration("node.kubernetes.io/not-ready", "Exists", "", "NoExecute"),
    Toleration("node.kubernetes.io/unreachable", "Exists", "", "NoExecute"),
    Toleration("node.kubernetes.io/disk-pressure", "Exists", "", "NoSchedule"),
    Toleration("node.kubernetes.io/memory-pressure", "Exists", "", "NoSchedule"),
    Toleration("node.kubernetes.io/pid-pressure", "Exists", "", "NoSchedule"),
    Toleration("node.kubernetes.io/unschedulable", "Exists", "", "NoSchedule"),
)
_NETWORK = Toleration("node.kubernetes.io/network-unavailable", "Exists", "", "NoSchedule")


@cache
def daemon_pod(pod: Pod) -> Pod:
    """Return the pod as the DaemonSet controller makes it, before it is pinned to a node."""
    added = (*_ADDED, _NETWORK) if pod.host_network else _ADDED
    return replace(pod, tolerations=(*pod.tolerations, *(t for t in added if t not in pod.tolerations)))
