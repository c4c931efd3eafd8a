"""All policies of a plan, and whether a cluster has put exactly these in force."""

from collections.abc import Iterable

from models.answer.plan import RingPlan
from models.kubernetes.cluster import Cluster
from models.kubernetes.node_group import ANNOTATIONS, OWNER_KIND, PROVIDER_KEYS, all_groups
from models.kubernetes.node_restriction import KUBELETS_OWN, kubelet_may_write
from models.trust import PolicyNodes, Trust, TrustPolicy
from planner.admission.allowances import allowances
from planner.admission.digest import digest
from planner.admission.document import MutatingPolicy, Policy
from planner.admission.group_rings import group_rings
from planner.admission.mutating.nodes import rings_of_nodes
from planner.admission.mutating.pods import rings_of_cron_jobs, rings_of_pods, rings_of_templates
from planner.admission.provisioners import USUAL, provisioners
from planner.admission.validating.bindings import bindings
from planner.admission.validating.namespaces import namespaces
from planner.admission.validating.nodes import nodes
from planner.admission.validating.pods import pods
from planner.admission.validating.templates import cron_jobs, templates

Rings = Iterable[RingPlan]


def policies(policy: TrustPolicy, trust: Trust, cluster: Cluster, rings: Rings) -> list[Policy]:
    """Return the policies that shut the doors of a plan's rings."""
    allowed, labels, admission = allowances(policy, trust, cluster), policy.labels, policy.admission
    return [
        pods(allowed, labels, policy.nodes, admission),
        templates(allowed, labels, policy.nodes),
        cron_jobs(allowed, labels, policy.nodes),
        namespaces(allowed, labels, admission),
        bindings(admission),
        _nodes(policy, cluster, rings, provisioners(admission, cluster, rings)),
    ]


def accepted(policy: TrustPolicy, trust: Trust, cluster: Cluster, rings: Rings) -> list[Policy]:
    """Return these, and with them the one that lets Karpenter through, or does not, where the policy names nobody.

    The plan that buys nodes may write the one and the plan that is made once they run the other: both shut the doors.
    """
    written = policies(policy, trust, cluster, rings)
    if policy.admission.provisioners is not None:
        return written
    return [*written, *(_nodes(policy, cluster, rings, usual) for usual in (USUAL, ()))]


def _nodes(policy: TrustPolicy, cluster: Cluster, rings: Rings, through: tuple[str, ...]) -> Policy:
    keys = policy.nodes
    are_grouped = bool(all_groups(cluster.nodes, keys.groups.by))
    return nodes(
        keys,
        (*policy.admission.admins, *through),
        group_rings(cluster.nodes, keys.groups.by, rings),
        not keys.is_kubelet_proof and are_grouped,
        _telling(keys, are_grouped),
    )


def _telling(keys: PolicyNodes, are_grouped: bool) -> tuple[str, ...]:
    """Return what tells the group of a node and kubelets could change; what they themselves say of nodes is left to them."""
    by = keys.groups.by
    told = (by,) if by else (*PROVIDER_KEYS, OWNER_KIND) if are_grouped else ()
    return tuple(key for key in told if key in (*ANNOTATIONS, OWNER_KIND) or (kubelet_may_write(key) and key not in KUBELETS_OWN))


def mutating_policies(policy: TrustPolicy, trust: Trust, cluster: Cluster) -> list[MutatingPolicy]:
    """Return the policies that give pods their ring which no patch reaches."""
    allowed = allowances(policy, trust, cluster)
    for_pods = (rings_of_pods, rings_of_templates, rings_of_cron_jobs) if allowed.rings or allowed.claimed_rings else ()
    return [make(allowed, policy.labels, policy.nodes) for make in for_pods]


def joining_policies(policy: TrustPolicy, cluster: Cluster, rings: Rings) -> list[MutatingPolicy]:
    """Return the policy that gives nodes the ring of their group as they join, if any group has one."""
    groups = group_rings(cluster.nodes, policy.nodes.groups.by, rings)
    return [rings_of_nodes(groups, policy.nodes)] if groups else []


def are_in_force(policy: TrustPolicy, trust: Trust, cluster: Cluster, rings: Rings) -> bool:
    """Say whether the cluster denies what each of them refuses: by the same text, and without exception."""
    denying = cluster.denying
    if not denying:
        return False
    digests: dict[str, set[str]] = {}
    for wanted in accepted(policy, trust, cluster, rings):
        digests.setdefault(wanted.name, set()).add(digest(wanted.spec()))
    return all(denying.get(name) in same for name, same in digests.items())
