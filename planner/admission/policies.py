"""All policies of a plan, and whether a cluster has put exactly these in force."""

from models.kubernetes.cluster import Cluster
from models.kubernetes.node_group import grouped
from models.trust import Trust, TrustPolicy
from planner.admission.allowances import allowances
from planner.admission.bindings import bindings
from planner.admission.digest import digest
from planner.admission.document import Policy
from planner.admission.namespaces import namespaces
from planner.admission.nodes import nodes
from planner.admission.pods import pods
from planner.admission.templates import cron_jobs, templates


def policies(policy: TrustPolicy, trust: Trust, cluster: Cluster) -> list[Policy]:
    """Return the policies that shut the doors of a plan's rings."""
    allowed, labels, keys, admission = allowances(policy, trust, cluster), policy.labels, policy.nodes, policy.admission
    return [
        pods(allowed, labels, keys, admission),
        templates(allowed, labels, keys),
        cron_jobs(allowed, labels, keys),
        namespaces(allowed, labels, admission),
        bindings(admission),
        nodes(keys, admission, joins_with_label=not keys.is_kubelet_proof and bool(grouped(cluster.nodes, keys.groups.by))),
    ]


def are_in_force(policy: TrustPolicy, trust: Trust, cluster: Cluster) -> bool:
    """Say whether the cluster denies what each of them refuses: by the same text, and without exception."""
    denying = cluster.denying
    return bool(denying) and all(denying.get(wanted.name) == digest(wanted.spec()) for wanted in policies(policy, trust, cluster))
