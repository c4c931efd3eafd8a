"""Label keys that the provider's pools do not take."""

from collections.abc import Iterator

from models.answer.finding import ERROR
from planner.check.estate.estate import Estate
from planner.check.rule import OUTPUT, Rule
from planner.check.sighting import Sighting
from planner.read.documents.tree import entries, pairs

_PROVIDERS = {
    "eks.amazonaws.com/nodegroup": "EKS managed node groups",
    "alpha.eksctl.io/nodegroup-name": "eksctl",
    "cloud.google.com/gke-nodepool": "GKE",
    "kubernetes.azure.com/agentpool": "AKS",
}
_REFUSED = ("kubernetes.io/", "k8s.io/")
_FIX = "use a key of your own domain there, and guard it by an admission policy on nodes (docs/how-to/node-groups.md)"


def _question(estate: Estate) -> Iterator[Sighting]:
    policy = estate.policy
    if policy and _is_refused(policy.nodes.label_key):
        groups = (name for label, name in _PROVIDERS.items() if any(label in node.labels for node in estate.today))
        for name in groups:
            message = f"{policy.nodes.label_key} is refused by {name} as a label of their pools"
            yield Sighting(f"TrustPolicy/{policy.name}", message, policy.where)
    for item in estate.of_kind("eksctl.io", "ClusterConfig"):
        for kind in ("nodeGroups", "managedNodeGroups"):
            for index, group in enumerate(entries(item.tree, kind)):
                for key in sorted(filter(_is_refused, pairs(group, "labels"))):
                    yield item.sighting(f"label {key} is refused by eksctl", f"{kind}[{index}].labels")


def _is_refused(key: str) -> bool:
    prefix = key.rpartition("/")[0] + "/"
    return any(prefix == own or prefix.endswith(f".{own}") for own in _REFUSED) and not prefix.endswith("node.kubernetes.io/")


RULE = Rule(
    id="label-key-refused",
    breaks=OUTPUT,
    severity=ERROR,
    sentence="The provider takes no such label for its pools",
    why="The prefix that no kubelet may write is refused by managed pools: their nodes come without the ring's label.",
    how="The pool cannot be made, or its new nodes are in no ring.",
    fix=_FIX,
    source="https://github.com/Azure/AKS/issues/2866",
    question=_question,
)
