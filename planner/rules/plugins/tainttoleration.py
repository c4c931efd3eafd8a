"""A pod goes to a node only if it tolerates each of the node's NoSchedule and NoExecute taints.

Source: pkg/scheduler/framework/plugins/tainttoleration/taint_toleration.go, staging/src/k8s.io/api/core/v1/toleration.go.
"""

from collections.abc import Iterable

from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Taint, Toleration
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod

REASON = "node(s) had untolerated taint(s)"
HARD_EFFECTS = ("NoSchedule", "NoExecute")


def tolerates(toleration: Toleration, taint: Taint) -> bool:
    """Say whether the toleration matches the taint; an empty effect or key matches every one.

    Lt and Gt compare numbers only behind a feature gate that is off by default, and match nothing without it.
    """
    if toleration.effect and toleration.effect != taint.effect:
        return False
    if toleration.key and toleration.key != taint.key:
        return False
    if toleration.operator in ("", "Equal"):
        return toleration.value == taint.value
    return toleration.operator == "Exists"


def untolerated(tolerations: Iterable[Toleration], taints: Iterable[Taint]) -> tuple[Taint, ...]:
    """Return the NoSchedule and NoExecute taints that no toleration matches."""
    have = tuple(tolerations)
    return tuple(
        taint for taint in taints if taint.effect in HARD_EFFECTS and not any(tolerates(toleration, taint) for toleration in have)
    )


def rejects(pod: Pod, node: Node, cluster: Cluster) -> str | None:  # noqa: ARG001  every filter is called alike
    """Say why the node's taints keep the pod off."""
    return REASON if untolerated(pod.tolerations, node.taints) else None
