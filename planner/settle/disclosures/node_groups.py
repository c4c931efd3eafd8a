"""What a plan says of node groups that stand on the word of kubelets, and of groups that a node joins."""

from collections.abc import Iterator, Mapping, Sequence

from models.answer.plan import RingPlan
from models.disclosure import Disclosure, DisclosureCode, Parameter
from models.kubernetes.cluster import Cluster
from models.kubernetes.node import Node
from models.kubernetes.node_group import (
    AKS,
    ANNOTATIONS,
    CAPI,
    EKS,
    EKSCTL,
    GKE,
    KARPENTER,
    KOPS,
    MACHINE_API,
    NodeGroup,
    all_groups,
    grouped,
    groups_of,
)
from models.kubernetes.node_restriction import KUBELETS_OWN, kubelet_may_write
from models.trust import Ring, Trust, TrustPolicy
from planner.rules.ring_membership import is_excluded
from planner.rules.static_pods import rank

_ASK: Mapping[str, str] = {
    EKS.name: "aws eks describe-nodegroup --nodegroup-name {}",
    EKSCTL.name: "eksctl get nodegroup --name {}",
    GKE.name: "gcloud container node-pools describe {}",
    AKS.name: "az aks nodepool show --name {}",
    KARPENTER.name: "kubectl get nodeclaims -l karpenter.sh/nodepool={}",
    KOPS.name: "kops get instances",
    CAPI.name: "kubectl get machines -A -l cluster.x-k8s.io/deployment-name={}",
    MACHINE_API.name: "kubectl get machines.machine.openshift.io -A -l machine.openshift.io/cluster-api-machineset={}",
}
"""Who knows which nodes a group has, whatever they say themselves."""


def statements(
    cluster: Cluster, policy: TrustPolicy, trust: Trust, rings: Sequence[RingPlan], is_shut: bool
) -> Iterator[Disclosure]:
    """Say that kubelets tell of which group their nodes are, which nodes gain by that, and which join groups."""
    by, nodes = policy.nodes.groups.by, tuple(node for node in cluster.nodes if not is_excluded(node, policy.nodes))
    blocks = {group: members for group, members in grouped(nodes, by).items() if len(members) > 1}
    keys = sorted({said.key for members in blocks.values() for node in members for said in groups_of(node, by) if _is_own(said)})
    if keys:
        case = "own" if KUBELETS_OWN.issuperset(keys) else "joining" if is_shut else "open"
        yield Disclosure.of(DisclosureCode.GROUP_LABEL, "node groups", case=case, keys=tuple(keys))
    groups = all_groups(nodes, by)
    for group, members in blocks.items():
        yield from _joined(group, members, groups)
        yield from _raised(group, members, policy, trust, rings)


def _is_own(group: NodeGroup) -> bool:
    """Say whether a node is of the group by its kubelet's own word, which may be any."""
    return group.key in ANNOTATIONS or kubelet_may_write(group.key)


def _joined(block: NodeGroup, members: Sequence[Node], groups: Mapping[NodeGroup, tuple[Node, ...]]) -> Iterator[Disclosure]:
    """Name the nodes by which groups are one that would be several without them."""
    names = {node.name for node in members}
    parts = {group: {node.name for node in mine} for group, mine in groups.items() if mine[0].name in names}
    widest = {group: mine for group, mine in parts.items() if not any(mine < other for other in parts.values())}
    common = {
        name for mine in widest.values() for name in mine if any(name in other for other in widest.values() if other != mine)
    }
    if common:
        told = tuple(f"{group.key}={group.name}" for group in sorted(widest))
        yield Disclosure.of(DisclosureCode.GROUPS_JOINED, f"node group {block.name}", groups=told, nodes=tuple(sorted(common)))


def _raised(
    block: NodeGroup, members: Sequence[Node], policy: TrustPolicy, trust: Trust, rings: Sequence[RingPlan]
) -> Iterator[Disclosure]:
    """Name the nodes that the group takes along to a more trusted ring than theirs, though they alone say that they are of it.

    A group whose nodes all leave one ring is moved by the plan, and not by what one of them says.
    """
    homes, known = {name: ring.name for ring in rings for name in ring.nodes}, {ring.name: ring for ring in trust.rings}
    today = {node.name: _today(node, policy, known) for node in members}
    by_ring: dict[tuple[str, str], list[str]] = {}
    for node in members:
        old, new = today[node.name], known.get(homes.get(node.name, ""))
        is_by_word = all(map(_is_own, groups_of(node, policy.nodes.groups.by)))
        if old and new and is_by_word and rank(new, policy) < rank(old, policy) and set(today.values()) != {old}:
            by_ring.setdefault((old.name, new.name), []).append(node.name)
    for (old_name, new_name), names in sorted(by_ring.items()):
        ask = _ASK.get(block.provider.name, "").format(block.name)
        given: dict[str, Parameter] = {"nodes": tuple(names), "today": old_name, "ring": new_name, "key": block.key}
        case = "provider" if ask else "unknown"
        yield Disclosure.of(DisclosureCode.GROUP_RAISES, f"node group {block.name}", case=case, command=ask, **given)


def _today(node: Node, policy: TrustPolicy, known: Mapping[str, Ring]) -> Ring | None:
    """Return the least trusted ring that its label or its taint says; None where neither says one that there is."""
    taints = (taint.value for taint in node.taints if taint.key == policy.nodes.taint_key)
    said = (node.labels.get(policy.nodes.label_key, ""), *taints)
    return max((known[name] for name in said if name in known), key=lambda ring: rank(ring, policy), default=None)
