"""Workloads of one kind, namespace and name in two API groups are two workloads."""

import pytest

from models.frozen_map import FrozenMap
from models.kubernetes.workload import WorkloadId
from models.serialise import decode, encode
from models.trust import TrustPolicy
from tests.read.cluster_reader import cluster_of, controller, faults_of, hpa, pod, said

GROUP = "example.com"
PATHS = {f"{GROUP}/{version}/{kind}": "spec.template" for version in ("v1", "v1beta1") for kind in ("Deployment", "DaemonSet")}
POLICY = TrustPolicy("shop", ("internal",), pod_templates=FrozenMap(PATHS))
OURS, THEIRS = (
    controller("Deployment", more=", replicas: 2"),
    controller("Deployment", more=", replicas: 3", api_version="example.com/v1"),
)
TWO = ["Deployment/shop/web", "Deployment.example.com/shop/web"]


def counted(*texts):
    """Return how many pods are planned of each workload."""
    return {str(each.id): each.steady for each in cluster_of(*texts, policy=POLICY).workloads}


@pytest.mark.parametrize("texts", [(OURS, THEIRS), (THEIRS, OURS)], ids=["ours first", "theirs first"])
def test_both_are_planned_in_the_order_of_their_names(texts):
    assert list(counted(*texts).items()) == [(TWO[0], 2), (TWO[1], 3)]


def test_their_names_differ_in_the_group_alone():
    ours, theirs = (each.id for each in cluster_of(OURS, THEIRS, policy=POLICY).workloads)
    assert (ours, theirs) == (WorkloadId("Deployment", "shop", "web"), WorkloadId("Deployment", "shop", "web", GROUP))
    assert ours < theirs
    assert (ours.full_kind, theirs.full_kind) == ("Deployment", "Deployment.example.com")


NAMED = [
    ("a kind of Kubernetes", WorkloadId("Deployment", "shop", "web"), {"kind": "Deployment", "namespace": "shop", "name": "web"}),
    ("a custom resource", WorkloadId("Deployment", "shop", "web", GROUP),
     {"kind": "Deployment", "namespace": "shop", "name": "web", "group": GROUP}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "written"), [row[1:] for row in NAMED], ids=[row[0] for row in NAMED])
def test_a_plan_names_the_group_of_custom_resources_alone(name, written):
    assert encode(name) == written
    assert decode(WorkloadId, written) == name


REPEATED = [
    ("one of Kubernetes twice", (OURS, OURS), "Deployment/shop/web"),
    ("a custom resource twice", (THEIRS, THEIRS), "Deployment.example.com/shop/web"),
    (
        "two versions of one group",
        (THEIRS, controller("Deployment", api_version=f"{GROUP}/v1beta1")),
        "Deployment.example.com/shop/web",
    ),
]


@pytest.mark.parametrize(("texts", "name"), [row[1:] for row in REPEATED], ids=[row[0] for row in REPEATED])
def test_the_same_workload_twice_is_a_fault(texts, name):
    (fault,) = faults_of(*texts, policy=POLICY)
    assert fault[2].startswith(f"{name} is here a second time, with the same pod spec: the first is in stdin:1")


SCALED = [
    ("ours", "apps/v1", [9, 3]),
    ("theirs", "example.com/v1", [2, 9]),
    ("theirs in another version", "example.com/v2", [2, 9]),
    ("nobody: neither has this group", "example.org/v1", [2, 3]),
]


@pytest.mark.parametrize(("target", "pods"), [row[1:] for row in SCALED], ids=[row[0] for row in SCALED])
def test_an_autoscaler_scales_the_one_of_its_group(target, pods):
    assert counted(OURS, THEIRS, hpa(9, api_version=f", apiVersion: {target}")) == dict(zip(TWO, pods, strict=True))


@pytest.mark.parametrize(("group", "at"), [("apps/v1", 0), ("example.com/v1", 1)])
def test_a_pod_runs_for_the_one_that_owns_it(group, at):
    replicas = controller("ReplicaSet", "web-x", owner=(group, "Deployment", "web"))
    found = cluster_of(
        OURS, THEIRS, replicas, pod("web-1", "node-a", ("apps/v1", "ReplicaSet", "web-x")), policy=POLICY
    ).workloads
    assert [dict(each.running) for each in found] == [{"node-a": 1} if at == each else {} for each in (0, 1)]


def test_an_owner_that_is_missing_is_named_with_its_group():
    found = said(cluster_of(pod("web-1", "node-a", ("example.com/v1", "Deployment", "web")), policy=POLICY))
    assert found["Deployment.example.com/shop/web"].startswith("makes Pod/shop/web-1, but is not read itself")


def test_a_daemon_set_of_another_group_has_a_pod_on_every_node_too():
    (found,) = cluster_of(controller("DaemonSet", api_version="example.com/v1"), policy=POLICY).workloads
    assert (found.is_daemon, found.pods, found.counted) == (True, 0, "")
