"""Keys of node labels and taints that cannot be a ring's: those that Kubernetes or Karpenter write, and mean otherwise."""

from models.kubernetes.node_group import PROVIDER_KEYS
from models.kubernetes.node_restriction import KUBELETS_OWN
from models.trust import PolicyNodes
from planner.read.documents.field import Spot

LIFECYCLE = ("node.kubernetes.io/", "node.cloudprovider.kubernetes.io/")
"""Taints of these prefixes come and go with a node's conditions, and DaemonSets tolerate the most of them."""
KARPENTER = "karpenter.sh"
"""No label whose domain ends so may stand in a NodePool (pkg/apis/crds/karpenter.sh_nodepools.yaml)."""


def check_owners(spot: Spot, nodes: PolicyNodes) -> None:
    """Note keys that are Kubernetes' own, Karpenter's, or tell node groups."""
    usual = PolicyNodes()
    for field, key, other in (("labelKey", nodes.label_key, usual.label_key), ("poolKey", nodes.pool_key, usual.pool_key)):
        if reason := _owner(key):
            spot.at(field).fault(f"{key} {reason}", f"write a key of your own, or leave it out: {other}")
    if nodes.label_key in {nodes.groups.by, *PROVIDER_KEYS} and not _owner(nodes.label_key):
        reason = f"{nodes.label_key} says of which group a node is, and the label of its ring would overwrite that"
        spot.at("labelKey").fault(reason, f"write a key of your own, or leave it out: {usual.label_key}")
    if nodes.pool_key == nodes.label_key:
        spot.at("poolKey").fault("is the key of the ring, too", "give ring and pool keys of their own")
    if nodes.taint_key.startswith(LIFECYCLE):
        reason = f"{nodes.taint_key} is Kubernetes' own: controllers set and remove such taints, and DaemonSets tolerate them"
        spot.at("taintKey").fault(reason, f"write a key of your own, or leave it out: {usual.taint_key}")


def _owner(key: str) -> str:
    """Say whose a label's key is, if it cannot be one's own."""
    if key in KUBELETS_OWN:
        return "says something else of every node: the kubelet or the cloud writes it"
    if key.partition("/")[0].endswith(KARPENTER):
        return "is Karpenter's own: it refuses such labels in a NodePool"
    return ""
