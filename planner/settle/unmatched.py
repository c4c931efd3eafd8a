"""What the policy says of nodes and workloads that the input has none of: often a name or a label that was misspelt."""

from collections.abc import Iterator

from models.cluster import Cluster, Statement
from models.trust import TrustPolicy
from planner.rules import ring
from planner.trust.match import matches


def statements(cluster: Cluster, policy: TrustPolicy) -> Iterator[Statement]:
    """Name the selector of nodes, and the rules for what carries no tag, that match nothing."""
    if policy.nodes.exclude is not None and not any(ring.is_excluded(node, policy.nodes) for node in cluster.nodes):
        yield Statement("nodes.exclude", "no node has such labels, so none is left alone; if one should be, look at its labels")
    for at, rule in enumerate(policy.assign):
        if not any(matches(rule.match, workload) for workload in cluster.workloads):
            message = f"no workload matches this rule for level {rule.level}; if one should, look at its kind, names and labels"
            yield Statement(f"assign[{at}]", message)
