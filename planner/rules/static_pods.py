"""A static pod never brings its node into a ring that is more trusted than the one that the node has.

Nobody but the kubelet says that a pod is static, and what level it has: a kubelet that was taken may make mirror pods of any
label for its own node. Two things follow, and neither gives way to the other. No node mixes levels, so a node with a static pod
that carries a level is in the ring of that level or in none. And a lie must not pay, so that ring counts only where it is no more
trusted than the one that the node is in today, by a label that its kubelet may not write; a node that is in none today counts as
if it were in the least trusted that there is. Where a static pod says what it may not say, because claims keep the level for
other namespaces, or the policy does not know it, its node is in no ring until somebody has looked. A liar costs its own node at
most, and whoever has a kubelet can do that at any time.

Source: plugin/pkg/admission/noderestriction/admission.go, pkg/kubelet/pod/mirror_client.go.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from models.kubernetes.cluster import Cluster, Resident
from models.kubernetes.node import Node
from models.trust import Group, Ring, TrustPolicy


@dataclass(frozen=True, slots=True)
class Said:
    """The group that a static pod says it is of, and why that is not believed; empty where it is."""

    resident: Resident
    group: str
    doubt: str = ""


def said(resident: Resident, policy: TrustPolicy) -> Said | None:
    """Return what a static pod says of itself; None where it carries no level, and is part of its node as the kubelet is."""
    labels = resident.pod.labels
    level, tenant = labels.get(policy.labels.level), ""
    if level is None:
        return None
    claims = [pattern for claim in policy.claims if claim.level == level for pattern in claim.namespaces]
    doubt = ""
    if level not in policy.levels:
        doubt = f"level {level!r}, which the policy does not know"
    elif claims and not any(fnmatchcase(resident.pod.namespace, pattern) for pattern in claims):
        doubt = f"level {level!r}, which only namespaces {', '.join(claims)} may carry"
    elif level in policy.separate_tenants:
        tenant = labels.get(policy.labels.tenant, "")
        doubt = "" if tenant else f"level {level!r}, whose tenants the policy separates, and names no tenant"
    return Said(resident, Group(level, tenant).name, doubt)


def by_node(cluster: Cluster, policy: TrustPolicy) -> dict[str, list[Said]]:
    """Return what static pods say of themselves, by the node that they are on."""
    on_nodes: dict[str, list[Said]] = {}
    for resident in cluster.residents:
        saying = said(resident, policy)
        if saying is not None:
            on_nodes.setdefault(resident.node, []).append(saying)
    return on_nodes


def ring_of(node: Node, told: Iterable[Said], rings: Sequence[Ring], policy: TrustPolicy) -> str:
    """Return the one ring that a node may be in with such static pods; empty where it may be in none."""
    sayings = tuple(told)
    homes = {ring for ring in rings for saying in sayings if saying.group in ring.groups}
    homeless = any(all(saying.group not in ring.groups for ring in rings) for saying in sayings)
    if len(homes) != 1 or homeless or any(saying.doubt for saying in sayings):
        return ""
    home = homes.pop()
    today = [ring for ring in rings if ring.name == node.labels.get(policy.nodes.label_key)]
    least = max(rank(ring, policy) for ring in today or rings)
    return home.name if rank(home, policy) >= least else ""


def rank(ring: Ring, policy: TrustPolicy) -> int:
    """Return how little a ring is trusted: the place of the most trusted level in it."""
    ranks = [policy.levels.index(level) for group in ring.groups if (level := group.partition("/")[0]) in policy.levels]
    return min(ranks, default=len(policy.levels))
