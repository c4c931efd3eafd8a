"""A pod goes to a node only if the node matches its node selector and its required node affinity.

Source: pkg/scheduler/framework/plugins/nodeaffinity/node_affinity.go,
staging/src/k8s.io/component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go.
"""

from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import NodeSelectorTerm, Requirement
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from planner.rules import selectors

REASON = "node(s) didn't match Pod's node affinity/selector"
NAME_FIELD = "metadata.name"


def matches(pod: Pod, node: Node) -> bool:
    """Say whether every pair of the selector, and one term of the affinity if there is any, is true of the node."""
    labels = node.labels
    if not all(labels.get(key) == value for key, value in pod.node_selector.items()):
        return False
    return pod.node_affinity is None or any(term_matches(term, node) for term in pod.node_affinity)


def term_matches(term: NodeSelectorTerm, node: Node) -> bool:
    """Say whether all of the term's expressions are true of the node; a term without any is true of none."""
    if not term.match_expressions and not term.match_fields:
        return False
    return all(selectors.requirement_matches(expression, node.labels) for expression in term.match_expressions) and all(
        _field_matches(match_field, node) for match_field in term.match_fields
    )


def _field_matches(requirement: Requirement, node: Node) -> bool:
    """Compare the node's name; any other field, operator or number of values is refused by the API."""
    if requirement.key != NAME_FIELD or len(requirement.values) != 1:
        return False
    if requirement.operator == "In":
        return requirement.values[0] == node.name
    return requirement.operator == "NotIn" and requirement.values[0] != node.name


def rejects(pod: Pod, node: Node, cluster: Cluster) -> str | None:  # noqa: ARG001  every filter is called alike
    """Say why the pod's selector or affinity keeps it off the node."""
    return None if matches(pod, node) else REASON
