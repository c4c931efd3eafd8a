"""A ring is a label and a taint on its nodes, and a selector and a toleration on its pods.

What the patches make of pods and nodes, so that they are judged as they will be.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache

from models.kubernetes.labels import Labels, LabelSelector, NodeSelectorTerm, Requirement, Taint, Toleration
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod, TopologySpreadConstraint
from models.trust import PolicyNodes
from planner.rules import selectors
from planner.rules.plugins import tainttoleration


@cache
def ring_pod(pod: Pod, ring: str, nodes: PolicyNodes) -> Pod:
    """Return the pod as the patch leaves it: bound to the ring's nodes and let past their taint.

    What it said of another ring gives way, in its node selector as in its required node affinity.
    """
    covered = not tainttoleration.untolerated(pod.tolerations, (ring_taint(ring, nodes),))
    key = Toleration(nodes.taint_key, "Equal", ring)
    return replace(
        pod,
        node_selector=Labels({**pod.node_selector, nodes.label_key: ring}),
        node_affinity=_corrected(pod.node_affinity, ring, nodes.label_key),
        tolerations=pod.tolerations if covered else (*pod.tolerations, key),
        topology_spread_constraints=tuple(
            _ring_spread(topology_spread_constraint, _enters_others(pod.tolerations, ring, nodes))
            for topology_spread_constraint in pod.topology_spread_constraints
        ),
    )


def _corrected(terms: tuple[NodeSelectorTerm, ...] | None, ring: str, label_key: str) -> tuple[NodeSelectorTerm, ...] | None:
    """Put the ring in place of every expression over its label that no node of the ring satisfies."""
    mine, wanted = {label_key: ring}, Requirement(label_key, "In", (ring,))

    def corrected(requirement: Requirement) -> Requirement:
        return wanted if requirement.key == label_key and not selectors.requirement_matches(requirement, mine) else requirement

    if terms is None or all(
        corrected(match_expression) is match_expression for term in terms for match_expression in term.match_expressions
    ):
        return terms
    return tuple(replace(term, match_expressions=tuple(map(corrected, term.match_expressions))) for term in terms)


def _ring_spread(constraint: TopologySpreadConstraint, enters_others: bool) -> TopologySpreadConstraint:
    """Leave other rings' nodes out of the count where the pod's selector does not already do so.

    Their taints do it, unless the pod tolerates those too: then only its affinity can.
    """
    if constraint.when_unsatisfiable != "DoNotSchedule" or constraint.node_affinity_policy != "Ignore":
        return constraint
    if enters_others:
        return replace(constraint, node_affinity_policy="Honor")
    return replace(constraint, node_taints_policy="Honor")


def _enters_others(tolerations: Iterable[Toleration], ring: str, nodes: PolicyNodes) -> bool:
    """Say whether any toleration may let the pod past the taint of another ring."""
    return any(
        toleration.key in ("", nodes.taint_key)
        and toleration.effect in ("", "NoSchedule")
        and (
            toleration.operator == "Exists"
            # without a key the API takes no operator but Exists
            or (toleration.operator in ("", "Equal") and toleration.value != ring and toleration.key != "")
        )
        for toleration in tolerations
    )


@cache
def everywhere_pod(pod: Pod, nodes: PolicyNodes) -> Pod:
    """Return a shared resident's pod as the patch leaves it: let past the taint of every ring."""
    if any(_covers_every_ring(toleration, nodes.taint_key) for toleration in pod.tolerations):
        return pod
    return replace(pod, tolerations=(*pod.tolerations, Toleration(nodes.taint_key, "Exists")))


def _covers_every_ring(toleration: Toleration, taint_key: str) -> bool:
    return toleration.operator == "Exists" and toleration.key in ("", taint_key) and toleration.effect in ("", "NoSchedule")


def ring_taint(ring: str, nodes: PolicyNodes) -> Taint:
    """Return the taint that keeps the pods of other rings off."""
    return Taint(nodes.taint_key, ring, "NoSchedule")


def ring_node(node: Node, ring: str, nodes: PolicyNodes) -> Node:
    """Return the node as a member of the ring; older taints of the ring's key give way."""
    taints = tuple(taint for taint in node.taints if taint.key != nodes.taint_key)
    return replace(
        node,
        labels=Labels({**node.labels, nodes.label_key: ring}),
        taints=(*taints, ring_taint(ring, nodes)),
    )


def ringless_node(node: Node, nodes: PolicyNodes) -> Node:
    """Return the node outside every ring: without the label, and without taints of the ring's key."""
    if nodes.label_key not in node.labels and all(taint.key != nodes.taint_key for taint in node.taints):
        return node
    return replace(
        node,
        labels=Labels({key: value for key, value in node.labels.items() if key != nodes.label_key}),
        taints=tuple(taint for taint in node.taints if taint.key != nodes.taint_key),
    )


def is_excluded(node: Node, nodes: PolicyNodes) -> bool:
    """Say whether the plan leaves the node alone: one that the policy excludes, or of the control plane and not included."""
    return is_selected(node, nodes.exclude) or (node.is_control_plane and not is_selected(node, nodes.include))


def is_selected(node: Node, selector: LabelSelector | None) -> bool:
    """Say whether there is a selector, and it selects the node."""
    return selector is not None and selectors.matches(selector, node.labels)


def final_nodes(inventory: Iterable[Node], ring_of: Mapping[str, str], nodes: PolicyNodes) -> tuple[Node, ...]:
    """Return all nodes as the plan leaves them; `ring_of` maps a node's name to its ring, excluded nodes stay untouched."""
    return tuple(
        ring_node(node, ring_of[node.name], nodes)
        if node.name in ring_of
        else (node if is_excluded(node, nodes) else ringless_node(node, nodes))
        for node in inventory
    )
