"""Groups of nodes as providers make them: nodes of one template, which all have the same label of the provider."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from models.kubernetes.node import Node

ALLOW, NEVER = "allow", "never"
"""Whether a part of a group may become a new group."""
SPLITS = (NEVER, ALLOW)
PROVIDER_PROOF_KEY = "ringfence.dev/ring"
"""The label of a ring where the provider refuses the usual one: every provider that is known accepts it."""


@dataclass(frozen=True, slots=True)
class Provider:
    """Who makes groups of nodes: the `keys` of the labels that name a node's group, what it calls one, and what it refuses.

    It refuses labels whose domain is one of `refuses`, or ends so, unless it is one of `accepts`. Keys that are no label are
    annotations, of which the inventory keeps the one that counts.
    """

    name: str
    keys: tuple[str, ...]
    noun: str
    refuses: tuple[str, ...] = ()
    accepts: tuple[str, ...] = ()

    def is_refused(self, key: str) -> bool:
        """Say whether groups of this provider cannot carry a label of that key."""
        domain = key.rpartition("/")[0]
        return any(_is_in(domain, refused) for refused in self.refuses) and not any(_is_in(domain, kept) for kept in self.accepts)


def _is_in(domain: str, wide: str) -> bool:
    return domain == wide or domain.endswith(f".{wide}")


_KUBERNETES = ("kubernetes.io", "k8s.io")
_KUBELET = ("kubelet.kubernetes.io", "node.kubernetes.io")
CLUSTER_API, OPENSHIFT = "cluster.x-k8s.io/owner-name", "machine.openshift.io/machine"
KARPENTER, EKS, EKSCTL, GKE, AKS, KOPS = (
    Provider("Karpenter", ("karpenter.sh/nodepool",), "NodePool", ("karpenter.sh",)),
    Provider("EKS", ("eks.amazonaws.com/nodegroup",), "managed node group", (*_KUBERNETES, "eks.amazonaws.com"), _KUBELET),
    Provider("eksctl", ("alpha.eksctl.io/nodegroup-name",), "node group", _KUBERNETES, _KUBELET),
    Provider("GKE", ("cloud.google.com/gke-nodepool",), "node pool", (*_KUBERNETES, "cloud.google.com")),
    Provider(
        "AKS", ("kubernetes.azure.com/agentpool", "agentpool"), "node pool", (*_KUBERNETES, "kubernetes.azure.com"), _KUBELET
    ),
    Provider("kOps", ("kops.k8s.io/instancegroup",), "instance group"),
)
CAPI = Provider("Cluster API", (CLUSTER_API,), "MachineDeployment")
MACHINE_API = Provider("OpenShift", (OPENSHIFT,), "MachineSet")
OTHER = Provider("", (), "group")
"""Whoever sets the label that the policy names."""
PROVIDERS = (KARPENTER, EKS, EKSCTL, GKE, AKS, KOPS, CAPI, MACHINE_API)
"""The most specific first: of several labels on one node the first counts."""
ANNOTATIONS = (CLUSTER_API, OPENSHIFT)


@dataclass(frozen=True, slots=True, order=True)
class NodeGroup:
    """A group of nodes: its name, and the key of the label, or of the annotation, that says so."""

    name: str
    key: str

    @property
    def provider(self) -> Provider:
        """Return who makes the group, as far as the key tells."""
        return next((provider for provider in PROVIDERS if self.key in provider.keys), OTHER)

    @property
    def selector(self) -> str:
        """Return the label selector of the group's nodes; empty where no label tells them."""
        return "" if self.key in ANNOTATIONS else f"{self.key}={self.name}"


def group_of(node: Node, by: str = "") -> NodeGroup | None:
    """Return the group of a node, by the label that is named or by those of providers; None where it stands alone."""
    if by:
        return NodeGroup(node.labels[by], by) if node.labels.get(by) else None
    for provider in PROVIDERS:
        for key in provider.keys:
            if node.labels.get(key) and key not in ANNOTATIONS:
                return NodeGroup(node.labels[key], key)
    name, _, key = node.made_by.rpartition(" ")
    return NodeGroup(name, key) if key in ANNOTATIONS and name else None


def grouped(nodes: Iterable[Node], by: str = "") -> Mapping[NodeGroup, tuple[Node, ...]]:
    """Return the groups of owned nodes, sorted by name, and the nodes of each in their order."""
    members: dict[NodeGroup, list[Node]] = {}
    for node in nodes:
        group = None if node.shape else group_of(node, by)
        if group:
            members.setdefault(group, []).append(node)
    return {group: tuple(members[group]) for group in sorted(members)}
