"""Volumes that a node attaches, and drivers that it must have: which resources they are, and when it is said that they lack."""

import pytest

from models.kubernetes.cluster import Cluster
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from models.kubernetes.resources import ATTACHED, DEVICES, DISKS, DRIVERS, MIGRATED_TO, WHOLE, Resources
from models.kubernetes.storage import Claim
from planner.rules.placement.scheduler_filters import World, why_not
from planner.rules.plugins import noderesources
from planner.rules.plugins.nodevolumelimits import is_driver, is_limit

EBS, EFS = ATTACHED + "ebs.csi.aws.com", ATTACHED + "efs.csi.aws.com"
DRIVER, MIGRATED, OTHER = DRIVERS + "ebs.csi.aws.com", MIGRATED_TO + "ebs.csi.aws.com", DRIVERS + "efs.csi.aws.com"
FULL = ("node(s) exceed max volume count",)
MISSING = ("ebs.csi.aws.com CSI driver is not installed on the node",)


@pytest.mark.parametrize(
    ("name", "is_one"),
    [(EBS, True), ("attachable-volumes-aws-ebs", False), ("cpu", False), ("example.com/attachable-volumes-csi-x", False)],
)
def test_volumes_of_csi_drivers_are_limits(name: str, is_one: bool) -> None:
    assert is_limit(name) is is_one


@pytest.mark.parametrize(("name", "is_one"), [(DRIVER, True), (MIGRATED, True), (EBS, False), ("storage.k8s.io/drivers", False)])
def test_drivers_that_must_be_there_are_resources(name: str, is_one: bool) -> None:
    assert is_driver(name) is is_one


ROWS = [
    ("as many as are left fit", {EBS: 2}, {EBS: 2, "pods": 1}, ()),
    ("one too many does not", {EBS: 3}, {EBS: 2, "pods": 1}, FULL),
    ("one driver's are no help to another's", {EBS: 1, EFS: 1}, {EBS: 9, EFS: 0, "pods": 1}, FULL),
    ("two drivers that are short are said once", {EBS: 1, EFS: 1}, {"pods": 1}, FULL),
    ("a pod without volumes fits where too many are attached", {}, {EBS: -1, "pods": 1}, ()),
    ("they are said after all else", {EBS: 2, "cpu": 1}, {"pods": 1}, ("Insufficient cpu",)),
    ("so are they where no slot is left", {EBS: 2}, {"pods": 0}, ("Too many pods",)),
    ("a node that has the driver has enough for all pods", {DRIVER: 1}, {DRIVER: WHOLE - 109, "pods": 1}, ()),
    ("one that does not is named by its driver", {DRIVER: 1}, {"pods": 1}, MISSING),
    ("so it is where the volume was of a kind once built in", {MIGRATED: 1}, {"pods": 1}, MISSING),
    ("another driver is no help", {DRIVER: 1}, {OTHER: WHOLE, "pods": 1}, MISSING),
    ("of two one is said", {DRIVER: 1, OTHER: 1}, {"pods": 1}, MISSING),
    ("a driver is said before too many volumes", {EBS: 1, DRIVER: 1}, {"pods": 1}, MISSING),
    ("and before devices", {DEVICES + "gpu": 1, DRIVER: 1}, {"pods": 1}, MISSING),
    ("but after a disk", {DISKS + "gce/a": 1, DRIVER: 1}, {"pods": 1}, ("node(s) had no available disk",)),
    ("and after cpu", {DRIVER: 1, "cpu": 2}, {"cpu": 1, "pods": 1}, ("Insufficient cpu",)),
    ("a pod that needs no driver does not care", {}, {"pods": 1}, ()),
]


@pytest.mark.parametrize(("asked", "free", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_what_is_said(asked: dict[str, int], free: dict[str, int], expected: tuple[str, ...]) -> None:
    assert noderesources.insufficient(Resources(asked), Resources(free), Resources()) == expected


CLAIMS = {
    "a claim that another pod has alone is said before": (("ReadWriteOncePod",), "node(s) unavailable due to Persistent"),
    "where no volume can be reached the driver is said": (("ReadWriteOnce",), *MISSING),
}


@pytest.mark.parametrize(("modes", "said"), CLAIMS.values(), ids=CLAIMS)
def test_a_driver_is_said_between_claims_in_use_and_volumes_out_of_reach(modes: tuple[str, ...], said: str) -> None:
    node, user = Node("n", allocatable=Resources({"pods": 9})), Pod("a", claims=("c",), attached=Resources({DRIVER: 1}))
    cluster = Cluster((node,), claims={"a/c": Claim("a", "c", "gone", modes)})
    (reason,) = why_not(user, node, World((node,), cluster, {"n": [user]}))
    assert reason.startswith(said)
