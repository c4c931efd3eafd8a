"""Objects become workloads: which template, how many pods, who made whom, and who scales them."""

import pytest

from models.kubernetes.storage import Claim
from models.kubernetes.workload import Raw
from tests.read.cluster_reader import (
    TEMPLATE,
    cluster_of,
    containers,
    controller,
    cron_job,
    deployment,
    faults_of,
    hpa,
    job,
    names,
    only,
    pod,
    said,
    thing,
)

RECREATE = ", strategy: {type: Recreate}"
"""A strategy whose rollouts add no pods."""
FORBID = ", concurrencyPolicy: Forbid"

COUNTS = {
    "a Deployment that does not say has one pod": (controller("Deployment", more=RECREATE), 1, ""),
    "a Deployment has its replicas": (controller("Deployment", more=f", replicas: 3{RECREATE}"), 3, ""),
    "a StatefulSet scaled to zero": (controller("StatefulSet", more=", replicas: 0"), 0, ""),
    "a DaemonSet is not counted": (controller("DaemonSet"), 0, ""),
    "a ReplicaSet": (controller("ReplicaSet", more=", replicas: 2"), 2, ""),
    "a ReplicationController": (controller("ReplicationController", more=", replicas: 2", api_version="v1"), 2, ""),
    "a Pod": (pod("web", phase=""), 1, ""),
    "a Job runs one pod": (job(), 1, ""),
    "a Job runs as many as its parallelism": (job(more=", parallelism: 4"), 4, "parallelism"),
    "a Job runs no more than are to complete": (
        job(more=", parallelism: 4, completions: 3"),
        3,
        "the lesser of parallelism 4 and completions still to come 3",
    ),
    "completions that are there count no more": (
        job(more=", parallelism: 4, completions: 5", rest=", status: {succeeded: 3}"),
        2,
        "the lesser of parallelism 4 and completions still to come 2",
    ),
    "a suspended Job runs nothing": (job(more=", parallelism: 4, suspend: true"), 0, "suspended"),
    "a CronJob is counted for one run": (cron_job(FORBID, ", parallelism: 2"), 2, "parallelism"),
    "a plain CronJob says so": (cron_job(FORBID), 1, "one run"),
    "a suspended CronJob": (cron_job(", suspend: true"), 0, "suspended"),
}


@pytest.mark.parametrize(("text", "pods", "counted"), COUNTS.values(), ids=COUNTS)
def test_how_many_pods(text, pods, counted):
    workload = only(text)
    assert (workload.pods, workload.counted) == (pods, counted)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        pytest.param(controller("Deployment", more=", replicas: -1"), "spec.replicas", id="negative replicas"),
        pytest.param(job(more=", parallelism: -1"), "spec.parallelism", id="negative parallelism"),
        pytest.param(job(more=", activeDeadlineSeconds: -1"), "spec.activeDeadlineSeconds", id="a negative deadline"),
        pytest.param(cron_job(inner=", completions: -1"), "spec.jobTemplate.spec.completions", id="negative completions"),
        pytest.param(controller("Deployment", more=", replicas: many"), "spec.replicas", id="replicas that are no number"),
        pytest.param(thing("Deployment"), "spec.template.spec", id="no template"),
        pytest.param(controller("Deployment").replace("name: web, ", "", 1), "metadata.name", id="no name"),
        pytest.param(controller("Deployment", api_version="apps/v1beta2"), "apiVersion", id="a version that is gone"),
        pytest.param(controller("DaemonSet", api_version="extensions/v1beta1"), "apiVersion", id="a group that is gone"),
        pytest.param(hpa(0), "spec.maxReplicas", id="an autoscaler without a maximum"),
        pytest.param(hpa(1, kind="''"), "spec.scaleTargetRef", id="an autoscaler without a target"),
    ],
)
def test_workloads_that_cannot_be(text, field):
    found = faults_of(text)
    assert [path for _, path, _ in found] == [field]


