"""Custom resources: those with a pod template are planned, those that may hide pods are named, nothing is dropped."""

import pytest

from models.disclosure import DisclosureCode
from models.frozen_map import FrozenMap
from models.trust import TrustPolicy
from planner.errors import BadInput
from tests.read.cluster_reader import (
    NODE,
    TEMPLATE,
    cluster_of,
    cluster_of_manifests,
    controller,
    faults_of,
    hpa,
    only,
    pod,
    said,
    thing,
)

ROLLOUT = "argoproj.io/v1alpha1"


def test_a_rollout_with_a_template_is_a_workload():
    owned = controller("ReplicaSet", "web-1", owner=(ROLLOUT, "Rollout", "web"))
    text = controller("Rollout", more=", replicas: 4, strategy: {canary: {maxSurge: 0}}", api_version=ROLLOUT)
    cluster = cluster_of(
        text,
        owned,
        pod("web-1-x", "n1", ("apps/v1", "ReplicaSet", "web-1")),
        hpa(6, kind="Rollout", api_version=f", apiVersion: {ROLLOUT}"),
    )
    assert [(str(each.id), each.pods, dict(each.running)) for each in cluster.workloads] == [
        ("Rollout.argoproj.io/shop/web", 6, {"n1": 1})
    ]


def test_a_rollout_that_borrows_a_template_counts_at_the_deployment():
    text = thing(
        "Rollout",
        "roll",
        "replicas: 4, strategy: {canary: {maxSurge: 0}}, workloadRef: {apiVersion: apps/v1, kind: Deployment, name: web}",
        ROLLOUT,
    )
    owned = controller("ReplicaSet", "roll-1", owner=(ROLLOUT, "Rollout", "roll"))
    cluster = cluster_of(
        text, owned, controller("Deployment", more=", replicas: 0"), pod("p", "n1", ("apps/v1", "ReplicaSet", "roll-1"))
    )
    (workload,) = cluster.workloads
    assert (str(workload.id), workload.pods, workload.counted) == ("Deployment/shop/web", 4, "Rollout shop/roll: 4 replicas")
    assert workload.running == {"n1": 1}
    assert said(cluster)["Rollout.argoproj.io/shop/roll"].endswith("planned and patched there")


def borrower(name="roll", replicas=3, more="", of="apiVersion: apps/v1, kind: Deployment, name: web"):
    spec = f"replicas: {replicas}, strategy: {{canary: {{maxSurge: 0}}}}, workloadRef: {{{of}{more}}}"
    return thing("Rollout", name, spec, ROLLOUT)


POD_TEMPLATE = f"apiVersion: v1\nkind: PodTemplate\nmetadata: {{name: web, namespace: shop}}\ntemplate: {TEMPLATE}\n"


@pytest.mark.parametrize(
    "objects",
    [
        pytest.param((borrower(), controller("Deployment", "other")), id="of a Deployment that is not there"),
        pytest.param(
            (borrower(of="apiVersion: v1, kind: PodTemplate, name: web"), POD_TEMPLATE, controller("Deployment", "other")),
            id="of a PodTemplate, which is there but makes no pods itself",
        ),
    ],
)
def test_a_rollout_that_borrows_the_template_of_no_workload_hides_pods(objects):
    (statement,) = (each for each in cluster_of(*objects).unread if each.subject == "Rollout.argoproj.io/shop/roll")
    assert statement.code is DisclosureCode.HIDES_PODS
    assert statement.message.startswith("hides pods: it runs the pod template of ")
    assert "which is no workload of the input" in statement.message


