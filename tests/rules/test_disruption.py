"""How many pods a budget allows to be evicted, row by row as the disruption controller counts."""

import pytest

from models.kubernetes.cluster import DisruptionBudget
from planner.rules import disruption

ROWS = {
    "how many may be away": ("", "1", 4, {"Deployment": 4}, 1),
    "how many may be away, of whom one is": ("", "1", 3, {"Deployment": 4}, 0),
    "more than there are may be away": ("", "9", 4, {"Deployment": 4}, 4),
    "a share may be away, rounded up": ("", "30%", 4, {"Deployment": 4}, 2),
    "how many must stay": ("3", "", 4, {"Deployment": 4}, 1),
    "all must stay": ("4", "", 4, {"Deployment": 4}, 0),
    "a share must stay, rounded up": ("30%", "", 4, {"Deployment": 4}, 2),
    "two controllers are counted together": ("", "50%", 4, {"Deployment": 3, "StatefulSet": 1}, 2),
    "bare pods are not expected": ("", "1", 3, {"Pod": 3}, 0),
    "bare pods are healthy": ("", "1", 4, {"Pod": 2, "Deployment": 2}, 3),
    "bare pods need no count where so many must stay": ("1", "", 3, {"Pod": 3}, 2),
    "a Job's pods cannot be counted": ("", "1", 4, {"Deployment": 2, "Job": 2}, 0),
    "nor for a share": ("50%", "", 4, {"Deployment": 2, "Job": 2}, 0),
    "nor need they be where so many must stay": ("1", "", 4, {"Deployment": 2, "Job": 2}, 3),
    "a Job without pods does no harm": ("", "1", 2, {"Deployment": 2, "Job": 0}, 1),
    "a custom resource may have a scale": ("", "1", 4, {"Rollout": 4}, 1),
    "neither amount is given": ("", "", 4, {"Deployment": 4}, 0),
    "nobody is selected": ("0", "", 0, {}, 0),
}


@pytest.mark.parametrize(("least", "away", "healthy", "expected", "allowed"), ROWS.values(), ids=ROWS)
def test_a_budget_allows_so_many(least, away, healthy, expected, allowed):
    budget = DisruptionBudget("shop", "web", None, least, away)
    assert disruption.allowed(budget, healthy, expected) == allowed
