"""Which losses the solver is told of, and who is tied to them."""

from dataclasses import replace

import pytest

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Labels, LabelSelector, Taint
from models.kubernetes.node import Node
from models.kubernetes.pod import Container, Pod
from models.kubernetes.resources import Resources
from models.kubernetes.storage import Claim, Volume
from models.kubernetes.workload import Workload, WorkloadId
from models.solver.problem import FailureDomain
from models.trust import Match, PolicyNodes, Survive, TrustPolicy
from planner.formulate import formulate
from planner.rules.placement.failure_repacking import ZONE
from planner.trust import trust

LEVEL = "ringfence.dev/trust-level"
POLICY = TrustPolicy(
    "t", ("high", "low"),
    everywhere=(Match("DaemonSet", ("kube-system",)),),
    nodes=PolicyNodes(exclude=LabelSelector(Labels({"role": "master"}))),
)  # fmt: skip


def node(name, taints=(), **labels):
    return Node(name, Labels({"host": name, ZONE: name[0], **labels}), taints, allocatable=Resources({"cpu": 1000, "pods": 10}))


NODES = (node("a1"), node("a2"), node("b1"), node("c1", role="master"))


def workload(name, kind="Deployment", level="high", cpu=100, **pod):
    template = Pod("shop", Labels({"app": name, LEVEL: level}), (Container("main", requests=Resources({"cpu": cpu})),), **pod)
    return Workload(WorkloadId(kind, "shop", name), "apps/v1", template, 0 if kind == "DaemonSet" else 1)


def losses(survive, *workloads, nodes=NODES):
    claims = FrozenMap({"shop/data": Claim("shop", "data", "pv")})
    cluster = Cluster(nodes, workloads, claims=claims, volumes=FrozenMap({"pv": Volume("pv", Labels({ZONE: "a"}))}))
    policy = replace(POLICY, survive=survive)
    return formulate(cluster, policy, trust(policy, cluster)).problem.losses


NODE, ZONES = Survive(nodes=1), Survive(zones=1)
ANY, IN_A, ON_A1 = workload("any"), workload("data", claims=("data",)), workload("one", node_selector=Labels({"host": "a1"}))
EACH_NODE = (FailureDomain((0,)), FailureDomain((1,)), FailureDomain((2,)))
ROWS = [
    ("nothing is asked", Survive(), (ANY,), ()),
    ("each node that is planned may be lost", NODE, (ANY,), EACH_NODE),
    ("each zone may be", ZONES, (ANY,), (FailureDomain((0, 1), (), True), FailureDomain((2,), (), True))),
    ("both may be", Survive(1, 1), (ANY,),
     (*EACH_NODE, FailureDomain((0, 1), (), True), FailureDomain((2,), (), True))),
    ("a selector ties to a node", NODE, (ON_A1,), (FailureDomain((0,), (0,)), FailureDomain((1,)), FailureDomain((2,)))),
    ("and to its zone", ZONES, (ON_A1,), (FailureDomain((0, 1), (0,), True), FailureDomain((2,), (), True))),
    ("a volume ties to a zone", ZONES, (ANY, IN_A), (FailureDomain((0, 1), (1,), True), FailureDomain((2,), (), True))),
    ("but not to one of two nodes there", NODE, (IN_A,), EACH_NODE),
    ("want of room ties nobody", NODE, (workload("big", cpu=9000),), EACH_NODE),
    ("nor are daemons tied", NODE, (ANY, workload("logs", "DaemonSet", node_selector=Labels({"host": "a1"}))),
     EACH_NODE),
]  # fmt: skip


@pytest.mark.parametrize(("survive", "workloads", "told"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_losses(survive, workloads, told) -> None:
    assert losses(survive, *workloads) == told


def test_a_taint_on_all_other_nodes_ties() -> None:
    shut = Taint("dedicated", "x", "NoSchedule")
    nodes = (node("a1"), node("a2", (shut,)), node("b1", (shut,)))
    assert losses(NODE, ANY, nodes=nodes)[0] == FailureDomain((0,), (0,))


def test_nodes_without_a_zone_are_lost_with_none() -> None:
    bare = Node("d1", Labels({"host": "d1"}), allocatable=Resources({"cpu": 1000, "pods": 10}))
    assert losses(ZONES, ANY, nodes=(*NODES, bare)) == (FailureDomain((0, 1), (), True), FailureDomain((2,), (), True))
