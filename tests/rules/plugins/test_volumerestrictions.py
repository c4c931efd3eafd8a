"""Claims and disks that pods may not share: which they are, and when it is said that one is taken."""

import pytest

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from models.kubernetes.resources import ATTACHED, DISKS, WHOLE, Resources
from models.kubernetes.storage import Claim
from planner.rules.placement.scheduler_filters import World, why_not
from planner.rules.plugins import noderesources, volumerestrictions

CLAIMS = FrozenMap(
    {
        "a/solo": Claim("a", "solo", access_modes=("ReadWriteOncePod",)),
        "a/both": Claim("a", "both", access_modes=("ReadWriteOnce", "ReadWriteOncePod")),
        "a/once": Claim("a", "once", access_modes=("ReadWriteOnce",)),
        "b/solo": Claim("b", "solo", access_modes=("ReadWriteMany",)),
    }
)
ROWS = [
    ("a pod without claims shares freely", "a", (), ()),
    ("ReadWriteOncePod is for one pod", "a", ("solo",), ("a/solo",)),
    ("the mode may be one of several", "a", ("both",), ("a/both",)),
    ("ReadWriteOnce is not enforced by the scheduler", "a", ("once",), ()),
    ("a claim is looked up in the pod's namespace", "b", ("solo",), ()),
    ("a claim that was not read forbids nothing", "a", ("unknown",), ()),
    ("a claim mounted twice is one claim", "a", ("solo", "solo", "once"), ("a/solo",)),
]


@pytest.mark.parametrize(("namespace", "claims", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_exclusive_claims(namespace: str, claims: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert volumerestrictions.exclusive(Pod(namespace, claims=claims), Cluster(claims=CLAIMS)) == expected


DISK, OTHER, VOLUMES = DISKS + "gce/a", DISKS + "gce/b", ATTACHED + "x"
TAKEN = ("node(s) had no available disk",)


@pytest.mark.parametrize(("name", "is_one"), [(DISK, True), (VOLUMES, False), ("disks.example.com/a", False), ("cpu", False)])
def test_disks_are_resources(name: str, is_one: bool) -> None:
    assert volumerestrictions.is_disk(name) is is_one


DISK_ROWS = [
    ("who writes wants all of it", {DISK: WHOLE}, {DISK: WHOLE, "pods": 1}, ()),
    ("and not where another reads it", {DISK: WHOLE}, {DISK: WHOLE - 1, "pods": 1}, TAKEN),
    ("many may read it", {DISK: 1}, {DISK: WHOLE - 109, "pods": 1}, ()),
    ("but not where another writes it", {DISK: 1}, {DISK: 0, "pods": 1}, TAKEN),
    ("another disk does not matter", {DISK: WHOLE}, {DISK: WHOLE, OTHER: 0, "pods": 1}, ()),
    ("two that are taken are said once", {DISK: 1, OTHER: 1}, {DISK: 0, OTHER: 0, "pods": 1}, TAKEN),
    ("slots are said first", {DISK: 1}, {DISK: 0, "pods": 0}, ("Too many pods",)),
    ("volumes of drivers come later", {DISK: 1, VOLUMES: 1}, {DISK: 0, VOLUMES: 0, "pods": 1}, TAKEN),
]


@pytest.mark.parametrize(("asked", "free", "expected"), [row[1:] for row in DISK_ROWS], ids=[row[0] for row in DISK_ROWS])
def test_what_is_said_of_disks(asked: dict[str, int], free: dict[str, int], expected: tuple[str, ...]) -> None:
    assert noderesources.insufficient(Resources(asked), Resources(free), Resources()) == expected


@pytest.mark.parametrize(
    ("disk", "expected"), [(WHOLE, TAKEN), (0, (volumerestrictions.REASON,))], ids=["a disk that is taken", "a disk that is not"]
)
def test_of_a_disk_and_a_claim_in_use_the_disk_is_said(disk: int, expected: tuple[str, ...]) -> None:
    node = Node("n", allocatable=Resources({"pods": 9, DISK: WHOLE}))
    user = Pod("a", claims=("solo",), attached=Resources({DISK: disk} if disk else {}))
    world = World((node,), Cluster((node,), claims=CLAIMS), {"n": [user]})
    assert why_not(user, node, world) == expected
