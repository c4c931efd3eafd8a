"""Who made whom: pods and their controllers are planned as the topmost object in the input."""

import pytest

from tests.read.cluster_reader import (
    cluster_of,
    controller,
    cron_job,
    job,
    names,
    only,
    pod,
    said,
    thing,
)

REPLICA_SET = ("apps/v1", "ReplicaSet", "web-5d4")
OWNED_SET = controller("ReplicaSet", "web-5d4", ", replicas: 2", owner=("apps/v1", "Deployment", "web"))


def test_pods_count_at_the_deployment_above_their_replica_set():
    cluster = cluster_of(pod("web-1", "n1", REPLICA_SET), pod("web-2", "n1", REPLICA_SET), OWNED_SET, controller("Deployment"))
    assert names(cluster) == ["Deployment/shop/web"]
    assert cluster.workloads[0].running == {"n1": 2}
    assert cluster.unread == ()


def test_pods_count_at_the_cron_job_above_their_job():
    owned = job("web-1", owner=("batch/v1", "CronJob", "web"))
    cluster = cluster_of(cron_job(), owned, pod("web-1-x", "n1", ("batch/v1", "Job", "web-1")))
    assert [(str(each.id), dict(each.running)) for each in cluster.workloads] == [("CronJob/shop/web", {"n1": 1})]


def test_pods_of_a_daemon_set_count_there():
    workload = only(controller("DaemonSet"), pod("web-a", "n1", ("apps/v1", "DaemonSet", "web")))
    assert (workload.id.kind, dict(workload.running)) == ("DaemonSet", {"n1": 1})


def test_a_pod_that_is_not_bound_yet_counts_nowhere():
    assert only(controller("StatefulSet"), pod("web-0", "", ("apps/v1", "StatefulSet", "web"))).running == {}


def test_a_deployment_is_found_through_the_name_of_a_replica_set_that_is_not_in_the_input():
    orphan = pod("web-5d4-x", "n1", REPLICA_SET, meta=", labels: {app: web, pod-template-hash: 5d4}")
    workload = only(controller("Deployment"), orphan)
    assert (str(workload.id), dict(workload.running)) == ("Deployment/shop/web", {"n1": 1})


def test_a_name_alone_does_not_make_a_deployment_the_owner():
    orphan = pod("web-5d4-x", "n1", REPLICA_SET, meta=", labels: {app: web, pod-template-hash: other}")
    assert names(cluster_of(controller("Deployment"), orphan)) == ["Deployment/shop/web", "Pod/shop/web-5d4-x"]


def test_a_cron_job_is_found_through_the_name_of_a_job_that_is_not_in_the_input():
    assert only(cron_job(), pod("web-29-x", "n1", ("batch/v1", "Job", "web-29"))).running == {"n1": 1}


def test_pods_whose_controller_is_not_in_the_input_are_planned_and_their_controller_is_named():
    cluster = cluster_of(pod("web-2", "n1", REPLICA_SET), pod("web-1", "n2", REPLICA_SET))
    assert [(str(each.id), dict(each.running)) for each in cluster.workloads] == [
        ("Pod/shop/web-1", {"n2": 1}),
        ("Pod/shop/web-2", {"n1": 1}),
    ]
    message = said(cluster)["ReplicaSet/shop/web-5d4"]
    assert message.startswith("makes Pod/shop/web-1 and 1 more, but is not read itself")
    assert "patch ReplicaSet web-5d4 instead" in message


def test_an_owner_that_does_not_control_is_no_controller():
    text = pod("web-1", "n1", REPLICA_SET, meta=", labels: {app: other}").replace("controller: true", "controller: false")
    cluster = cluster_of(text, OWNED_SET)
    assert names(cluster) == ["Pod/shop/web-1", "ReplicaSet/shop/web-5d4"]
    assert list(said(cluster)) == ["Deployment/shop/web"]


