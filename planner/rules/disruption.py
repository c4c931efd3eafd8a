"""What the disruption controller makes of a PodDisruptionBudget.

Source: pkg/controller/disruption/disruption.go getExpectedPodCount, getExpectedScale, updatePdbStatus, failSafe.
"""

from collections.abc import Mapping

from models.kubernetes.cluster import DisruptionBudget

SCALELESS = frozenset({"DaemonSet", "Job", "CronJob"})
"""Kinds of workloads whose pods have a controller without a scale subresource."""
BARE = "Pod"


def uncountable(budget: DisruptionBudget, expected: Mapping[str, int]) -> list[str]:
    """Return the kinds of workloads because of whose pods the controller fails, and then allows no eviction at all.

    `expected` are the pods of each kind that the budget selects. An absolute `minAvailable` needs no count of them.
    """
    return sorted(kind for kind, pods in expected.items() if pods and kind in SCALELESS) if _needs_scale(budget) else []


def allowed(budget: DisruptionBudget, healthy: int, expected: Mapping[str, int]) -> int:
    """Say how many of so many healthy pods may go, of those that are expected by kind.

    Pods that no controller has made are healthy, but not expected where that takes a count; where none is expected, none may go.
    """
    if uncountable(budget, expected) or not (budget.max_unavailable or budget.min_available):
        return 0
    total = sum(pods for kind, pods in expected.items() if kind != BARE or not _needs_scale(budget))
    if budget.max_unavailable:
        needed = max(0, total - _amount(budget.max_unavailable, total))
    else:
        needed = _amount(budget.min_available, total)
    return max(0, healthy - needed) if total else 0


def _needs_scale(budget: DisruptionBudget) -> bool:
    return bool(budget.max_unavailable) or budget.min_available.endswith("%")


def _amount(written: str, of: int) -> int:
    """Read "3" or "50%", rounded up."""
    return -(-int(written[:-1]) * of // 100) if written.endswith("%") else int(written)
