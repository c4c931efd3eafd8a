"""A claim with access mode ReadWriteOncePod is used by one pod in the whole cluster at a time.

Source: pkg/scheduler/framework/plugins/volumerestrictions/volume_restrictions.go.
"""

from models.cluster import Cluster
from models.pod import Pod

REASON = "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod"
READ_WRITE_ONCE_POD = "ReadWriteOncePod"


def exclusive(pod: Pod, cluster: Cluster) -> tuple[str, ...]:
    """Return the keys of the pod's claims that no other pod may use at the same time."""
    keys = (f"{pod.namespace}/{name}" for name in dict.fromkeys(pod.claims))
    return tuple(key for key in keys if key in cluster.claims and READ_WRITE_ONCE_POD in cluster.claims[key].access_modes)