BORROWED = {
    "the Deployment keeps its own pods": ((borrower(),), 6, "Deployment shop/web: 3 replicas, Rollout shop/roll: 3 replicas"),
    "two borrow": (
        (borrower("a"), borrower("b", 1)),
        7,
        "Deployment shop/web: 3 replicas, Rollout shop/a: 3 replicas, Rollout shop/b: 1 replica",
    ),
    "scaleDown: never": (
        (borrower(more=", scaleDown: never"),),
        6,
        "Deployment shop/web: 3 replicas, Rollout shop/roll: 3 replicas",
    ),
    "scaleDown: onsuccess": ((borrower(replicas=5, more=", scaleDown: onsuccess"),), 5, "Rollout shop/roll: 5 replicas"),
    "scaleDown: progressively": ((borrower(replicas=4, more=", scaleDown: progressively"),), 4, "Rollout shop/roll: 4 replicas"),
    "it scales down to fewer than there are at first": ((borrower(replicas=2, more=", scaleDown: onsuccess"),), 3, ""),
    "one of two scales it down": (
        (borrower("a", more=", scaleDown: onsuccess"), borrower("b", 1)),
        4,
        "Rollout shop/a: 3 replicas, Rollout shop/b: 1 replica",
    ),
    "it runs nothing": ((borrower(replicas=0),), 3, ""),
    "an autoscaler of the Rollout leaves those of the Deployment": (
        (borrower(), hpa(9, kind="Rollout", api_version=f", apiVersion: {ROLLOUT}", target="roll")),
        12,
        "HorizontalPodAutoscaler shop/web: maxReplicas 9, and 3 of others that run its template",
    ),
}


@pytest.mark.parametrize(("objects", "pods", "counted"), BORROWED.values(), ids=BORROWED)
def test_all_that_run_one_template_are_counted_together(objects, pods, counted):
    lender = controller("Deployment", more=", replicas: 3, strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 1}}")
    workload = only(lender, *objects)
    assert (workload.pods, workload.surge, workload.counted) == (pods, 0, counted)


def test_each_of_those_that_run_one_template_adds_its_own_pods_in_a_rollout():
    lender = controller("Deployment", more=", replicas: 3, strategy: {rollingUpdate: {maxSurge: 1}}")
    green = borrower().replace("canary: {maxSurge: 0}", "blueGreen: {}")
    workload = only(lender, green)
    assert (workload.pods, workload.surge, workload.whole) == (10, 4, True)
    assert workload.counted.endswith("and 4 more during a rollout (maxSurge 1, blueGreen)")
    scaler = hpa(9, kind="Rollout", api_version=f", apiVersion: {ROLLOUT}", target="roll")
    scaled = only(lender, green, scaler)
    assert (scaled.pods, scaled.surge) == (22, 10)
    both = only(lender, green, scaler, hpa(5, name="web2"))
    assert (both.pods, both.surge) == (24, 10)


POLICY = TrustPolicy("p", ("a",), pod_templates=FrozenMap({"example.com/v1/Fleet": "spec.pods.template"}))


def test_a_custom_resource_whose_template_the_policy_names_is_a_workload():
    text = thing("Fleet", "east", f"replicas: 2, pods: {{template: {TEMPLATE}}}", "example.com/v1")
    workload = only(text, policy=POLICY)
    assert (str(workload.id), workload.api_version, workload.pods) == ("Fleet.example.com/shop/east", "example.com/v1", 2)
    assert (workload.template_path, workload.spec_path) == ("spec.pods.template", "spec.pods.template.spec")
    assert (workload.surge, workload.counted) == (0, "")
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


