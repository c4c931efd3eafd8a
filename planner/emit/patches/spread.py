"""Keeps the empty nodes of other rings out of what a topology spread constraint counts.

Where nodeAffinityPolicy is Honor, the default, the ring's selector does that already. Where it is Ignore, other rings' nodes
would form domains with no pod, against which the ring's own pods would be too many: their taints are to be honoured, or, by a pod
that tolerates those too, its node affinity.
"""

from collections.abc import Iterable
from typing import Any

from models.kubernetes.labels import Toleration
from models.kubernetes.workload import Raw
from planner.emit.patches.operations import Operation, add, guard, value_of


def count_own_ring(
    spec: str, written: Raw | None, tolerations: Iterable[Toleration], taint_key: str, ring: str
) -> list[Operation]:
    """Return what makes the constraints of the pod spec at `spec` count no nodes of other rings.

    `tolerations` are those that the pods will have, also through a RuntimeClass.
    """
    path = f"{spec}/topologySpreadConstraints"
    policy = "nodeAffinityPolicy" if _enters_others(tolerations, taint_key, ring) else "nodeTaintsPolicy"
    changes = [
        add(f"{path}/{index}/{policy}", "Honor")
        for index, constraint in enumerate(value_of(written) or ())
        if _ignores_affinity(constraint) and constraint.get(policy) != "Honor"
    ]
    return [guard(path, written), *changes] if changes else []


def _enters_others(tolerations: Iterable[Toleration], taint_key: str, ring: str) -> bool:
    """Say whether any toleration may let the pod past the taint of another ring."""
    return any(
        toleration.key in ("", taint_key)
        and toleration.effect in ("", "NoSchedule")
        and (
            toleration.operator == "Exists"
            or (toleration.operator in ("", "Equal") and toleration.key != "" and toleration.value != ring)
        )
        for toleration in tolerations
    )


def _ignores_affinity(constraint: dict[str, Any]) -> bool:
    hard = constraint.get("whenUnsatisfiable", "DoNotSchedule") == "DoNotSchedule"
    return hard and constraint.get("nodeAffinityPolicy") == "Ignore"
