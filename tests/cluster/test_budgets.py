"""Disruption budgets whose pods the controller cannot count: it says so, and no eviction is granted."""

from typing import Any

import pytest

from models.cluster import Cluster, DisruptionBudget
from models.labels import Labels, LabelSelector
from models.pod import Pod
from models.workload import Workload, WorkloadId
from planner.settle import interruptions
from tests.cluster.bed import ControlPlane

Object = dict[str, Any]
SPACE = "budgets"
NODE = {
    "apiVersion": "v1",
    "kind": "Node",
    "metadata": {"name": "budgets-1", "labels": {"kubernetes.io/hostname": "budgets-1"}},
    "status": {"allocatable": {"cpu": "4", "memory": "8Gi", "pods": "20"}},
}


def workload(kind: str, name: str, **spec: Any) -> Object:
    labels = {"app": name, "all": "yes"}
    pod = {"containers": [{"name": "main", "image": "web:1"}], "terminationGracePeriodSeconds": 0}
    template = {"metadata": {"labels": labels}, "spec": pod}
    body = {"selector": {"matchLabels": {"app": name}}, "template": template, **spec}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name, "namespace": SPACE}, "spec": body}


OBJECTS = [NODE, workload("Deployment", "web", replicas=3), workload("DaemonSet", "agent")]


@pytest.fixture(scope="module")
def running(plane: ControlPlane):
    """Yield a control plane on which three pods of a Deployment and one of a DaemonSet run."""
    plane.create_namespaces([SPACE])
    plane.apply(OBJECTS)
    yield plane
    plane.delete(OBJECTS)
    plane.delete([{"apiVersion": "v1", "kind": "Pod", **pod} for pod in pods(plane)])
    plane.delete([{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE}}])


def pods(plane: ControlPlane) -> list[Object]:
    return plane.items(f"/api/v1/namespaces/{SPACE}/pods")


@pytest.mark.parametrize(
    ("selected", "amount", "granted"),
    [
        pytest.param({"app": "web"}, {"maxUnavailable": 1}, True, id="a Deployment's pods are counted"),
        pytest.param({"all": "yes"}, {"maxUnavailable": 1}, False, id="a DaemonSet's are not, by how many may be away"),
        pytest.param({"all": "yes"}, {"minAvailable": "50%"}, False, id="nor by a share"),
        pytest.param({"all": "yes"}, {"minAvailable": 1}, True, id="how many must stay needs no count"),
    ],
)
def test_what_is_said_of_a_budget_is_what_the_controller_makes_of_it(running, selected, amount, granted):
    running.wait(lambda: [pod["status"]["phase"] for pod in pods(running)] == ["Running"] * 4, "all pods run")
    metadata = {"name": "budget", "namespace": SPACE}
    spec = {"selector": {"matchLabels": selected}, **amount}
    budget = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": metadata, "spec": spec}
    running.apply([budget])
    path = f"/apis/policy/v1/namespaces/{SPACE}/poddisruptionbudgets/budget"
    running.wait(lambda: running.request("GET", path).get("status", {}).get("conditions"), "the controller has looked")
    name = next(pod["metadata"]["name"] for pod in pods(running) if pod["metadata"]["labels"]["app"] == "web")
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name, "namespace": SPACE}}
    code, _ = running.try_request("POST", f"/api/v1/namespaces/{SPACE}/pods/{name}/eviction", eviction)
    running.delete([budget])
    assert code == (201 if granted else 429)
    assert said(selected, amount) is not granted


def said(selected: dict[str, str], amount: Object) -> bool:
    """Say whether a plan names the budget as one that lets no drain end."""
    least, most = str(amount.get("minAvailable", "")), str(amount.get("maxUnavailable", ""))
    budget = DisruptionBudget(SPACE, "budget", LabelSelector(Labels(selected)), least, most)
    workloads = tuple(
        Workload(WorkloadId(kind, SPACE, name), "apps/v1", Pod(SPACE, Labels({"app": name, "all": "yes"})), count)
        for kind, name, count in (("DaemonSet", "agent", 0), ("Deployment", "web", 3))
    )
    return bool(list(interruptions.statements(Cluster(workloads=workloads, budgets=(budget,)))))
