"""Lets a workload past the taint of its ring, keeping every toleration it has."""

from typing import Any

from models.kubernetes.workload import Raw
from planner.emit.patches.operations import Operation, add, guard, value_of

NO_SCHEDULE = "NoSchedule"


def tolerate_ring(spec: str, written: Raw | None, taint_key: str, ring: str) -> list[Operation]:
    """Return what makes the pod spec at `spec` tolerate its ring's taint; nothing if it does."""
    if any(_tolerates(toleration, taint_key, ring) for toleration in value_of(written) or ()):
        return []
    # Without an effect, so that it holds for NoExecute as well, which the stage of eviction adds.
    return _append(spec, written, {"key": taint_key, "operator": "Equal", "value": ring})


def tolerate_every_ring(spec: str, written: Raw | None, taint_key: str) -> list[Operation]:
    """Return what makes the pod spec at `spec` tolerate the taint of any ring; nothing if it does."""
    if any(_tolerates(toleration, taint_key, None) for toleration in value_of(written) or ()):
        return []
    return _append(spec, written, {"key": taint_key, "operator": "Exists"})


def _tolerates(toleration: dict[str, Any], taint_key: str, ring: str | None) -> bool:
    """Say whether it covers the taint of `ring`, or of every ring if that is None, as Kubernetes matches them."""
    key, effect = toleration.get("key") or "", toleration.get("effect") or ""
    if key not in ("", taint_key) or effect not in ("", NO_SCHEDULE):
        return False
    if toleration.get("operator") == "Exists":
        return True
    return key == taint_key and ring is not None and toleration.get("value") == ring and _asks_equality(toleration)


def _asks_equality(toleration: dict[str, Any]) -> bool:
    return (toleration.get("operator") or "Equal") == "Equal"


def _append(spec: str, written: Raw | None, toleration: dict[str, str]) -> list[Operation]:
    path = f"{spec}/tolerations"
    whole = value_of(written) is None
    return [guard(path, written), add(path, [toleration]) if whole else add(f"{path}/-", toleration)]
