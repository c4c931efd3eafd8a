"""Pods that run where they would not be scheduled today."""

from collections.abc import Iterator

from models.answer.finding import WARNING
from models.kubernetes.node import Node
from planner.check.estate.dedicated import is_pool_label, sets_apart
from planner.check.estate.estate import Estate
from planner.check.estate.template import Template
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting
from planner.read.documents.tree import text


def _question(estate: Estate) -> Iterator[Sighting]:
    nodes = {node.name: node for node in estate.today}
    for pod in estate.running:
        node = nodes.get(text(pod.spec, "nodeName"))
        why = _why(pod, node) if node and not pod.is_static else ""
        if why:
            yield pod.sighting(why)


def _why(pod: Template, node: Node) -> str:
    """Say what of the node has changed since the pod was bound; NoExecute taints are told elsewhere."""
    for taint in node.taints:
        if taint.effect == "NoSchedule" and sets_apart(taint.key) and not pod.tolerates(taint):
            return f"runs on {node.name}, whose taint {taint.key}={taint.value} it does not tolerate"
    for key, value in sorted(pod.node_selector.items()):
        if is_pool_label(key) and node.labels.get(key) != value:
            return f"runs on {node.name}, which is not {key}={value} as it selects"
    return ""


RULE = Rule(
    id="stays-against-rules",
    breaks=SECURITY,
    severity=WARNING,
    sentence="A pod runs where it would not be scheduled today",
    why="Labels and NoSchedule taints move nobody: pods from before stay, and levels stay mixed until they go.",
    how="A pod that was there before the ring was closed sits beside trusted pods for months.",
    fix="evict it, or restart its controller's rollout",
    source="https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#node-affinity",
    question=_question,
)
