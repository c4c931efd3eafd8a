"""Features that kubelets declare: which resources they are, and that all else is said before them."""

import pytest

from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Labels, LabelSelector
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod, PodAffinityTerm
from models.kubernetes.resources import DEVICES, FEATURES, WHOLE, Resources
from planner.rules.placement.scheduler_filters import World, why_not
from planner.rules.plugins import noderesources
from planner.rules.plugins.nodedeclaredfeatures import is_feature

RESTARTS, MOUNTS, GPU = FEATURES + "Restarts", FEATURES + "Mounts", DEVICES + "gpu"
NONE = ("node(s) didn't match Pod's required features",)


@pytest.mark.parametrize(("name", "is_one"), [(RESTARTS, True), (GPU, False), ("kubernetes.io/features", False), ("cpu", False)])
def test_features_are_resources(name: str, is_one: bool) -> None:
    assert is_feature(name) is is_one


ROWS = [
    ("a node that declares it has enough for all pods", {RESTARTS: 1}, {RESTARTS: WHOLE - 109, "pods": 1}, ()),
    ("one that does not has none", {RESTARTS: 1}, {"pods": 1}, NONE),
    ("all are needed", {RESTARTS: 1, MOUNTS: 1}, {RESTARTS: WHOLE, "pods": 1}, NONE),
    ("two that are not declared are said once", {RESTARTS: 1, MOUNTS: 1}, {"pods": 1}, NONE),
    ("a pod that needs none does not care", {"cpu": 1}, {"cpu": 1, "pods": 1}, ()),
    ("cpu is said first", {RESTARTS: 1, "cpu": 2}, {"cpu": 1, "pods": 1}, ("Insufficient cpu",)),
    ("so are devices", {RESTARTS: 1, GPU: 1}, {"pods": 1}, ("cannot allocate all claims",)),
]


@pytest.mark.parametrize(("asked", "free", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_what_is_said(asked: dict[str, int], free: dict[str, int], expected: tuple[str, ...]) -> None:
    assert noderesources.insufficient(Resources(asked), Resources(free), Resources()) == expected


def test_neighbours_that_it_does_not_stand_come_first() -> None:
    node = Node("n1", Labels({"zone": "a"}), allocatable=Resources({"pods": 9}))
    apart = PodAffinityTerm("zone", LabelSelector(Labels({"app": "web"})))
    world = World((node,), Cluster((node,)), {"n1": [Pod("shop", Labels({"app": "web"}))]})
    needy = Pod("shop", attached=Resources({RESTARTS: 1}))
    assert why_not(needy, node, world) == NONE
    shy = Pod("shop", attached=Resources({RESTARTS: 1}), pod_anti_affinity=(apart,))
    assert why_not(shy, node, world) == ("node(s) didn't match pod anti-affinity rules",)
