import pytest

from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Toleration
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from planner.rules.plugins import nodeunschedulable

KEY = "node.kubernetes.io/unschedulable"
SAID = "node(s) were unschedulable"
ROWS = [
    ("a schedulable node takes every pod", False, (), None),
    ("a cordoned node keeps a pod off", True, (), SAID),
    ("a pod that tolerates unschedulable passes", True, (Toleration(KEY, "Exists", "", "NoSchedule"),), None),
    ("a pod that tolerates it with every effect passes", True, (Toleration(KEY, "Exists"),), None),
    ("a pod that tolerates everything passes", True, (Toleration("", "Exists"),), None),
    ("Equal with the empty value passes", True, (Toleration(KEY),), None),
    ("tolerating NoExecute is not enough", True, (Toleration(KEY, "Exists", "", "NoExecute"),), SAID),
    ("tolerating something else is not enough", True, (Toleration("dedicated", "Exists"),), SAID),
]


@pytest.mark.parametrize(("unschedulable", "tolerations", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_cordon(unschedulable: bool, tolerations: tuple[Toleration, ...], expected: str | None) -> None:
    node = Node("n", unschedulable=unschedulable)
    assert nodeunschedulable.rejects(Pod(tolerations=tolerations), node, Cluster()) == expected
