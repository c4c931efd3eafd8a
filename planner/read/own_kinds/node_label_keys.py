"""Keys of node labels and taints that cannot be a ring's: those that Kubernetes or Karpenter write, and mean otherwise."""

from models.trust import PolicyNodes
from planner.read.documents.field import Spot

LIFECYCLE = ("node.kubernetes.io/", "node.cloudprovider.kubernetes.io/")
"""Taints of these prefixes come and go with a node's conditions, and DaemonSets tolerate the most of them."""
WELL_KNOWN = frozenset(
    {
        "kubernetes.io/hostname",
        *(f"{prefix}kubernetes.io/{name}" for prefix in ("", "beta.") for name in ("os", "arch")),
        *(f"{prefix}.kubernetes.io/instance-type" for prefix in ("node", "beta")),
        *(f"{prefix}.kubernetes.io/{name}" for prefix in ("topology", "failure-domain.beta") for name in ("zone", "region")),
    }
)
"""Labels that the kubelet or the cloud writes on every node."""
KARPENTER = "karpenter.sh"
"""No label whose domain ends so may stand in a NodePool (pkg/apis/crds/karpenter.sh_nodepools.yaml)."""


def check_owners(spot: Spot, nodes: PolicyNodes) -> None:
    """Note keys that are Kubernetes' own, or Karpenter's."""
    usual = PolicyNodes()
    for field, key, other in (("labelKey", nodes.label_key, usual.label_key), ("poolKey", nodes.pool_key, usual.pool_key)):
        if reason := _owner(key):
            spot.at(field).fault(f"{key} {reason}", f"write a key of your own, or leave it out: {other}")
    if nodes.pool_key == nodes.label_key:
        spot.at("poolKey").fault("is the key of the ring, too", "give ring and pool keys of their own")
    if nodes.taint_key.startswith(LIFECYCLE):
        reason = f"{nodes.taint_key} is Kubernetes' own: controllers set and remove such taints, and DaemonSets tolerate them"
        spot.at("taintKey").fault(reason, f"write a key of your own, or leave it out: {usual.taint_key}")


def _owner(key: str) -> str:
    """Say whose a label's key is, if it cannot be one's own."""
    if key in WELL_KNOWN:
        return "says something else of every node: the kubelet or the cloud writes it"
    if key.partition("/")[0].endswith(KARPENTER):
        return "is Karpenter's own: it refuses such labels in a NodePool"
    return ""