JOB = f"{{provider: {{job: {{spec: {{template: {TEMPLATE}}}}}}}}}"
SOLVER = "{http01: {ingress: {class: nginx}}}"
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
    "anything with a podTemplate hides pods": (
        "a.b/v1",
        "X",
        "deep: [{podTemplate: {spec: {}}}]",
        "hides pods: its operator makes",
    ),
    "a job of an AnalysisTemplate hides pods": (ROLLOUT, "AnalysisTemplate", f"metrics: [{JOB}]", "hides pods: its operator"),
    "that of one without namespace does": (ROLLOUT, "ClusterAnalysisTemplate", f"metrics: [{JOB}]", "hides pods: its operator"),
    "that of an AnalysisRun does": (ROLLOUT, "AnalysisRun", f"metrics: [{JOB}]", "hides pods: its operator"),
    "an Experiment does": (ROLLOUT, "Experiment", f"templates: [{{template: {TEMPLATE}}}]", "hides pods: its operator"),
    "solvers of an Issuer do": (
        "cert-manager.io/v1",
        "Issuer",
        f"acme: {{solvers: [{SOLVER}]}}",
        "hides pods: its operator makes",
    ),
    "solvers of a ClusterIssuer do": ("cert-manager.io/v1", "ClusterIssuer", f"acme: {{solvers: [{SOLVER}]}}", "hides pods: its"),
    "solvers with a pod template do": (
        "acme.cert-manager.io/v1",
        "Challenge",
        "solver: {http01: {gatewayHTTPRoute: {podTemplate: {spec: {nodeSelector: {a: b}}}}}}",
        "hides pods: its operator makes",
    ),
    "a Gateway may make pods": ("gateway.networking.k8s.io/v1", "Gateway", "gatewayClassName: istio", "may make pods: "),
    "a list of containers without images does not": ("a.b/v1", "X", "containers: [1, {name: a}]", "a.b/v1 X is not understood"),
    "anything else is not understood": ("a.b/v1", "X", "", "a.b/v1 X is not understood"),
    "a ScaledObject may run more pods": ("keda.sh/v1alpha1", "ScaledObject", "", "may run more pods"),
    "a ResourceQuota may refuse pods": ("v1", "ResourceQuota", "", "may keep pods from being made"),
}


@pytest.mark.parametrize(("api_version", "kind", "spec", "message"), STRANGERS.values(), ids=STRANGERS)
def test_what_may_hide_pods_is_named(api_version, kind, spec, message):
    (statement,) = cluster_of(thing(kind, "x", spec, api_version), controller("Deployment")).unread
    group = api_version.rpartition("/")[0]
    assert statement.subject == (f"{kind}.{group}/shop/x" if group else f"{kind}/shop/x")
    assert statement.message.startswith(message)
    assert (statement.code is DisclosureCode.HIDES_PODS) == message.startswith("hides pods")
    assert statement.where.line == 1


NEAR_MISSES = {
    "app is apps": ("app/v1", "Deployment", "apps/v1"),
    "in capital letters": ("Apps/v1", "DaemonSet", "apps/v1"),
    "a dot for the slash": ("apps.v1", "StatefulSet", "apps/v1"),
    "the group of another kind": ("batch/v1", "ReplicaSet", "apps/v1"),
    "bach is batch": ("bach/v1", "CronJob", "batch/v1"),
    "a Job among apps": ("apps/v1", "Job", "batch/v1"),
    "core, which nobody writes": ("core/v1", "Pod", "v1"),
    "the version twice": ("v1/v1", "ReplicationController", "v1"),
}


@pytest.mark.parametrize(("api_version", "kind", "meant"), NEAR_MISSES.values(), ids=NEAR_MISSES)
def test_a_group_that_cannot_be_hides_no_pods_but_is_a_fault(api_version, kind, meant):
    ((line, field, said),) = faults_of(controller(kind, api_version=api_version))
    assert (line, field) == (1, "apiVersion")
    assert said == f"{api_version} is no API that has {kind}s; did you mean {meant}?"


@pytest.mark.parametrize(
    ("api_version", "kind"),
    [
        pytest.param("apps.kruise.io/v1beta1", "StatefulSet", id="known"),
        pytest.param("batch.volcano.sh/v1alpha1", "Job", id="also known"),
        pytest.param("app.example.com/v1", "Deployment", id="unknown"),
        pytest.param("apps.io/v1", "Deployment", id="unknown, and much like apps"),
    ],
)
def test_a_kind_of_another_real_group_is_named_and_no_fault(api_version, kind):
    (statement,) = cluster_of(controller(kind, api_version=api_version), controller("Deployment", "other")).unread
    assert statement.message.startswith("hides pods: ")


