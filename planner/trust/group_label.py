"""The label that names a node's group, where the policy says which: one that nodes have."""

from difflib import get_close_matches

from models.kubernetes.cluster import Cluster
from models.trust import TrustPolicy
from planner.errors import BadInput, Fault


def check_group_label(policy: TrustPolicy, cluster: Cluster) -> None:
    """Refuse a label that no node has: each would stand alone, and groups be divided without a word."""
    by, known = policy.nodes.groups.by, {key for node in cluster.nodes if not node.shape for key in node.labels}
    if not by or by in known or not known:
        return
    near = get_close_matches(by, sorted(known), 1)
    fix = f"did you mean {near[0]}?" if near else "write a label that nodes have, or leave it out: those of known providers count"
    raise BadInput([Fault(policy.where, "spec.nodes.groups.by", f"no node has the label {by}", fix)])