def test_where_the_template_is():
    assert (only(pod("web", phase="")).template_path, only(pod("web", phase="")).spec_path) == ("", "spec")
    assert only(cron_job()).spec_path == "spec.jobTemplate.spec.template.spec"
    assert only(controller("Deployment")).template_path == "spec.template"


def test_a_pod_template_makes_no_pods_and_is_named():
    text = f"{{apiVersion: v1, kind: PodTemplate, metadata: {{name: t}}, template: {TEMPLATE}}}"
    cluster = cluster_of(text, controller("Deployment"))
    assert names(cluster) == ["Deployment/shop/web"]
    assert said(cluster) == {"PodTemplate/default/t": "makes no pods by itself: not planned"}


def test_an_object_without_a_namespace_is_in_default():
    workload = only(controller("Deployment").replace(", namespace: shop", ""))
    assert (workload.id.namespace, workload.template.namespace) == ("default", "default")


def test_labels_are_those_of_the_object_and_of_the_template():
    workload = only(controller("Deployment", meta=", labels: {team: a}"))
    assert (dict(workload.labels), dict(workload.template.labels)) == ({"team": "a"}, {"app": "web"})


def test_placement_is_kept_as_written():
    own = "tolerations: [{key: b, operator: Exists, effect: null}], nodeSelector: {b: one, a: two}, affinity: {}, "
    written = only(deployment(own + containers(""))).written
    assert written.tolerations == Raw('[{"effect":null,"key":"b","operator":"Exists"}]')
    assert written.node_selector == Raw('{"a":"two","b":"one"}')
    assert written.affinity == Raw("{}")
    assert written.topology_spread_constraints is None


def test_claims_of_pods_and_of_stateful_sets():
    volumes = "volumes: [{name: a, persistentVolumeClaim: {claimName: data}}, {name: b, emptyDir: {}}], "
    assert only(deployment(volumes + containers(""))).template.claims == ("data",)
    spec = "spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}"
    more = f", volumeClaimTemplates: [{{metadata: {{name: data}}, {spec}}}, {{metadata: {{name: logs}}, {spec}}}]"
    sets = controller("StatefulSet", more=more)
    assert only(sets).claim_templates == ("data", "logs")


def test_a_stateful_set_says_with_which_number_its_pods_begin():
    assert (
        only(controller("StatefulSet")).start_ordinal == only(controller("StatefulSet", more=", ordinals: {}")).start_ordinal == 0
    )
    assert only(controller("StatefulSet", more=", ordinals: {start: 5}")).start_ordinal == 5
    ((_, field, reason),) = faults_of(controller("StatefulSet", more=", ordinals: {start: -1}"))
    assert (field, reason) == ("spec.ordinals.start", "-1 is negative; write 0 or more")


def test_a_pod_has_the_claims_that_are_made_for_it_alone():
    volumes = ", volumes: [{name: a, ephemeral: {volumeClaimTemplate: {spec: {storageClassName: fast}}}}]"
    claim = "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {namespace: shop, name: web-a}, "
    claim += "spec: {volumeName: pv, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}"
    later, now = (only(pod("web", "node-a", spec=volumes), *there).template for there in ((), (claim,)))
    assert (later.claims, later.new_claims) == ((), (Claim("", "a", storage_class="fast"),))
    assert (now.claims, now.new_claims) == (("web-a",), ())


def test_what_a_stateful_set_claims_for_each_of_its_pods_is_read():
    spec = "{accessModes: [ReadWriteOnce], storageClassName: fast, resources: {requests: {storage: 1.5Gi}}}"
    more = f", volumeClaimTemplates: [{{metadata: {{name: data}}, spec: {spec}}}]"
    (claim,) = only(controller("StatefulSet", more=more)).template.new_claims
    assert claim == Claim("", "data", "", ("ReadWriteOnce",), "fast", 3 << 29)
    wrong = more.replace("1.5Gi", "much")
    ((_, field, _),) = faults_of(controller("StatefulSet", more=wrong))
    assert field == "spec.volumeClaimTemplates[0].spec.resources.requests.storage"


