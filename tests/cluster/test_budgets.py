"""What a plan says of disruption budgets is what the controller makes of them: evictions are granted, or they are not."""

from typing import Any

import pytest

from models.kubernetes.cluster import Cluster, DisruptionBudget
from models.kubernetes.labels import Labels, LabelSelector
from models.kubernetes.pod import Pod
from models.kubernetes.workload import Workload, WorkloadId
from planner.settle.disclosures import drains
from tests.cluster.bed import ControlPlane

Object = dict[str, Any]
SPACE = "budgets"
NODE = {
    "apiVersion": "v1",
    "kind": "Node",
    "metadata": {"name": "budgets-1", "labels": {"kubernetes.io/hostname": "budgets-1"}},
    "status": {"allocatable": {"cpu": "4", "memory": "8Gi", "pods": "20"}},
}
POD = {"containers": [{"name": "main", "image": "web:1"}], "terminationGracePeriodSeconds": 0}
THERE = {"web": ("Deployment", 3), "agent": ("DaemonSet", 1), "bare": ("Pod", 2)}
"""Who makes the pods of an application, and how many there are."""


def labels(app: str) -> dict[str, str]:
    """Let a selector find the pods of an application, and the Deployment's together with one of the others."""
    return {"app": app, **{other: "yes" for other in THERE if app in ("web", other)}}


def workload(app: str, **spec: Any) -> Object:
    template = {"metadata": {"labels": labels(app)}, "spec": POD}
    body = {"selector": {"matchLabels": {"app": app}}, "template": template, **spec}
    return {"apiVersion": "apps/v1", "kind": THERE[app][0], "metadata": {"name": app, "namespace": SPACE}, "spec": body}


OBJECTS = [NODE, workload("web", replicas=3), workload("agent")]
BARE = [
    {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": f"bare-{at}", "namespace": SPACE, "labels": labels("bare")},
        "spec": POD,
    }
    for at in range(THERE["bare"][1])
]


@pytest.fixture(scope="module")
def running(plane: ControlPlane):
    """Yield a control plane on which pods of a Deployment and of a DaemonSet run."""
    plane.create_namespaces([SPACE])
    plane.apply(OBJECTS)
    yield plane
    plane.delete(OBJECTS)
    plane.delete([{"apiVersion": "v1", "kind": "Pod", **pod} for pod in pods(plane)])
    plane.delete([{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE}}])


def pods(plane: ControlPlane) -> list[Object]:
    return plane.items(f"/api/v1/namespaces/{SPACE}/pods")


ROWS = [
    pytest.param({"app": "web"}, {"maxUnavailable": 1}, True, id="a Deployment's pods are counted"),
    pytest.param({"app": "web"}, {"maxUnavailable": 0}, False, id="none may be away"),
    pytest.param({"app": "web"}, {}, False, id="no amount allows nothing"),
    pytest.param({"agent": "yes"}, {"maxUnavailable": 1}, False, id="a DaemonSet's pods are not counted"),
    pytest.param({"agent": "yes"}, {"minAvailable": "50%"}, False, id="nor for a share"),
    pytest.param({"agent": "yes"}, {"minAvailable": 1}, True, id="how many must stay needs no count"),
    pytest.param({"app": "bare"}, {"maxUnavailable": 1}, False, id="bare pods are not expected"),
    pytest.param({"app": "bare"}, {"minAvailable": 1}, True, id="unless so many must stay"),
    pytest.param({"bare": "yes"}, {"minAvailable": "100%"}, True, id="beside those of a Deployment they are to spare"),
]


@pytest.mark.parametrize(("selected", "amount", "granted"), ROWS)
def test_what_is_said_of_a_budget_is_what_the_controller_makes_of_it(running, selected, amount, granted):
    running.apply(BARE)
    total = sum(count for _, count in THERE.values())
    running.wait(lambda: [pod["status"]["phase"] for pod in pods(running)] == ["Running"] * total, "all pods run")
    mine = [pod["metadata"] for pod in pods(running) if selected.items() <= pod["metadata"]["labels"].items()]
    metadata = {"name": "budget", "namespace": SPACE}
    spec = {"selector": {"matchLabels": selected}, **amount}
    budget = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": metadata, "spec": spec}
    running.apply([budget])
    path = f"/apis/policy/v1/namespaces/{SPACE}/poddisruptionbudgets/budget"
    running.wait(lambda: has_counted(running.request("GET", path).get("status", {}), len(mine)), "the controller has counted")
    name = next(each["name"] for each in mine if each["labels"]["app"] != "agent")
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name, "namespace": SPACE}}
    code, _ = running.try_request("POST", f"/api/v1/namespaces/{SPACE}/pods/{name}/eviction", eviction)
    running.delete([budget])
    running.wait(lambda: running.try_request("GET", path)[0] == 404, "the budget is gone")
    assert code == (201 if granted else 429)
    assert said(selected, amount) is not granted


def has_counted(status: Object, there: int) -> bool:
    """Say whether the controller knows all pods that it selects, or has said that it cannot count them."""
    fails = any(one["reason"] == "SyncFailed" for one in status.get("conditions", ()))
    return fails or status.get("currentHealthy") == there


def said(selected: dict[str, str], amount: Object) -> bool:
    """Say whether a plan names the budget as one that lets no drain end."""
    least, most = str(amount.get("minAvailable", "")), str(amount.get("maxUnavailable", ""))
    budget = DisruptionBudget(SPACE, "budget", LabelSelector(Labels(selected)), least, most)
    planned = [
        ("Deployment", "web", "web", 3),
        ("DaemonSet", "agent", "agent", 0),
        *(("Pod", f"bare-{at}", "bare", 1) for at in (0, 1)),
    ]
    workloads = tuple(
        Workload(WorkloadId(kind, SPACE, name), "v1", Pod(SPACE, Labels(labels(app))), count)
        for kind, name, app, count in planned
    )
    return bool(list(drains.statements(Cluster(workloads=workloads, budgets=(budget,)))))
