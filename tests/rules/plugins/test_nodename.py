import pytest

from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Labels
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from planner.rules.plugins import nodename

SAID = "node(s) didn't match the requested node name"
ROWS = [
    ("a pod without a node name may go anywhere", "", None),
    ("a pod goes to the node it names", "node-a", None),
    ("a pod does not go to another node", "node-b", SAID),
    ("the hostname label is not the name", "host-a", SAID),
]


@pytest.mark.parametrize(("name", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_node_name(name: str, expected: str | None) -> None:
    node = Node("node-a", Labels({"kubernetes.io/hostname": "host-a"}))
    assert nodename.rejects(Pod(node_name=name), node, Cluster()) == expected