AUTOSCALED = {
    "the maximum of the autoscaler counts": ([hpa(9)], 9, "HorizontalPodAutoscaler shop/web: maxReplicas 9"),
    "also where it is below the replicas": ([hpa(2)], 2, "HorizontalPodAutoscaler shop/web: maxReplicas 2"),
    "of several the largest": ([hpa(4, "a"), hpa(7, "b"), hpa(5, "c")], 7, "HorizontalPodAutoscaler shop/b: maxReplicas 7"),
    "version 1 is read, too": ([hpa(9, version="v1")], 9, "HorizontalPodAutoscaler shop/web: maxReplicas 9"),
    "a target without apiVersion is found": ([hpa(9, api_version="")], 9, "HorizontalPodAutoscaler shop/web: maxReplicas 9"),
    "another kind of that name is not meant": ([hpa(9, kind="StatefulSet")], 3, ""),
    "another namespace is not meant": ([hpa(9).replace("shop", "other")], 3, ""),
}


@pytest.mark.parametrize(("scalers", "pods", "counted"), AUTOSCALED.values(), ids=AUTOSCALED)
def test_autoscalers(scalers, pods, counted):
    workload = only(controller("Deployment", more=f", replicas: 3{RECREATE}"), *scalers)
    assert (workload.pods, workload.counted) == (pods, counted)


def test_of_a_cron_job_the_labels_of_its_jobs_are_read():
    labelled = cron_job(FORBID).replace("jobTemplate: {", "jobTemplate: {metadata: {labels: {tier: batch}}, ")
    assert only(labelled).run_labels == {"tier": "batch"}
    assert only(cron_job(FORBID)).run_labels == {}


OFF = "HorizontalPodAutoscaler shop/web: off while replicas is 0, maxReplicas 9 not counted"
WORK = "metrics: [{type: External, external: {metric: {name: queue}, target: {type: Value, value: 1}}}]"
FROM_ZERO = hpa(9).replace("maxReplicas", f"minReplicas: 0, {WORK}, maxReplicas")
BY_ITSELF = f"{hpa(9)[:-1]}, status: {{conditions: [{{type: ScaledToZero, status: '%s'}}]}}}}"
SCALED_TO_NOTHING = {
    "an autoscaler is off": ([hpa(9)], 0, OFF),
    "unless it may scale from nothing": ([FROM_ZERO], 9, "HorizontalPodAutoscaler shop/web: maxReplicas 9"),
    "or has itself scaled to nothing": ([BY_ITSELF % "True"], 9, "HorizontalPodAutoscaler shop/web: maxReplicas 9"),
    "not where somebody else has": ([BY_ITSELF % "False"], 0, OFF),
    "one beside it counts": ([hpa(8, "a"), FROM_ZERO], 9, "HorizontalPodAutoscaler shop/web: maxReplicas 9"),
    "and one that is off does not count after it": (
        [FROM_ZERO, hpa(99, "x")],
        9,
        "HorizontalPodAutoscaler shop/web: maxReplicas 9",
    ),
}


@pytest.mark.parametrize(("scalers", "pods", "counted"), SCALED_TO_NOTHING.values(), ids=SCALED_TO_NOTHING)
def test_of_what_is_scaled_to_nothing(scalers, pods, counted):
    workload = only(controller("Deployment", more=f", replicas: 0{RECREATE}"), *scalers)
    assert (workload.pods, workload.later, workload.counted) == (pods, pods, counted)


def test_an_autoscaler_of_something_else_is_named():
    assert said(cluster_of(controller("Deployment"), hpa(9, target="gone"))) == {
        "HorizontalPodAutoscaler/shop/web": "scales Deployment gone, which is not in the input: not counted"
    }


def test_two_workloads_of_one_name_are_a_fault_that_names_both_places():
    found = faults_of(controller("Deployment"), controller("Deployment"), controller("Deployment").replace("i:1", "i:2"))
    assert found == [
        (
            3,
            "",
            "Deployment/shop/web is here a second time, with the same pod spec: the first is in stdin:1; keep one of the two",
        ),
        (5, "", "Deployment/shop/web is here a second time, with another pod spec: the first is in stdin:1; keep one of the two"),
    ]
