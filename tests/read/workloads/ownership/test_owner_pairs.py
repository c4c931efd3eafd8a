"""Owner references are followed where Kubernetes itself makes such children, of a running cluster only; all else is planned."""

import pytest

from models.frozen_map import FrozenMap
from models.trust import TrustPolicy
from tests.read.cluster_reader import controller, cron_job, deployment, job, names, pod, said, thing
from tests.read.told import told_cluster

DEPLOYMENT, REPLICA_SET = ("apps/v1", "Deployment", "web"), ("apps/v1", "ReplicaSet", "web-5d4")
STATEFUL_SET, DAEMON_SET = ("apps/v1", "StatefulSet", "web"), ("apps/v1", "DaemonSet", "web")
CONTROLLER, CRON_JOB, JOB = ("v1", "ReplicationController", "web"), ("batch/v1", "CronJob", "web"), ("batch/v1", "Job", "web")
ROLLOUT, OURS = ("argoproj.io/v1alpha1", "Rollout", "web"), ("example.com/v1", "Web", "web")
POLICY = TrustPolicy("p", ("a",), pod_templates=FrozenMap({"example.com/v1/Web": "spec.template"}))
REPLICAS = controller("ReplicaSet", "web-5d4", owner=DEPLOYMENT)
OTHER = ", labels: {app: other}"
WILD = "spec: {tolerations: [{operator: Exists}], "
SELECTS_MORE = "selector: {matchLabels: {app: web, tier: front}}"


def custom(api_version, kind):
    template = "template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: 'i:1'}]}}"
    return thing(kind, "web", f"{template}, replicas: 1", api_version)


FOLLOWED = {
    "a ReplicaSet of a Deployment": (controller("Deployment"), [REPLICAS], ["Deployment/shop/web"]),
    "a Pod of its ReplicaSet": (
        controller("Deployment"),
        [REPLICAS, pod("web-5d4-x", "n1", REPLICA_SET)],
        ["Deployment/shop/web"],
    ),
    "a Pod of a StatefulSet": (controller("StatefulSet"), [pod("web-0", "n1", STATEFUL_SET)], ["StatefulSet/shop/web"]),
    "a Pod of a DaemonSet": (controller("DaemonSet"), [pod("web-x", "n1", DAEMON_SET)], ["DaemonSet/shop/web"]),
    "a Pod of a ReplicationController": (
        controller("ReplicationController", api_version="v1"),
        [pod("web-x", "n1", CONTROLLER)],
        ["ReplicationController/shop/web"],
    ),
    "a Pod of a Job": (job(), [pod("web-x", "n1", JOB)], ["Job/shop/web"]),
    "a Job of a CronJob": (cron_job(), [job("web-29", owner=CRON_JOB)], ["CronJob/shop/web"]),
    "an Argo Rollout's ReplicaSet": (
        custom(*ROLLOUT[:2]),
        [controller("ReplicaSet", "web-5d4", owner=ROLLOUT)],
        ["Rollout.argoproj.io/shop/web"],
    ),
    "what the custom resource of a policy makes as its template says": (
        custom(*OURS[:2]),
        [controller("StatefulSet", "web-set", owner=OURS)],
        ["Web.example.com/shop/web"],
    ),
    "a pod that the name of its ReplicaSet and the selector tell": (
        controller("Deployment"),
        [pod("web-5d4-x", "n1", REPLICA_SET)],
        ["Deployment/shop/web"],
    ),
    "a pod that the name of its Rollout's ReplicaSet tells": (
        custom(*ROLLOUT[:2]),
        [pod("web-5d4-x", "n1", REPLICA_SET, meta=", labels: {app: web, rollouts-pod-template-hash: 5d4}")],
        ["Rollout.argoproj.io/shop/web"],
    ),
}


@pytest.mark.parametrize(("owner", "told", "planned"), FOLLOWED.values(), ids=FOLLOWED)
def test_what_kubernetes_makes_is_planned_as_its_owner(tmp_path, owner, told, planned):
    assert names(told_cluster(tmp_path, [owner], told, POLICY)) == planned
    assert names(told_cluster(tmp_path, [], [owner, *told], POLICY)) == planned


