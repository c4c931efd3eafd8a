"""Groups of nodes as providers make them: nodes of one template, which all have the same label of the provider."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from models.kubernetes.node import Node, NodeShape

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
"""The most specific first."""
ANNOTATIONS = (CLUSTER_API, OPENSHIFT)
OWNER_KIND = "cluster.x-k8s.io/owner-kind"
"""The annotation that says whether Cluster API's owner makes groups."""
PROVIDER_KEYS = tuple(key for provider in PROVIDERS for key in provider.keys)
_RANKS = {key: rank for rank, key in enumerate(PROVIDER_KEYS)}


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


def groups_of(node: Node, by: str = "") -> tuple[NodeGroup, ...]:
    """Return the groups that a node's labels name, the most specific first: by the label given, or those of providers."""
    if by:
        return (NodeGroup(node.labels[by], by),) if node.labels.get(by) else ()
    keys = (key for provider in PROVIDERS for key in provider.keys if key not in ANNOTATIONS)
    labelled = tuple(NodeGroup(node.labels[key], key) for key in keys if node.labels.get(key))
    name, _, key = node.made_by.rpartition(" ")
    return (*labelled, NodeGroup(name, key)) if key in ANNOTATIONS and name else labelled


def group_of(node: Node, by: str = "") -> NodeGroup | None:
    """Return the most specific group of a node; None where it stands alone."""
    return next(iter(groups_of(node, by)), None)


def all_groups(nodes: Iterable[Node], by: str = "") -> Mapping[NodeGroup, tuple[Node, ...]]:
    """Return every group that labels of owned nodes name, with all its nodes; a node may be in several.

    Labels of one provider that say the same name mean one group: the label that most of its nodes carry stands for it.
    """
    members: dict[tuple[str, str], list[Node]] = {}
    keys: dict[tuple[str, str], Counter[str]] = {}
    for node in nodes:
        said = () if node.shape else groups_of(node, by)
        for identity in dict.fromkeys(map(_identity, said)):
            members.setdefault(identity, []).append(node)
        for group in said:
            keys.setdefault(_identity(group), Counter())[group.key] += 1
    told = {who: min(counts, key=lambda key: (-counts[key], _RANKS.get(key, 0))) for who, counts in keys.items()}
    groups = ((NodeGroup(who[1], told[who]), tuple(mine)) for who, mine in members.items())
    return dict(sorted(groups, key=lambda group: group[0]))


def group_grown_by(shape: NodeShape) -> NodeGroup | None:
    """Return the group that grows by nodes of a shape; None where such nodes are bought."""
    return NodeGroup(shape.name, shape.group) if shape.group else None


def is_grown(node: Node, by: str = "") -> bool:
    """Say whether a node comes by growth of its group, and not by a purchase."""
    return bool(node.shape) and any(group.name == node.shape for group in groups_of(node, by))


def is_member(node: Node, group: NodeGroup, by: str = "") -> bool:
    """Say whether a node that runs says that it is of the group."""
    return not node.shape and _identity(group) in map(_identity, groups_of(node, by))


def _identity(group: NodeGroup) -> tuple[str, str]:
    return group.provider.name, group.name


def grouped(nodes: Iterable[Node], by: str = "") -> Mapping[NodeGroup, tuple[Node, ...]]:
    """Return the groups of owned nodes, sorted by name, and the nodes of each in their order; a node is in one of them.

    Groups that have a node in common are one, and so none of them is ever divided: it is called like the largest of them.
    """
    owned = tuple(node for node in nodes if not node.shape)
    groups = all_groups(owned, by)
    joined = {_identity(group): [group] for group in groups}
    for said in {groups_of(node, by) for node in owned}:
        # By their ids: groups that were joined before have one list between them.
        lists = {id(several): several for several in (joined[_identity(group)] for group in said)}
        together = list(chain.from_iterable(lists.values()))
        if len(lists) > 1:
            joined |= {_identity(group): together for group in together}
    result: dict[NodeGroup, list[Node]] = {}
    largest = {identity: _largest(several, groups) for identity, several in joined.items()}
    for node in owned:
        if group := group_of(node, by):
            result.setdefault(largest[_identity(group)], []).append(node)
    return {group: tuple(result[group]) for group in sorted(result)}


def _largest(several: Iterable[NodeGroup], groups: Mapping[NodeGroup, Sequence[Node]]) -> NodeGroup:
    return min(several, key=lambda group: (-len(groups[group]), _RANKS.get(group.key, 0), group))
