"""What the disruption controller makes of a PodDisruptionBudget.

Source: pkg/controller/disruption/disruption.go getExpectedPodCount, getExpectedScale, failSafe.
"""

from models.cluster import DisruptionBudget

SCALELESS = frozenset({"DaemonSet", "Job", "CronJob"})
"""Kinds of workloads whose pods have a controller without a scale subresource."""


def counts(budget: DisruptionBudget, kind: str) -> bool:
    """Say whether the controller can count the pods of a kind of workload; if not it fails, and allows no eviction at all.

    What is given as an absolute `minAvailable` needs no count of the pods that there should be.
    """
    return kind not in SCALELESS or not (budget.max_unavailable or budget.min_available.endswith("%"))


def allowed(budget: DisruptionBudget, healthy: int, expected: int) -> int:
    """Say how many of so many healthy pods may go, below nothing where some are missing already."""
    if budget.max_unavailable:
        return healthy - expected + _amount(budget.max_unavailable, expected)
    return healthy - _amount(budget.min_available, expected)


def _amount(written: str, of: int) -> int:
    """Read "3" or "50%", rounded up, as the API server's own reading of both amounts does."""
    if not written:
        return 0
    return -(-int(written[:-1]) * of // 100) if written.endswith("%") else int(written)
