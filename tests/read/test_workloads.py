"""Objects become workloads: which template, how many pods, who made whom, and what hides pods."""

import pytest

from models.frozen import FrozenMap
from models.trust import TrustPolicy
from models.workload import Raw
from tests.read.cluster_reader import cluster_of, container, containers, deployment, faults_of, only

SPEC = f"{{containers: [{container()}]}}"
TEMPLATE = f"{{metadata: {{labels: {{app: web}}}}, spec: {SPEC}}}"


def thing(kind, name="web", spec="", api_version="apps/v1", owner=None, meta="", rest=""):
    owner_group, owner_kind, owner_name = owner or ("", "", "")
    reference = f", ownerReferences: [{{apiVersion: {owner_group}, kind: {owner_kind}, name: {owner_name}, controller: true}}]"
    return (
        f"{{apiVersion: {api_version}, kind: {kind}, metadata: {{name: {name}, namespace: shop{meta}{reference if owner else ''}}}, "
        f"spec: {{{spec}}}{rest}}}"
    )


def controller(kind, name="web", more="", **options):
    return thing(kind, name, f"template: {TEMPLATE}{more}", **options)


def job(name="web", more="", **options):
    return controller("Job", name, more, api_version="batch/v1", **options)


def cron_job(more="", inner="", name="web"):
    return thing("CronJob", name, f"jobTemplate: {{spec: {{template: {TEMPLATE}{inner}}}}}{more}", "batch/v1")


def pod(name, node="", owner=None, phase="Running", meta="", spec=""):
    live = f", uid: u-{name}" if phase else ""
    status = f", status: {{phase: {phase}}}" if phase else ""
    inner = f"containers: [{container()}]{f', nodeName: {node}' if node else ''}{spec}"
    return thing("Pod", name, inner, "v1", owner, f"{live}{meta}", status)


def hpa(most, name="web", kind="Deployment", target="web", api_version=", apiVersion: apps/v1", version="v2"):
    spec = f"maxReplicas: {most}, scaleTargetRef: {{kind: {kind}, name: {target}{api_version}}}"
    return thing("HorizontalPodAutoscaler", name, spec, f"autoscaling/{version}")


def names(cluster):
    return [str(workload.id) for workload in cluster.workloads]


def said(cluster):
    return {statement.subject: statement.message for statement in cluster.unread}


