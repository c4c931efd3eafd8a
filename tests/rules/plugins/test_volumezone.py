import pytest

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Labels
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from models.kubernetes.storage import Claim, Volume
from planner.rules.plugins import volumezone

ZONE, REGION = "topology.kubernetes.io/zone", "topology.kubernetes.io/region"
OLD_ZONE, OLD_REGION = "failure-domain.beta.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/region"
SAID = "node(s) had no available volume zone"
ROWS = [
    ("the same zone", {ZONE: "a"}, {ZONE: "a"}, None),
    ("another zone", {ZONE: "a"}, {ZONE: "b"}, SAID),
    ("a volume without zone", {}, {ZONE: "b"}, None),
    ("a node without zone and region is never kept off", {ZONE: "a"}, {"disk": "ssd"}, None),
    ("a node with a region only lacks the zone", {ZONE: "a"}, {REGION: "r"}, SAID),
    ("zone and region must match both", {ZONE: "a", REGION: "r"}, {ZONE: "a", REGION: "s"}, SAID),
    ("a volume may lie in several zones", {ZONE: "a__b"}, {ZONE: "b"}, None),
    ("spaces around zones do not matter", {ZONE: "a__ b"}, {ZONE: "b"}, None),
    ("a zone outside the list", {ZONE: "a__b"}, {ZONE: "c"}, SAID),
    ("a list with an empty zone is ignored", {ZONE: "a__"}, {ZONE: "c"}, None),
    ("an old label of the volume is compared with the old one of the node", {OLD_ZONE: "a"}, {OLD_ZONE: "b", ZONE: "a"}, SAID),
    ("an old label of the volume is compared with the new one of the node", {OLD_ZONE: "a"}, {ZONE: "a"}, None),
    ("an old region of the volume is compared with the new one of the node", {OLD_REGION: "r"}, {REGION: "s"}, SAID),
    ("a new label of the volume is not compared with an old one of the node", {ZONE: "a"}, {OLD_ZONE: "a"}, SAID),
]


@pytest.mark.parametrize(("volume", "node", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_volume_zone(volume: dict[str, str], node: dict[str, str], expected: str | None) -> None:
    cluster = Cluster(
        claims=FrozenMap({"default/data": Claim("default", "data", "pv")}),
        volumes=FrozenMap({"pv": Volume("pv", Labels(volume))}),
    )
    assert volumezone.rejects(Pod(claims=("data",)), Node("n", Labels(node)), cluster) == expected
    assert volumezone.rejects(Pod(), Node("n", Labels(node)), cluster) is None


def test_a_volume_that_was_not_read_and_an_unbound_claim_keep_no_pod_off() -> None:
    claims = FrozenMap({"default/data": Claim("default", "data", "gone"), "default/new": Claim("default", "new")})
    assert volumezone.rejects(Pod(claims=("data", "new")), Node("n", Labels({ZONE: "a"})), Cluster(claims=claims)) is None


def test_one_volume_in_a_foreign_zone_is_enough() -> None:
    claims = FrozenMap({f"default/{name}": Claim("default", name, name) for name in ("near", "far", "plain")})
    volumes = FrozenMap({
        "near": Volume("near", Labels({ZONE: "a"})),
        "far": Volume("far", Labels({ZONE: "b"})),
        "plain": Volume("plain"),
    })  # fmt: skip
    node, cluster = Node("n", Labels({ZONE: "a"})), Cluster(claims=claims, volumes=volumes)
    assert volumezone.rejects(Pod(claims=("near", "plain")), node, cluster) is None
    assert volumezone.rejects(Pod(claims=("near", "plain", "far")), node, cluster) == SAID
