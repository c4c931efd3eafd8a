"""Volumes that a node attaches: which resources they are, and when too many of them are said."""

import pytest

from models.resources import ATTACHED, Resources
from planner.rules import noderesources
from planner.rules.nodevolumelimits import is_limit

EBS, EFS = ATTACHED + "ebs.csi.aws.com", ATTACHED + "efs.csi.aws.com"
FULL = ("node(s) exceed max volume count",)


@pytest.mark.parametrize(
    ("name", "is_one"),
    [(EBS, True), ("attachable-volumes-aws-ebs", False), ("cpu", False), ("example.com/attachable-volumes-csi-x", False)],
)
def test_volumes_of_csi_drivers_are_limits(name: str, is_one: bool) -> None:
    assert is_limit(name) is is_one


ROWS = [
    ("as many as are left fit", {EBS: 2}, {EBS: 2, "pods": 1}, ()),
    ("one too many does not", {EBS: 3}, {EBS: 2, "pods": 1}, FULL),
    ("one driver's are no help to another's", {EBS: 1, EFS: 1}, {EBS: 9, EFS: 0, "pods": 1}, FULL),
    ("two drivers that are short are said once", {EBS: 1, EFS: 1}, {"pods": 1}, FULL),
    ("a pod without volumes fits where too many are attached", {}, {EBS: -1, "pods": 1}, ()),
    ("they are said after all else", {EBS: 2, "cpu": 1}, {"pods": 1}, ("Insufficient cpu",)),
    ("so are they where no slot is left", {EBS: 2}, {"pods": 0}, ("Too many pods",)),
]


@pytest.mark.parametrize(("asked", "free", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_what_is_said(asked: dict[str, int], free: dict[str, int], expected: tuple[str, ...]) -> None:
    assert noderesources.insufficient(Resources(asked), Resources(free), Resources()) == expected
