"""A pod goes only near those its required affinity asks for, and away from those that anti-affinity, its own or theirs, forbids.

Source: pkg/scheduler/framework/plugins/interpodaffinity/filtering.go,
staging/src/k8s.io/kube-scheduler/framework/types.go AffinityTerm.
"""

from collections.abc import Sequence
from functools import cache

from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Labels
from models.kubernetes.pod import Pod, PodAffinityTerm
from planner.rules import selectors

AFFINITY = "node(s) didn't match pod affinity rules"
ANTI_AFFINITY = "node(s) didn't match pod anti-affinity rules"
EXISTING_ANTI_AFFINITY = "node(s) didn't satisfy existing pods anti-affinity rules"
NAME_LABEL = "kubernetes.io/metadata.name"


def selects(term: PodAffinityTerm, owner: Pod, other: Pod, cluster: Cluster) -> bool:
    """Say whether `owner`'s term means `other`: in the namespaces the term is about, and its labels match."""
    return selectors.matches(term.label_selector, other.labels) and _in_scope(term, owner, other.namespace, cluster)


def selects_all(terms: Sequence[PodAffinityTerm], owner: Pod, other: Pod, cluster: Cluster) -> bool:
    """Say whether `other` matches every one of the terms at once, which is what counts for affinity."""
    return bool(terms) and all(selects(term, owner, other, cluster) for term in terms)


def _in_scope(term: PodAffinityTerm, owner: Pod, namespace: str, cluster: Cluster) -> bool:
    if not term.namespaces and term.namespace_selector is None:
        return namespace == owner.namespace
    # the owner's own namespace is not implied once either is given
    if namespace in term.namespaces:
        return True
    labels = _with_name(cluster.namespaces.get(namespace, Labels()), namespace)
    return selectors.matches(term.namespace_selector, labels)


@cache
def _with_name(labels: Labels, namespace: str) -> Labels:
    """Add the label that the API server puts on every Namespace."""
    return Labels({**labels, NAME_LABEL: namespace})
