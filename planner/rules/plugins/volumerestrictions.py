"""A disk that a pod writes is no other pod's on its node, and a claim that is ReadWriteOncePod no other pod's in the cluster.

Source: pkg/scheduler/framework/plugins/volumerestrictions/volume_restrictions.go.

A disk that pods attach without a claim is a resource among the others, of which every node has the same: who writes takes all of
it, who reads one of very many. But kube-scheduler asks for it after all other resources, and says it in other words.
"""

from models.kubernetes.cluster import Cluster
from models.kubernetes.pod import Pod
from models.kubernetes.resources import DISKS

DISK_TAKEN = "node(s) had no available disk"
REASON = "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod"
READ_WRITE_ONCE_POD = "ReadWriteOncePod"


def exclusive(pod: Pod, cluster: Cluster) -> tuple[str, ...]:
    """Return the keys of the pod's claims that no other pod may use at the same time."""
    keys = (f"{pod.namespace}/{name}" for name in dict.fromkeys(pod.claims))
    return tuple(key for key in keys if key in cluster.claims and READ_WRITE_ONCE_POD in cluster.claims[key].access_modes)


def is_disk(resource: str) -> bool:
    """Say whether a resource of this name is a disk that pods attach without a claim."""
    return resource.startswith(DISKS)
