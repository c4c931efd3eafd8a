"""A pod goes only to nodes in the zones and regions that the labels of its bound volumes name.

Source: pkg/scheduler/framework/plugins/volumezone/volume_zone.go.
"""

from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Labels
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from models.kubernetes.storage import Volume
from planner.rules.plugins import volumebinding

REASON = "node(s) had no available volume zone"
GA_LABEL = {
    "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
    "topology.kubernetes.io/zone": "topology.kubernetes.io/zone",
    "topology.kubernetes.io/region": "topology.kubernetes.io/region",
}
"""Each label that places a volume, and the one that has replaced it."""


def rejects(pod: Pod, node: Node, cluster: Cluster) -> str | None:
    """Say why the zones of the pod's bound volumes keep it off the node; a node without zone and region is never kept off."""
    if not pod.claims or not any(key in node.labels for key in GA_LABEL):
        return None
    volumes = (cluster.volumes.get(claim.volume) for claim in volumebinding.bound_claims(pod, cluster))
    return REASON if any(volume and not _allows(volume, node.labels) for volume in volumes) else None


def _allows(volume: Volume, labels: Labels) -> bool:
    return all(_found(labels, key) in zones for key in GA_LABEL if key in volume.labels and (zones := _zones(volume.labels[key])))


def _found(labels: Labels, key: str) -> str | None:
    # a node with the new label serves a volume with the old one, not the other way round (translateToGALabel)
    return labels[key] if key in labels else labels.get(GA_LABEL[key])


def _zones(value: str) -> frozenset[str]:
    """Read a label that may list several zones ("a__b"); one with an empty zone in it is ignored altogether."""
    zones = frozenset(zone.strip() for zone in value.split("__"))
    return frozenset() if "" in zones else zones