def test_an_old_replica_set_is_nothing_and_one_without_owner_is_planned():
    old = controller("ReplicaSet", "web-1", ", replicas: 0", owner=("apps/v1", "Deployment", "gone"))
    cluster = cluster_of(old, controller("ReplicaSet", "mine", ", replicas: 0"))
    assert names(cluster) == ["ReplicaSet/shop/mine"]


def test_objects_of_an_operator_are_planned_and_the_custom_resource_is_named_once():
    prometheus = thing("Prometheus", "k8s", api_version="monitoring.coreos.com/v1")
    owned = controller("StatefulSet", "prometheus-k8s", owner=("monitoring.coreos.com/v1", "Prometheus", "k8s"))
    cluster = cluster_of(prometheus, owned)
    assert names(cluster) == ["StatefulSet/shop/prometheus-k8s"]
    assert [statement.subject for statement in cluster.unread] == ["Prometheus.monitoring.coreos.com/shop/k8s"]
    assert "patch Prometheus k8s instead" in said(cluster)["Prometheus.monitoring.coreos.com/shop/k8s"]


def test_owners_that_own_each_other_are_planned_once():
    first = controller("Deployment", "a", owner=("apps/v1", "Deployment", "a"))
    assert names(cluster_of(first)) == ["Deployment/shop/a"]


PODS = {
    "a pod that has succeeded is nothing": (pod("web", "n1", phase="Succeeded"), [], []),
    "a pod that has failed is nothing": (pod("web", "n1", phase="Failed"), [], []),
    "a pod that is being deleted is nothing": (pod("web", "n1", meta=", deletionTimestamp: '2026-01-01T00:00:00Z'"), [], []),
    "a mirror pod stays where it is": (
        pod("web", "n1", meta=", annotations: {kubernetes.io/config.mirror: x}"),
        [],
        [("web", "n1")],
    ),
    "a pod that says that its node owns it, without the kubelet's mark, is planned": (
        pod("web", "n1", ("v1", "Node", "n1")),
        ["Pod/shop/web"],
        [],
    ),
    "a finished Job is nothing": (job(rest=", status: {conditions: [{type: Complete, status: 'True'}]}"), [], []),
}


@pytest.mark.parametrize(("text", "workloads", "residents"), PODS.values(), ids=PODS)
def test_pods_that_are_no_workloads(text, workloads, residents):
    cluster = cluster_of(text, controller("Deployment", "other"))
    assert names(cluster) == ["Deployment/shop/other", *workloads]
    assert [(resident.name, resident.node) for resident in cluster.residents] == residents


def test_a_job_that_has_not_failed_is_planned():
    assert only(job(rest=", status: {conditions: [{type: Failed, status: 'False'}]}")).pods == 1


def test_a_live_pod_runs_on_its_node_and_a_manifest_pins_it():
    live, written = only(pod("web", "n1")), only(pod("web", "n1", phase=""))
    assert (dict(live.running), live.template.node_name) == ({"n1": 1}, "")
    assert (dict(written.running), written.template.node_name) == ({}, "n1")


def test_a_live_pod_has_passed_admission_before():
    classes = "{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: d}, value: 5, globalDefault: true}"
    limits = "spec: {limits: [{type: Container, default: {cpu: 1}}]}"
    ranges = f"{{apiVersion: v1, kind: LimitRange, metadata: {{name: l, namespace: shop}}, {limits}}}"
    live = only(
        classes,
        ranges,
        pod("web", "n1", spec=", priority: 7, preemptionPolicy: Never, runtimeClassName: gone, overhead: {cpu: 1}"),
    ).template
    assert not live.preempts
    assert (live.priority, dict(live.containers[0].requests), dict(live.overhead)) == (7, {}, {"cpu": 1000})
    made = only(classes, ranges, pod("web", phase="")).template
    assert (made.priority, dict(made.containers[0].requests)) == (5, {"cpu": 1000})


def test_equal_pods_share_one_pod():
    projected = ", volumes: [{name: kube-api-access-%s, projected: {}}]"
    first, second = cluster_of(pod("a", "n1", spec=projected % "a"), pod("b", "n2", spec=projected % "b")).workloads
    assert first.template is second.template
    assert first.written is second.written