@pytest.mark.parametrize(
    ("api_version", "kind", "spec"),
    [
        pytest.param(ROLLOUT, "AnalysisTemplate", "metrics: [{provider: {prometheus: {query: a}}}]", id="an analysis by queries"),
        pytest.param(ROLLOUT, "AnalysisRun", "metrics: [{provider: {web: {url: a}}}]", id="a run of requests"),
        pytest.param("cert-manager.io/v1", "Issuer", "selfSigned: {}", id="an issuer without solvers"),
        pytest.param("cert-manager.io/v1", "ClusterIssuer", "acme: {solvers: [{dns01: {}}]}", id="solvers by DNS"),
        pytest.param("cert-manager.io/v1", "Certificate", "secretName: a", id="a certificate"),
        pytest.param("gateway.networking.k8s.io/v1", "HTTPRoute", "rules: []", id="a route"),
    ],
)
def test_what_makes_pods_only_of_a_template_is_passed_over_without_one(api_version, kind, spec):
    assert cluster_of(thing(kind, "x", spec, api_version), controller("Deployment")).unread == ()


@pytest.mark.parametrize(
    ("api_version", "kind"),
    [
        ("v1", "Service"),
        ("v1", "Secret"),
        ("rbac.authorization.k8s.io/v1", "ClusterRole"),
        ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
        ("networking.k8s.io/v1", "NetworkPolicy"),
        ("monitoring.coreos.com/v1", "ServiceMonitor"),
        ("ringfence.dev/v1alpha1", "TrustPolicy"),
        ("ringfence.dev/v1alpha1", "IsolationPlan"),
    ],
)
def test_what_has_no_pods_is_passed_over(api_version, kind):
    assert cluster_of(thing(kind, "x", "", api_version), controller("Deployment")).unread == ()


def test_a_kustomization_that_only_lists_resources_is_said_to_be_not_followed():
    text = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\n"
    (statement,) = cluster_of(text, controller("Deployment")).unread
    assert "read whether listed or not" in statement.message


@pytest.mark.parametrize("change", ["namespace: payments", "namePrefix: a-", "patches: [{path: x.yaml}]", "components: [../c]"])
def test_a_kustomization_that_changes_manifests_is_refused(change):
    text = f"apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n{change}\n"
    with pytest.raises(BadInput) as error:
        cluster_of(text, controller("Deployment"))
    (fault,) = error.value.faults
    assert fault.where.line == 3
    assert "kubectl kustomize" in fault.fix


KAFKA, POD_SET = ("kafka.strimzi.io/v1", "Kafka", "x"), ("core.strimzi.io/v1", "StrimziPodSet", "x-1")


SET = thing("StrimziPodSet", "x-1", "", "core.strimzi.io/v1", owner=KAFKA)


def stored(*texts):
    return "apiVersion: v1\nkind: List\nitems:\n" + "".join(f"- {text.strip()}\n" for text in texts)


CHAINS = {
    "nobody's pods are in the input": ((), ["Kafka.kafka.strimzi.io/shop/x"]),
    "its own pods are": ((pod("x-0", "n1", KAFKA),), []),
    "its pod set's pods are, and the pod set says whose it is": (
        (SET, pod("x-0", "n1", POD_SET)),
        [],
    ),
    "its pod set has none": (
        (SET,),
        ["Kafka.kafka.strimzi.io/shop/x", "StrimziPodSet.core.strimzi.io/shop/x-1"],
    ),
}


@pytest.mark.parametrize(("objects", "hiding"), CHAINS.values(), ids=CHAINS)
def test_what_hides_pods_is_not_named_once_these_are_planned_themselves(objects, hiding):
    cluster = cluster_of(thing("Kafka", "x", "", "kafka.strimzi.io/v1"), controller("Deployment"), *map(stored, objects))
    assert [one.subject for one in cluster.unread if one.code is DisclosureCode.HIDES_PODS] == hiding


def test_that_a_pod_set_is_anothers_is_not_believed_of_a_manifest():
    told = f"{NODE}\n---\n{stored(pod('x-0', 'n1', POD_SET))}"
    cluster = cluster_of_manifests(thing("Kafka", "x", "", "kafka.strimzi.io/v1"), controller("Deployment"), SET, nodes=told)
    assert "Kafka.kafka.strimzi.io/shop/x" in said(cluster)