COUNTS = {
    "a Deployment that does not say has one pod": (controller("Deployment"), 1, ""),
    "a Deployment has its replicas": (controller("Deployment", more=", replicas: 3"), 3, ""),
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
    "a CronJob is counted for one run": (cron_job(inner=", parallelism: 2"), 2, "parallelism"),
    "a plain CronJob says so": (cron_job(), 1, "one run"),
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
    own = "tolerations: [{key: b, operator: Exists, extra: 1}], nodeSelector: {b: one, a: two}, affinity: {}, "
    written = only(deployment(own + containers(""))).written
    assert written.tolerations == Raw('[{"extra":1,"key":"b","operator":"Exists"}]')
    assert written.node_selector == Raw('{"a":"two","b":"one"}')
    assert written.affinity == Raw("{}")
    assert written.topology_spread_constraints is None


def test_claims_of_pods_and_of_stateful_sets():
    volumes = "volumes: [{name: a, persistentVolumeClaim: {claimName: data}}, {name: b, emptyDir: {}}], "
    assert only(deployment(volumes + containers(""))).template.claims == ("data",)
    sets = controller("StatefulSet", more=", volumeClaimTemplates: [{metadata: {name: data}}, {metadata: {name: logs}}]")
    assert only(sets).claim_templates == ("data", "logs")


def test_a_pod_has_the_claims_that_are_made_for_it_alone():
    workload = only(pod("web", "node-a", spec=", volumes: [{name: scratch, ephemeral: {}}]"))
    assert workload.template.claims == ("web-scratch",)


AUTOSCALED = {
    "the maximum of the autoscaler counts": ([hpa(9)], 9, "HorizontalPodAutoscaler shop/web: maxReplicas"),
    "also where it is below the replicas": ([hpa(2)], 2, "HorizontalPodAutoscaler shop/web: maxReplicas"),
    "of several the largest": ([hpa(4, "a"), hpa(7, "b"), hpa(5, "c")], 7, "HorizontalPodAutoscaler shop/b: maxReplicas"),
    "version 1 is read, too": ([hpa(9, version="v1")], 9, "HorizontalPodAutoscaler shop/web: maxReplicas"),
    "a target without apiVersion is found": ([hpa(9, api_version="")], 9, "HorizontalPodAutoscaler shop/web: maxReplicas"),
    "another kind of that name is not meant": ([hpa(9, kind="StatefulSet")], 3, ""),
    "another namespace is not meant": ([hpa(9).replace("shop", "other")], 3, ""),
}


@pytest.mark.parametrize(("scalers", "pods", "counted"), AUTOSCALED.values(), ids=AUTOSCALED)
def test_autoscalers(scalers, pods, counted):
    workload = only(controller("Deployment", more=", replicas: 3"), *scalers)
    assert (workload.pods, workload.counted) == (pods, counted)


def test_an_autoscaler_of_something_else_is_named():
    assert said(cluster_of(controller("Deployment"), hpa(9, target="gone"))) == {
        "HorizontalPodAutoscaler/shop/web": "scales Deployment gone, which is not in the input: not counted"
    }


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
    orphan = pod("web-5d4-x", "n1", REPLICA_SET, meta=", labels: {pod-template-hash: 5d4}")
    workload = only(controller("Deployment"), orphan)
    assert (str(workload.id), dict(workload.running)) == ("Deployment/shop/web", {"n1": 1})


def test_a_name_alone_does_not_make_a_deployment_the_owner():
    orphan = pod("web-5d4-x", "n1", REPLICA_SET, meta=", labels: {pod-template-hash: other}")
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


def test_an_old_replica_set_is_nothing_and_one_without_owner_is_planned():
    old = controller("ReplicaSet", "web-1", ", replicas: 0", owner=("apps/v1", "Deployment", "gone"))
    cluster = cluster_of(old, controller("ReplicaSet", "mine", ", replicas: 0"))
    assert names(cluster) == ["ReplicaSet/shop/mine"]


def test_objects_of_an_operator_are_planned_and_the_custom_resource_is_named_once():
    prometheus = thing("Prometheus", "k8s", api_version="monitoring.coreos.com/v1")
    owned = controller("StatefulSet", "prometheus-k8s", owner=("monitoring.coreos.com/v1", "Prometheus", "k8s"))
    cluster = cluster_of(prometheus, owned)
    assert names(cluster) == ["StatefulSet/shop/prometheus-k8s"]
    assert list(said(cluster)) == ["Prometheus/shop/k8s"]
    assert "patch Prometheus k8s instead" in said(cluster)["Prometheus/shop/k8s"]


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
    "a pod that its node owns stays where it is": (pod("web", "n1", ("v1", "Node", "n1")), [], [("web", "n1")]),
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
    ranges = "{apiVersion: v1, kind: LimitRange, metadata: {name: l, namespace: shop}, spec: {limits: [{type: Container, default: {cpu: 1}}]}}"
    live = only(classes, ranges, pod("web", "n1", spec=", priority: 7, runtimeClassName: gone, overhead: {cpu: 1}")).template
    assert (live.priority, dict(live.containers[0].requests), dict(live.overhead)) == (7, {}, {"cpu": 1000})
    made = only(classes, ranges, pod("web", phase="")).template
    assert (made.priority, dict(made.containers[0].requests)) == (5, {"cpu": 1000})


def test_equal_pods_share_one_pod():
    token = ", volumes: [{name: kube-api-access-%s, projected: {}}]"
    first, second = cluster_of(pod("a", "n1", spec=token % "a"), pod("b", "n2", spec=token % "b")).workloads
    assert first.template is second.template
    assert first.written is second.written


ROLLOUT = "argoproj.io/v1alpha1"


def test_a_rollout_with_a_template_is_a_workload():
    owned = controller("ReplicaSet", "web-1", owner=(ROLLOUT, "Rollout", "web"))
    text = controller("Rollout", more=", replicas: 4", api_version=ROLLOUT)
    cluster = cluster_of(
        text,
        owned,
        pod("web-1-x", "n1", ("apps/v1", "ReplicaSet", "web-1")),
        hpa(6, kind="Rollout", api_version=f", apiVersion: {ROLLOUT}"),
    )
    assert [(str(each.id), each.pods, dict(each.running)) for each in cluster.workloads] == [("Rollout/shop/web", 6, {"n1": 1})]


def test_a_rollout_that_borrows_a_template_counts_at_the_deployment():
    text = thing("Rollout", "roll", "replicas: 4, workloadRef: {apiVersion: apps/v1, kind: Deployment, name: web}", ROLLOUT)
    owned = controller("ReplicaSet", "roll-1", owner=(ROLLOUT, "Rollout", "roll"))
    cluster = cluster_of(
        text, owned, controller("Deployment", more=", replicas: 0"), pod("p", "n1", ("apps/v1", "ReplicaSet", "roll-1"))
    )
    (workload,) = cluster.workloads
    assert (str(workload.id), workload.pods, workload.counted) == ("Deployment/shop/web", 4, "Rollout shop/roll: spec.replicas")
    assert workload.running == {"n1": 1}
    assert said(cluster)["Rollout/shop/roll"].endswith("planned and patched there")
    alone = cluster_of(text, controller("Deployment", "other"))
    assert said(alone)["Rollout/shop/roll"].endswith("which is not in the input: its pods are not planned")


POLICY = TrustPolicy("p", ("a",), pod_templates=FrozenMap({"example.com/v1/Fleet": "spec.pods.template"}))


def test_a_custom_resource_whose_template_the_policy_names_is_a_workload():
    text = thing("Fleet", "east", f"replicas: 2, pods: {{template: {TEMPLATE}}}", "example.com/v1")
    workload = only(text, policy=POLICY)
    assert (str(workload.id), workload.api_version, workload.pods) == ("Fleet/shop/east", "example.com/v1", 2)
    assert (workload.template_path, workload.spec_path) == ("spec.pods.template", "spec.pods.template.spec")
    silent = only(text.replace("replicas: 2, ", ""), policy=POLICY)
    assert (silent.pods, silent.counted) == (1, "spec.replicas is not given: counted as 1")


@pytest.mark.parametrize(
    ("spec", "field", "reason"),
    [
        pytest.param("pods: {}", "spec.pods.template", "there is no pod template here; correct the path", id="nothing there"),
        pytest.param(
            "pods: [1]", "spec.pods.template", "there is no pod template here; correct the path", id="a list on the way"
        ),
        pytest.param(
            "pods: {template: {spec: {containers: 1}}}", "spec.pods.template.spec.containers", "must be a list", id="no list"
        ),
        pytest.param(
            "pods: {template: {spec: {containers: []}}}", "spec.pods.template.spec.containers", "at least one", id="an empty list"
        ),
    ],
)
def test_a_custom_resource_without_a_template_there_is_a_fault(spec, field, reason):
    ((_, path, text),) = faults_of(thing("Fleet", "east", spec, "example.com/v1"), policy=POLICY)
    assert path == field
    assert reason in text


STRANGERS = {
    "Prometheus hides pods": ("monitoring.coreos.com/v1", "Prometheus", "", "hides pods: its operator makes them"),
    "a Kafka cluster hides pods": ("kafka.strimzi.io/v1beta2", "Kafka", "", "hides pods: its operator makes them"),
    "a Knative Service hides pods": ("serving.knative.dev/v1", "Service", "", "hides pods: its operator makes them"),
    "a Volcano Job hides pods": ("batch.volcano.sh/v1alpha1", "Job", "", "hides pods: its operator makes them"),
    "an Argo CD Application deploys": (
        "argoproj.io/v1alpha1",
        "Application",
        "",
        "hides pods: it deploys objects that are not in the",
    ),
    "anything with containers hides pods": (
        "a.b/v1",
        "X",
        "deep: [{t: {containers: [{image: i}]}}]",
        "hides pods: its operator makes them",
    ),
    "a list of containers without images does not": ("a.b/v1", "X", "containers: [1]", "a.b/v1 X is not understood"),
    "anything else is not understood": ("a.b/v1", "X", "", "a.b/v1 X is not understood"),
    "a ScaledObject may run more pods": ("keda.sh/v1alpha1", "ScaledObject", "", "may run more pods"),
    "a ResourceQuota may refuse pods": ("v1", "ResourceQuota", "", "may keep pods from being made"),
}


@pytest.mark.parametrize(("api_version", "kind", "spec", "message"), STRANGERS.values(), ids=STRANGERS)
def test_what_may_hide_pods_is_named(api_version, kind, spec, message):
    (statement,) = cluster_of(thing(kind, "x", spec, api_version), controller("Deployment")).unread
    assert statement.subject == f"{kind}/shop/x"
    assert statement.message.startswith(message)
    assert statement.where.line == 1


@pytest.mark.parametrize(
    ("api_version", "kind"),
    [
        ("v1", "Service"),
        ("v1", "Secret"),
        ("rbac.authorization.k8s.io/v1", "ClusterRole"),
        ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
        ("networking.k8s.io/v1", "NetworkPolicy"),
        ("monitoring.coreos.com/v1", "ServiceMonitor"),
        ("kustomize.config.k8s.io/v1beta1", "Kustomization"),
        ("kustomize.config.k8s.io/v1alpha1", "Component"),
        ("ringfence.dev/v1alpha1", "TrustPolicy"),
        ("ringfence.dev/v1alpha1", "IsolationPlan"),
    ],
)
def test_what_has_no_pods_is_passed_over(api_version, kind):
    assert cluster_of(thing(kind, "x", "", api_version), controller("Deployment")).unread == ()


def test_webhooks_that_change_pods_are_named():
    text = "{apiVersion: admissionregistration.k8s.io/v1, kind: MutatingWebhookConfiguration, metadata: {name: w}, webhooks: [{rules: [{resources: [%s]}]}]}"
    assert list(said(cluster_of(text % "pods", controller("Deployment")))) == ["MutatingWebhookConfiguration/w"]
    assert said(cluster_of(text % "services", controller("Deployment"))) == {}


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
