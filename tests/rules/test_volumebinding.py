import pytest

from models.cluster import Claim, Cluster, Volume
from models.frozen import FrozenMap
from models.labels import Labels, NodeSelectorTerm, Requirement
from models.node import Node
from models.pod import Pod
from planner.rules import volumebinding

NODE = Node("node-a", Labels({"zone": "a"}))
CONFLICT = "node(s) didn't match PersistentVolume's node affinity"
MISSING = "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)"
IN_A, IN_B = (NodeSelectorTerm((Requirement("zone", "In", (zone,)),)) for zone in "ab")
BY_NAME = NodeSelectorTerm(match_fields=(Requirement("metadata.name", "In", ("node-a",)),))
VOLUMES = {
    "anywhere": Volume("anywhere"),
    "near": Volume("near", node_affinity=(IN_A,)),
    "far": Volume("far", node_affinity=(IN_B,)),
    "either": Volume("either", node_affinity=(IN_B, IN_A)),
    "nowhere": Volume("nowhere", node_affinity=()),
    "named": Volume("named", node_affinity=(BY_NAME,)),
}
CLUSTER = Cluster(
    claims=FrozenMap(
        {
            **{f"shop/{name}": Claim("shop", name, name) for name in (*VOLUMES, "gone")},
            "shop/unbound": Claim("shop", "unbound"),
        }
    ),
    volumes=FrozenMap(VOLUMES),
)
ROWS = [
    ("no claims", "shop", (), None),
    ("a volume without affinity is reached from everywhere", "shop", ("anywhere",), None),
    ("a volume of the node's zone is reached", "shop", ("near",), None),
    ("a volume of another zone is not", "shop", ("far",), CONFLICT),
    ("one term that holds is enough", "shop", ("either",), None),
    ("a volume whose affinity has no terms is reached from nowhere", "shop", ("nowhere",), CONFLICT),
    ("a volume does not see the node's name", "shop", ("named",), CONFLICT),
    ("all volumes must be reached", "shop", ("near", "far"), CONFLICT),
    ("a volume that does not exist keeps the pod off every node", "shop", ("gone",), MISSING),
    ("a volume that does not exist is said first", "shop", ("far", "gone"), MISSING),
    ("an unbound claim binds the pod to no node", "shop", ("unbound",), None),
    ("a claim that was not read binds the pod to no node", "shop", ("unknown",), None),
    ("claims belong to the pod's namespace", "other", ("far",), None),
]


@pytest.mark.parametrize(("namespace", "claims", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_volume_binding(namespace: str, claims: tuple[str, ...], expected: str | None) -> None:
    assert volumebinding.rejects(Pod(namespace, claims=claims), NODE, CLUSTER) == expected
