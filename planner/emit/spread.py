"""Keeps the empty nodes of other rings out of what a topology spread constraint counts.

Where nodeAffinityPolicy is Honor, the default, the ring's selector does that already. Where it is Ignore, other rings' nodes
would form domains with no pod, against which the ring's own pods would be too many.
"""

from typing import Any

from models.workload import Raw
from planner.emit.operations import Operation, add, guard, value_of


def count_own_ring(spec: str, written: Raw | None) -> list[Operation]:
    """Return what makes the constraints of the pod spec at `spec` honour taints where they would count other rings' nodes."""
    path = f"{spec}/topologySpreadConstraints"
    changes = [
        add(f"{path}/{at}/nodeTaintsPolicy", "Honor")
        for at, constraint in enumerate(value_of(written) or ())
        if _counts_other_rings(constraint)
    ]
    return [guard(path, written), *changes] if changes else []


def _counts_other_rings(constraint: dict[str, Any]) -> bool:
    return (
        constraint.get("whenUnsatisfiable", "DoNotSchedule") == "DoNotSchedule"
        and constraint.get("nodeAffinityPolicy") == "Ignore"
        and constraint.get("nodeTaintsPolicy") != "Honor"
    )
