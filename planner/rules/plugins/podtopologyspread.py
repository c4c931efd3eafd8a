"""A pod goes only where it leaves its kind spread over the domains as evenly as its DoNotSchedule constraints ask.

Source: pkg/scheduler/framework/plugins/podtopologyspread/common.go and filtering.go.

skew = pods that count in the node's domain + 1 if the pod matches its own selector - the smallest count of any domain, and it
may not exceed maxSkew. With fewer domains than minDomains the smallest count is taken to be 0.
"""

from models.kubernetes.node import Node
from models.kubernetes.pod import Pod, TopologySpreadConstraint
from planner.rules import selectors
from planner.rules.plugins import nodeaffinity, tainttoleration

REASON = "node(s) didn't match pod topology spread constraints"
MISSING_LABEL = f"{REASON} (missing required label)"
HONOR = "Honor"


def hard(pod: Pod) -> tuple[TopologySpreadConstraint, ...]:
    """Return the constraints that can keep the pod pending; the others only rank nodes."""
    return tuple(
        topology_spread_constraint
        for topology_spread_constraint in pod.topology_spread_constraints
        if topology_spread_constraint.when_unsatisfiable == "DoNotSchedule"
    )


def counts(constraint: TopologySpreadConstraint, pod: Pod, other: Pod) -> bool:
    """Say whether a placed pod counts for `pod`'s constraint; an empty selector counts none."""
    selector = constraint.label_selector
    if selector is None or selectors.is_empty(selector) or other.namespace != pod.namespace:
        return False
    return selectors.matches(selector, other.labels)


def counts_self(constraint: TopologySpreadConstraint, pod: Pod) -> bool:
    """Say whether the pod adds to the skew itself; unlike in counting, an empty selector matches here."""
    return selectors.matches(constraint.label_selector, pod.labels)


def counted(constraint: TopologySpreadConstraint, pod: Pod, node: Node) -> bool:
    """Say whether the node is part of a domain: it bears the keys of all hard constraints, and the policies include it."""
    if not all(rule.topology_key in node.labels for rule in hard(pod)):
        return False
    if constraint.node_affinity_policy == HONOR and not nodeaffinity.matches(pod, node):
        return False
    return constraint.node_taints_policy != HONOR or not tainttoleration.untolerated(pod.tolerations, node.taints)
