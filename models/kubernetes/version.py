"""Which version of Kubernetes decides, and from which version on a rule is another.

Kubelets are never newer than the API server, nor is kube-scheduler, and these are of one minor version or next to each other
(kubernetes.io/releases/version-skew-policy): unless somebody says it, the newest kubelet is the best guess.
"""

import re
from collections.abc import Iterable

from models.kubernetes.node import Node

Version = tuple[int, int]
OLDEST: Version = (1, 34)
NEWEST: Version = (1, 37)
"""The versions whose rules are known."""
TOPOLOGY_COPIED: Version = (1, 35)
"""Since then API servers copy zone and region of its node onto a pod that is bound (PodTopologyLabelsAdmission is on)."""
FEATURES_DECLARED: Version = (1, 36)
"""Since then NodeDeclaredFeatures looks at what kubelets declare."""
BALANCED_BY_CHANGE: Version = (1, 36)
"""Since then NodeResourcesBalancedAllocation scores what a pod changes."""
DRIVERS_REQUIRED: Version = (1, 37)
"""Since then NodeVolumeLimits looks whether CSI drivers that want it (preventPodSchedulingIfMissing) are on the node."""
STORAGE_SCORED: Version = (1, 37)
"""Since then VolumeBinding scores how much of the storage, or volumes, that a node has a pod leaves (StorageCapacityScoring)."""
RESIZED_IN_TOTAL: Version = (1, 37)
"""Since then a pod that is resized in place is charged the largest of its totals, not the total of its containers' largest."""
_FORM = re.compile(r"v?(\d{1,9})\.(\d{1,9})(?!\w)", re.ASCII)


def parsed(text: str) -> Version | None:
    """Read "1.36", "v1.36.2" or "v1.36.2-gke.100" as major and minor; None where it is none of these."""
    match = _FORM.match(text)
    return (int(match[1]), int(match[2])) if match else None


def newest(nodes: Iterable[Node]) -> str:
    """Return the minor version of the newest kubelet; empty where no node says it."""
    versions = [version for node in nodes if (version := parsed(node.kubelet_version))]
    return shown(max(versions)) if versions else ""


def known(text: str) -> Version:
    """Return the version whose rules are followed: the nearest one that is known, and the newest where nothing is said."""
    version = parsed(text)
    return NEWEST if version is None else min(max(version, OLDEST), NEWEST)


def shown(version: Version) -> str:
    """Write a version as "1.36"."""
    return f"{version[0]}.{version[1]}"
