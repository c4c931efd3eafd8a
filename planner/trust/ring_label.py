"""The key of the label that says a node's ring: one that whoever makes the node groups accepts."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import chain

from models.kubernetes.cluster import Cluster
from models.kubernetes.node import Node, NodeShape
from models.kubernetes.node_group import PROVIDER_PROOF_KEY, Provider, group_grown_by, grouped
from models.trust import PolicyNodes, TrustPolicy
from planner.errors import BadInput, Fault
from planner.rules.ring_membership import is_excluded

USUAL = PolicyNodes().label_key


def with_accepted_label(policy: TrustPolicy, cluster: Cluster) -> TrustPolicy:
    """Return the policy with a label that node groups may carry; where it names one that a provider refuses, that is bad input.

    Where nodes carry the usual label already it stays: somebody has written it on each of them, and goes on doing so.
    """
    key = policy.nodes.label_key
    refusing = refusing_providers(cluster.nodes, policy.nodes, key, cluster.shapes)
    if not refusing or (key == USUAL and any(key in node.labels for node in cluster.nodes)):
        return policy
    if key == USUAL:
        return replace(policy, nodes=replace(policy.nodes, label_key=PROVIDER_PROOF_KEY))
    fix = f"write {PROVIDER_PROOF_KEY}, or leave it out"
    raise BadInput(
        Fault(policy.where, "spec.nodes.labelKey", f"{key}: {provider.name} refuses it on a {provider.noun}", fix)
        for provider in refusing
    )


def refusing_providers(
    nodes: Iterable[Node], rules: PolicyNodes, key: str, shapes: Iterable[NodeShape] = ()
) -> tuple[Provider, ...]:
    """Return who makes groups of the planned nodes, or grows such, that cannot carry a label of that key."""
    planned = (node for node in nodes if not is_excluded(node, rules))
    growing = (group for shape in shapes if (group := group_grown_by(shape)))
    providers = dict.fromkeys(group.provider for group in chain(grouped(planned), growing))
    return tuple(provider for provider in providers if provider.is_refused(key))
