"""Devices of classes: which resources they are, and that all else is said before them."""

import pytest

from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Labels, LabelSelector
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod, PodAffinityTerm
from models.kubernetes.resources import ATTACHED, DEVICES, Resources
from planner.rules.placement.scheduler_filters import World, why_not
from planner.rules.plugins import noderesources
from planner.rules.plugins.dynamicresources import is_devices

GPU, NIC = DEVICES + "gpu.example.com", DEVICES + "nic"
NONE = ("cannot allocate all claims",)


@pytest.mark.parametrize(("name", "is_one"), [(GPU, True), ("example.com/gpu", False), (f"{ATTACHED}x", False), ("cpu", False)])
def test_devices_of_a_class_are_resources(name: str, is_one: bool) -> None:
    assert is_devices(name) is is_one


ROWS = [
    ("as many as are free", {GPU: 2}, {GPU: 2, "pods": 1}, ()),
    ("one too many", {GPU: 3}, {GPU: 2, "pods": 1}, NONE),
    ("none of the class at all", {GPU: 1}, {"pods": 1}, NONE),
    ("two classes that are short are said once", {GPU: 1, NIC: 1}, {"pods": 1}, NONE),
    ("cpu is said first", {GPU: 1, "cpu": 2}, {"cpu": 1, "pods": 1}, ("Insufficient cpu",)),
    ("so are slots", {GPU: 1}, {"pods": 0}, ("Too many pods",)),
    ("and volumes", {GPU: 1, f"{ATTACHED}x": 1}, {"pods": 1}, ("node(s) exceed max volume count",)),
]


@pytest.mark.parametrize(("asked", "free", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_what_is_said(asked: dict[str, int], free: dict[str, int], expected: tuple[str, ...]) -> None:
    assert noderesources.insufficient(Resources(asked), Resources(free), Resources()) == expected


APART = PodAffinityTerm("zone", LabelSelector(Labels({"app": "web"})))
BESIDE = [
    ("devices alone", Pod("shop", attached=Resources({GPU: 1})), NONE),
    ("neighbours it does not stand come first", Pod("shop", attached=Resources({GPU: 1}), pod_anti_affinity=(APART,)),
     ("node(s) didn't match pod anti-affinity rules",)),
    ("what is there is enough for one that asks for none", Pod("shop"), ()),
]  # fmt: skip


@pytest.mark.parametrize(("pod", "expected"), [row[1:] for row in BESIDE], ids=[row[0] for row in BESIDE])
def test_they_are_asked_for_after_everything_else(pod: Pod, expected: tuple[str, ...]) -> None:
    node = Node("n1", Labels({"zone": "a"}), allocatable=Resources({"cpu": 1000, "pods": 9, GPU: 1}))
    web = Pod("shop", Labels({"app": "web"}), attached=Resources({GPU: 1}))
    assert why_not(pod, node, World((node,), Cluster((node,)), {"n1": [web]})) == expected
    assert why_not(web, node, World((node,), Cluster((node,)))) == ()
