"""Pools of which some nodes have the taint, and others not."""

from collections import defaultdict
from collections.abc import Iterator

from models.answer.finding import WARNING
from models.kubernetes.node import Node
from planner.check.estate.dedicated import is_hard, sets_apart
from planner.check.estate.estate import Estate
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting
from planner.words import some

_GROUPS = (
    *("eks.amazonaws.com/nodegroup", "alpha.eksctl.io/nodegroup-name", "cloud.google.com/gke-nodepool"),
    *("kubernetes.azure.com/agentpool", "agentpool", "karpenter.sh/nodepool", "node.cluster.x-k8s.io/machine-deployment"),
)


def _question(estate: Estate) -> Iterator[Sighting]:
    for (label, value), nodes in sorted(_groups(estate).items()):
        taints = {(taint.key, taint.value) for node in nodes for taint in node.taints if is_hard(taint) and sets_apart(taint.key)}
        for key, tainted in sorted(taints):
            bare = [node for node in nodes if all((taint.key, taint.value) != (key, tainted) for taint in node.taints)]
            if bare:
                names = some([node.name for node in bare])
                message = f"{names} lack the taint {key}={tainted} that others of {label}={value} have"
                yield Sighting(f"Node/{bare[0].name}", message, bare[0].where)


def _groups(estate: Estate) -> dict[tuple[str, str], list[Node]]:
    groups: dict[tuple[str, str], list[Node]] = defaultdict(list)
    for node in estate.today:
        label = next((label for label in _GROUPS if label in node.labels), None)
        if label:
            groups[label, node.labels[label]].append(node)
    return groups


RULE = Rule(
    id="pool-taint-uneven",
    breaks=SECURITY,
    severity=WARNING,
    sentence="Some nodes of a pool lack the pool's taint",
    why="The taint was put on by hand or late: nodes that the pool makes come without it, and stand open.",
    how="Wait for the pool to grow: its new node takes any pod, and has the pool's label.",
    fix="write the taint into the pool, so that every node of it registers with it",
    source="https://docs.cloud.google.com/kubernetes-engine/docs/how-to/node-taints",
    question=_question,
)