def with_uid(text, uid):
    return text.replace("namespace: shop", f"namespace: shop, uid: {uid}", 1)


DENIED = {
    "a Deployment of a Deployment": (
        controller("Deployment"),
        controller("Deployment", "evil", owner=DEPLOYMENT),
        "a Deployment makes ReplicaSets",
    ),
    "a Job of a Deployment": (controller("Deployment"), job("evil", owner=DEPLOYMENT), "a Deployment makes ReplicaSets"),
    "a Pod of a Deployment": (controller("Deployment"), pod("evil", "n1", DEPLOYMENT), "a Deployment makes ReplicaSets"),
    "a StatefulSet of a CronJob": (cron_job(), controller("StatefulSet", "evil", owner=CRON_JOB), "a CronJob makes Jobs"),
    "a Pod of a Pod": (pod("web", "n1"), pod("evil", "n1", ("v1", "Pod", "web")), "a Pod makes nothing"),
    "a ReplicaSet of an older Deployment of that name": (
        with_uid(controller("Deployment"), "new"),
        controller("ReplicaSet", "evil", owner=DEPLOYMENT).replace("name: web, controller", "name: web, uid: old, controller"),
        "that has another uid (new)",
    ),
    "a ReplicaSet that is not selected": (
        controller("Deployment", more=f", {SELECTS_MORE}").replace("{app: web}}, spec", "{app: web, tier: front}}, spec"),
        controller("ReplicaSet", "evil", owner=DEPLOYMENT),
        "that does not select it",
    ),
    "a Pod that is not selected": (controller("DaemonSet"), pod("evil", "n1", DAEMON_SET, meta=OTHER), "that does not select it"),
    "a Pod without a StatefulSet's number": (
        controller("StatefulSet"),
        pod("evil", "n1", STATEFUL_SET),
        "that does not select it",
    ),
    "a Pod without a Job's name": (job(), pod("evil", "n1", JOB, meta=", labels: {app: web}"), "that does not select it"),
    "a Job that is placed otherwise than its CronJob's": (
        cron_job(),
        job("evil", owner=CRON_JOB).replace("spec: {restartPolicy", "spec: {tolerations: [{operator: Exists}], restartPolicy"),
        "labelled or placed otherwise",
    ),
    "a Job that is labelled otherwise than its CronJob's": (
        cron_job(),
        job("evil", owner=CRON_JOB, meta=", labels: {ringfence.dev/trust-level: a}"),
        "labelled or placed otherwise",
    ),
    "a custom resource's child that is placed otherwise": (
        custom(*OURS[:2]),
        controller("StatefulSet", "evil", owner=OURS).replace("spec: {containers", f"{WILD}containers"),
        "labelled or placed otherwise",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("owner", "child", "why"), DENIED.values(), ids=DENIED)
def test_any_other_child_is_planned_itself_and_that_is_said(tmp_path, owner, child, why):
    cluster = told_cluster(tmp_path, [], [owner, child], POLICY)
    (evil,) = [one for one in cluster.workloads if one.id.name == "evil"]
    assert len(cluster.workloads) == 2
    assert why in said(cluster)[str(evil.id)]
    assert evil.by_hand


CLAIMING = {
    "a Deployment of a Deployment": controller("Deployment", "evil", owner=DEPLOYMENT),
    "a ReplicaSet of a Deployment": controller("ReplicaSet", "evil", owner=DEPLOYMENT),
    "a Job of a Deployment": job("evil", owner=DEPLOYMENT),
    "a Job of a CronJob": job("evil", owner=CRON_JOB),
    "a Pod of a ReplicaSet": pod("evil", "", REPLICA_SET, phase=""),
}


@pytest.mark.parametrize("child", CLAIMING.values(), ids=CLAIMING)
def test_no_manifest_is_swallowed_by_the_owner_that_it_names(tmp_path, child):
    cluster = told_cluster(tmp_path, [controller("Deployment"), cron_job(), child], [REPLICAS])
    (evil,) = [str(one.id) for one in cluster.workloads if one.id.name == "evil"]
    assert len(cluster.workloads) == 3
    assert "which is not believed of a manifest: it is planned by itself" in said(cluster)[evil]


def test_a_custom_resource_that_hides_pods_is_not_silenced_by_a_manifest_that_it_is_said_to_own(tmp_path):
    kafka = thing("Kafka", "events", api_version="kafka.strimzi.io/v1")
    lie = controller("StatefulSet", "lie", owner=("kafka.strimzi.io/v1", "Kafka", "events"))
    assert "hides pods" in said(told_cluster(tmp_path, [kafka, lie]))["Kafka.kafka.strimzi.io/shop/events"]


LABELLED = "{app: web, pod-template-hash: 5d4}"
BY_NAME = {
    "another hash": ("{app: web, pod-template-hash: other}", "web-5d4"),
    "labels that the Deployment does not select": ("{app: other}", "web-5d4"),
    "the name of another Deployment's": ("{app: web}", "shop-5d4"),
    "no name above the hash": ("{app: web}", "5d4"),
}


@pytest.mark.parametrize(("labels", "owner"), BY_NAME.values(), ids=BY_NAME)
def test_a_missing_replica_set_is_not_stepped_over_by(tmp_path, labels, owner):
    lone = pod("lone", "n1", ("apps/v1", "ReplicaSet", owner), meta=f", labels: {labels}")
    assert names(told_cluster(tmp_path, [controller("Deployment")], [lone])) == ["Deployment/shop/web", "Pod/shop/lone"]


def test_a_pod_of_a_cron_job_whose_job_is_missing_must_be_placed_as_its_runs_are(tmp_path):
    run = pod("web-29-x", "n1", ("batch/v1", "Job", "web-29"))
    wild = pod("web-29-y", "n1", ("batch/v1", "Job", "web-29"), spec=", tolerations: [{operator: Exists}]")
    assert names(told_cluster(tmp_path, [cron_job()], [run, wild])) == ["CronJob/shop/web", "Pod/shop/web-29-y"]


def test_what_a_manifest_gives_and_the_cluster_told_is_planned_once_as_the_manifest_says(tmp_path):
    runs = with_uid(controller("Deployment", more=", replicas: 7"), "u")
    child = controller("ReplicaSet", "web-5d4", owner=DEPLOYMENT).replace(
        "name: web, controller", "name: web, uid: u, controller"
    )
    stranger = child.replace("uid: u,", "uid: gone,").replace("web-5d4", "evil")
    given = controller("Deployment", more=", replicas: 2")
    cluster = told_cluster(tmp_path, [given], [runs, child, pod("web-5d4-x", "n1", REPLICA_SET), stranger])
    assert [(str(one.id), dict(one.running), one.by_hand) for one in cluster.workloads] == [
        ("Deployment/shop/web", {"n1": 1}, False),
        ("ReplicaSet/shop/evil", {}, True),
    ]
    assert cluster.workloads[0].first == 2


def test_a_pod_of_a_manifest_that_runs_is_counted_there(tmp_path):
    given = pod("lone", "", phase="")
    (one,) = told_cluster(tmp_path, [given], [pod("lone", "n1")]).workloads
    assert (dict(one.running), one.by_hand) == ({"n1": 1}, False)


STATIC = ", annotations: {kubernetes.io/config.mirror: x}"
NODE = ("v1", "Node", "n1")


@pytest.mark.parametrize("meta", ["", STATIC], ids=["a Node for an owner", "the kubelet's mark"])
def test_a_pod_of_a_manifest_is_no_static_pod_for(tmp_path, meta):
    lie = pod("evil", "", NODE, phase="", meta=meta, spec=", nodeName: node-a")
    cluster = told_cluster(tmp_path, [deployment(spec="containers: [{name: c, image: 'i:1'}]"), lie])
    assert (names(cluster), cluster.residents) == (["Deployment/shop/web", "Pod/shop/evil"], ())
    assert cluster.workloads[1].template.node_name == "node-a"


def test_a_manifest_does_not_take_the_place_of_a_static_pod(tmp_path):
    mirror = pod("etcd", "node-a", NODE, meta=", annotations: {kubernetes.io/config.mirror: x}")
    given = [deployment(spec="containers: [{name: c, image: 'i:1'}]"), pod("other", "", phase="")]
    assert [one.name for one in told_cluster(tmp_path, given, [mirror]).residents] == ["etcd"]
