"""The test bed itself: it comes up, and does what a cluster does."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.cluster.bed import ControlPlane
from tests.cluster.build import chosen
from tests.cluster.client import MERGE, RefusedError
from tests.cluster.conftest import StartPlane
from tests.cluster.undertaker import Undertaker
from tests.conftest import Run


def node(name: str, **allocatable: str) -> dict[str, Any]:
    """Make a node with room for ten pods."""
    room = {"cpu": "4", "memory": "8Gi", "pods": "10"} | allocatable
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}, "status": {"allocatable": room, "capacity": room}}


def workload(kind: str, name: str, replicas: int, namespace: str, **spec: Any) -> dict[str, Any]:
    """Make a workload of pods that ask for a tenth of a CPU."""
    container = {"name": "main", "image": "example/main:1", "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}}}
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container]}}
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": template, **spec},
    }


def name(thing: dict[str, Any]) -> str:
    return str(thing["metadata"]["name"])


@pytest.fixture
def nodes(plane: ControlPlane) -> Iterator[list[str]]:
    """Return the names of two ready nodes that exist for one test."""
    made = [node("bed-1"), node("bed-2")]
    plane.apply(made)
    plane.wait(plane.nodes_are_ready, "both nodes are ready")
    yield ["bed-1", "bed-2"]
    plane.delete(made)


@pytest.fixture
def space(plane: ControlPlane, request: pytest.FixtureRequest) -> Iterator[str]:
    """Return a namespace that exists for one test; what the test made in it is gone before the next one."""
    made = f"bed-{request.function.__name__.replace('_', '-')[-40:]}"
    plane.create_namespaces([made])
    yield made
    plane.delete([{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": made}}])
    plane.wait(lambda: plane.try_request("GET", f"/api/v1/namespaces/{made}")[0] == 404, "the namespace is gone")
    plane.wait(lambda: not plane.items("/api/v1/persistentvolumes"), "its volumes are gone")


def test_the_version_is_the_one_that_was_asked_for(scheduler_only: ControlPlane) -> None:
    assert scheduler_only.version == chosen().kubernetes


def test_a_deployment_of_three_becomes_running(plane: ControlPlane, nodes: list[str], space: str) -> None:
    with plane.follow(f"/api/v1/namespaces/{space}/pods") as pods:
        plane.apply([workload("Deployment", "three", 3, space)])
        pods.wait(lambda: [pod["status"]["phase"] for pod in pods.objects.values()] == ["Running"] * 3, "three pods run")
    assert {pod["spec"]["nodeName"] for pod in pods.objects.values()} <= set(nodes)
    assert [kind for kind, _ in pods.events].count("ADDED") == 3


LINGERS = {
    "who comes for a pod that ends goes elsewhere while that has its room": ("Deployment", {}, "bed-2"),
    "where all old pods have gone before": ("Deployment", {"strategy": {"type": "Recreate"}}, "bed-1"),
    "where the controller waits for it": ("StatefulSet", {"serviceName": "one"}, "bed-1"),
}
"""A pod of three of the four cores of a node, which prefers the first one; what a rollout simulated beforehand counts on."""


@pytest.mark.parametrize(("kind", "spec", "where"), LINGERS.values(), ids=LINGERS)
def test_a_pod_that_ends_keeps_its_room_for_a_time(plane, nodes, space, kind, spec, where) -> None:
    if kind == "Deployment" and not spec:
        spec = {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}}
    thing = workload(kind, "one", 1, space, **spec)
    template = thing["spec"]["template"]
    template["metadata"]["annotations"] = {"bed.ringfence.dev/ends-after": "3s"}
    template["spec"]["containers"][0]["resources"]["requests"]["cpu"] = "3"
    term = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": [nodes[0]]}]}
    preferred = [{"weight": 100, "preference": term}]
    template["spec"]["affinity"] = {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": preferred}}
    with plane.follow(f"/api/v1/namespaces/{space}/pods") as pods:
        plane.apply([thing])
        pods.wait(lambda: [pod["status"]["phase"] for pod in pods.objects.values()] == ["Running"], "the pod runs")
        (first,) = pods.objects.values()
        assert first["spec"]["nodeName"] == "bed-1"
        again = {"spec": {"template": {"metadata": {"annotations": {"example.com/again": "yes"}}}}}
        plane.request("PATCH", plane.client.path(thing), again, MERGE)
        uid = first["metadata"]["uid"]
        pods.wait(
            lambda: (
                [(pod["status"]["phase"], pod["metadata"]["uid"] == uid) for pod in pods.objects.values()] == [("Running", False)]
            ),
            "its successor runs alone",
        )
        (second,) = pods.objects.values()
    assert second["spec"]["nodeName"] == where


AGAIN = {"metadata": {"annotations": {"example.com/again": "yes"}}}


def test_the_next_pods_go_while_those_before_them_still_have_their_room(plane, nodes, space) -> None:
    """Two of two cores each fill the first node; one may be away, and each that comes is ready long before the other has gone."""
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}
    thing = workload("Deployment", "two", 2, space, strategy=strategy)
    template = thing["spec"]["template"]
    template["metadata"]["annotations"] = {"bed.ringfence.dev/ends-after": "20s"}
    template["spec"]["containers"][0]["resources"]["requests"]["cpu"] = "2"
    term = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": [nodes[0]]}]}
    template["spec"]["affinity"] = {
        "nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 100, "preference": term}]}
    }
    with plane.follow(f"/api/v1/namespaces/{space}/pods") as pods:
        plane.apply([thing])
        pods.wait(lambda: [pod["status"]["phase"] for pod in pods.objects.values()] == ["Running"] * 2, "two pods run")
        old = {pod["metadata"]["uid"]: pod["spec"]["nodeName"] for pod in pods.objects.values()}
        plane.request("PATCH", plane.client.path(thing), {"spec": {"template": AGAIN}}, MERGE)

        def successors() -> list[str]:
            found = [pod for pod in list(pods.objects.values()) if pod["metadata"]["uid"] not in old]
            return [pod["spec"]["nodeName"] for pod in found if pod["status"]["phase"] == "Running"]

        pods.wait(lambda: len(successors()) == 2, "their successors run")
    assert list(old.values()) == ["bed-1", "bed-1"]
    assert successors() == ["bed-2", "bed-2"]


def test_pods_of_the_old_replica_set_do_not_count_where_those_of_the_new_one_are_spread(plane, nodes, space) -> None:
    """The first new pod goes to the emptier node although all old ones are there: were these counted, spreading would win."""
    filler = workload("Deployment", "filler", 1, space)
    filler["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"]["cpu"] = "3"
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    thing = workload("Deployment", "spread", 4, space, strategy=strategy)
    thing["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"]["cpu"] = "10m"
    for one, node in ((filler, nodes[1]), (thing, nodes[0])):
        term = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": [node]}]}
        required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}
        one["spec"]["template"]["spec"]["affinity"] = {"nodeAffinity": required}
    with plane.follow(f"/api/v1/namespaces/{space}/pods") as pods:
        plane.apply([filler, thing])
        pods.wait(lambda: [pod["status"]["phase"] for pod in pods.objects.values()] == ["Running"] * 5, "five pods run")
        old = {pod["metadata"]["uid"] for pod in pods.objects.values()}
        plane.request("PATCH", plane.client.path(thing), {"spec": {"template": {"spec": {"affinity": None}}}}, MERGE)

        def bound() -> list[str]:
            made = [pod for _, pod in list(pods.events) if pod["metadata"]["uid"] not in old]
            return [pod["spec"]["nodeName"] for pod in made if pod["spec"].get("nodeName")]

        pods.wait(bound, "the first new pod is bound")
    assert bound()[0] == "bed-1"


def test_of_several_pods_that_go_at_once_all_go_that_share_the_fullest_node(plane, nodes, space) -> None:
    """Three of 1.3 cores fill the first node, two more are on the second; one by one, the first would keep one of its three."""
    thing = workload("Deployment", "five", 5, space)
    template = thing["spec"]["template"]
    template["spec"]["containers"][0]["resources"]["requests"]["cpu"] = "1300m"
    term = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": [nodes[0]]}]}
    template["spec"]["affinity"] = {
        "nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 100, "preference": term}]}
    }
    with plane.follow(f"/api/v1/namespaces/{space}/pods") as pods:
        plane.apply([thing])
        pods.wait(lambda: [pod["status"]["phase"] for pod in pods.objects.values()] == ["Running"] * 5, "five pods run")
        there = sorted(pod["spec"]["nodeName"] for pod in pods.objects.values())
        plane.request("PATCH", plane.client.path(thing), {"spec": {"replicas": 2}}, MERGE)
        pods.wait(lambda: len(pods.objects) == 2, "three have gone")
        left = sorted(pod["spec"]["nodeName"] for pod in pods.objects.values())
    assert there == ["bed-1"] * 3 + ["bed-2"] * 2
    assert left == ["bed-2"] * 2


def test_a_stateful_set_with_claims_runs_one_by_one(plane: ControlPlane, nodes: list[str], space: str) -> None:
    plane.provide_storage()
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    templates = [{"metadata": {"name": "data"}, "spec": claim}]
    with plane.follow(f"/api/v1/namespaces/{space}/pods") as pods:
        plane.apply([workload("StatefulSet", "two", 2, space, serviceName="two", volumeClaimTemplates=templates)])
        pods.wait(lambda: [pod["status"]["phase"] for pod in pods.objects.values()] == ["Running"] * 2, "two pods run")
    bound = [name(pod) for _, pod in pods.events if pod["status"]["phase"] == "Running"]
    assert list(dict.fromkeys(bound)) == ["two-0", "two-1"]
    claims = plane.items(f"/api/v1/namespaces/{space}/persistentvolumeclaims")
    assert [claim["status"]["phase"] for claim in claims] == ["Bound"] * 2


def test_a_job_completes_and_what_is_deleted_goes(plane: ControlPlane, nodes: list[str], space: str) -> None:
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "main", "image": "example/main:1"}]}}
    metadata = {"name": "once", "namespace": space}
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": {"template": template}}
    plane.apply([job])
    plane.wait(lambda: plane.request("GET", plane.client.path(job))["status"].get("succeeded"), "the job is complete")
    plane.delete([job])
    plane.wait(lambda: not plane.items(f"/api/v1/namespaces/{space}/pods"), "its pod is gone")


def test_a_pod_that_has_ended_goes_and_never_the_next_one_of_its_name(plane: ControlPlane, nodes: list[str], space: str) -> None:
    path = f"/api/v1/namespaces/{space}/pods"
    with plane.follow(path) as pods:

        def runs() -> str:
            found = pods.objects.get((space, "one-0"))
            return str(found["metadata"]["uid"]) if found and found["status"]["phase"] == "Running" else ""

        plane.apply([workload("StatefulSet", "one", 1, space, serviceName="one")])
        first = pods.wait(runs, "the first one runs")
        plane.request("DELETE", f"{path}/one-0")
        second = pods.wait(lambda: (now := runs()) != first and now, "the next one runs")
    Undertaker(plane.client).bury(space, "one-0", first)
    assert plane.request("GET", f"{path}/one-0")["metadata"]["uid"] == second
    Undertaker(plane.client).bury(space, "one-0", second)
    code, found = plane.try_request("GET", f"{path}/one-0")
    assert code == 404 or found["metadata"]["uid"] != second


def test_applying_again_changes_and_removes_what_was_applied(plane: ControlPlane) -> None:
    metadata = {"name": "bed-again", "labels": {"one": "1", "two": "2"}}
    things = [{"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}, node("bed-again", cpu="2")]
    plane.apply([{"apiVersion": "v1", "kind": "List", "items": things}])
    space = plane.apply([{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "bed-again", "labels": {"two": "3"}}}])[0]
    assert {key: space["metadata"]["labels"].get(key) for key in ("one", "two")} == {"one": None, "two": "3"}
    assert plane.request("GET", "/api/v1/nodes/bed-again")["status"]["allocatable"]["cpu"] == "2"
    assert plane.apply([node("bed-again", cpu="3")])[0]["status"]["allocatable"]["cpu"] == "3"
    plane.delete(things)


def test_what_the_server_refuses_is_said_in_its_words(scheduler_only: ControlPlane) -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "none"}, "spec": {"containers": []}}
    with pytest.raises(RefusedError, match=r"422 Pod \"none\" is invalid: spec.containers: Required value") as refused:
        scheduler_only.create([pod])
    assert (refused.value.code, refused.value.reason) == (422, "Invalid")
    with pytest.raises(KeyError, match="the API server knows no Pot in v1"):
        scheduler_only.create([{**pod, "kind": "Pot"}])


def test_a_dry_run_creates_nothing(scheduler_only: ControlPlane) -> None:
    made = scheduler_only.create([node("bed-dry")], "?dryRun=All")
    assert name(made[0]) == "bed-dry"
    assert scheduler_only.try_request("GET", "/api/v1/nodes/bed-dry")[0] == 404


def test_without_controllers_a_pod_is_bound_and_stays_pending(scheduler_only: ControlPlane) -> None:
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "bound"},
        "spec": {"containers": [{"name": "c", "image": "i"}]},
    }
    scheduler_only.create([node("bed-bare")])
    with scheduler_only.follow("/api/v1/pods") as pods:
        scheduler_only.create([pod])
        pods.wait(lambda: [each["spec"].get("nodeName") for each in pods.objects.values()] == ["bed-bare"], "the pod is bound")
    assert [each["status"]["phase"] for each in pods.objects.values()] == ["Pending"]
    scheduler_only.delete([pod, node("bed-bare")])


def test_two_beds_side_by_side_share_nothing(plane: ControlPlane, scheduler_only: ControlPlane) -> None:
    assert plane.url != scheduler_only.url
    scheduler_only.create([node("only-here")])
    assert "only-here" in map(name, scheduler_only.items("/api/v1/nodes"))
    assert "only-here" not in map(name, plane.items("/api/v1/nodes"))
    scheduler_only.delete([node("only-here")])


def test_permissions_and_an_expired_certificate_are_real(start_plane: StartPlane, kubectl: Run) -> None:
    reader = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": "reader"},
        "rules": [{"apiGroups": [""], "resources": ["nodes"], "verbs": ["list"]}],
    }
    binding = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": "reader"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "reader"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "readers"}],
    }
    with start_plane(controllers=False, kwok=False, authorization="Node,RBAC") as plane:
        plane.apply([reader, binding, node("seen")])
        anna = plane.kubeconfig_of("anna", "readers")
        old = plane.kubeconfig_of("otto", "readers", expired=datetime.now(UTC) - timedelta(days=1))
        print(kubectl("get", "nodes", "--kubeconfig", anna))
        plane.wait(lambda: "seen" in kubectl("get", "nodes", "--kubeconfig", anna).stdout, "the role is known", seconds=5)
        assert 'User "anna" cannot list resource "pods"' in kubectl("get", "pods", "--kubeconfig", anna).stderr
        assert (
            "expired" in kubectl("get", "nodes", "--kubeconfig", old).stderr
            or "logged in" in kubectl("get", "nodes", "--kubeconfig", old).stderr
        )


def test_a_watch_goes_on_when_the_server_is_restarted(start_plane: StartPlane) -> None:
    with start_plane(controllers=False, kwok=False) as plane, plane.follow("/api/v1/nodes") as nodes:
        plane.create([node("before")])
        nodes.wait(lambda: ("", "before") in nodes.objects, "the first node is seen")
        plane.restart("kube-apiserver")
        plane.create([node("after")])
        nodes.wait(lambda: ("", "after") in nodes.objects, "the second node is seen")
        assert [name(thing) for kind, thing in nodes.events if kind == "ADDED"] == ["before", "after"]
