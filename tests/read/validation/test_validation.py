"""Names, sources and selectors that the API server's validation refuses in objects that make pods are faults at its field."""

import pytest

from tests.read.cluster_reader import (
    SELECTOR,
    SPEC,
    TEMPLATE,
    cluster_of,
    container,
    containers,
    controller,
    cron_job,
    deployment,
    faults_of,
    job,
    names,
    pod,
    said,
    thing,
)

CLAIM = "accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}"


def ephemeral(spec=CLAIM):
    return f"volumes: [{{name: data, emptyDir: {{}}}}, {{name: v, ephemeral: {{volumeClaimTemplate: {{spec: {{{spec}}}}}}}}}], "


def gates(*found):
    return f"schedulingGates: [{', '.join(f'{{name: {each}}}' for each in found)}], "


def devices(*found):
    return f"resourceClaims: [{', '.join(f'{{{each}}}' for each in found)}], "


ONE = containers("")
GPU = "name: gpu, resourceClaimName: card"
REFUSED = {
    "a container without a name": ("containers: [{image: i}]", "containers[0].name", "is missing"),
    "a container whose name is none": ("containers: [{name: A_b, image: i}]", "containers[0].name", "'A_b' is no name"),
    "two containers of one name": (
        f"containers: [{container()}, {container()}]",
        "containers[1].name",
        "c is the name of another",
    ),
    "an init container with a container's name": (
        f"{ONE}, initContainers: [{container(name='i')}, {container(name='c0')}]",
        "initContainers[1].name",
        "c0 is the name of another",
    ),
    "a volume without a name": (f"volumes: [{{emptyDir: {{}}}}], {ONE}", "volumes[0].name", "is missing"),
    "two volumes of one name that take nothing of a node": (
        f"volumes: [{{name: a, emptyDir: {{}}}}, {{name: b, emptyDir: {{}}}}, {{name: a, configMap: {{name: c}}}}], {ONE}",
        "volumes[2].name",
        "a is the name of another",
    ),
    "an ephemeral volume that is claimed with nothing": (
        f"volumes: [{{name: v, ephemeral: {{}}}}], {ONE}",
        "volumes[0].ephemeral.volumeClaimTemplate",
        "is missing",
    ),
    "an ephemeral volume of no size": (
        ephemeral("accessModes: [ReadWriteOnce]") + ONE,
        "volumes[1].ephemeral.volumeClaimTemplate.spec.resources.storage",
        "is not requested",
    ),
    "an ephemeral volume of size 0": (
        ephemeral(CLAIM.replace("1Gi", "0")) + ONE,
        "volumes[1].ephemeral.volumeClaimTemplate.spec.resources.storage",
        "a request for nothing",
    ),
    "an ephemeral volume without access modes": (
        ephemeral("resources: {requests: {storage: 1Gi}}") + ONE,
        "volumes[1].ephemeral.volumeClaimTemplate.spec.accessModes",
        "is missing",
    ),
    "a gate whose name is none": (gates("a.b/hold", "'a b'") + ONE, "schedulingGates[1]", "'a b' is no name of a gate"),
    "a gate twice": (gates("a.b/hold", "a.b/hold") + ONE, "schedulingGates[1]", "a.b/hold is there twice"),
    "a gate before a node that is chosen": (f"{gates('hold')}nodeName: node-a, {ONE}", "nodeName", "beside schedulingGates"),
    "devices from nowhere": (devices("name: gpu") + ONE, "resourceClaims[0]", "says nowhere"),
    "devices from two places": (devices(f"{GPU}, resourceClaimTemplateName: t") + ONE, "resourceClaims[0]", "says two places"),
    "devices without a name": (devices("resourceClaimName: c") + ONE, "resourceClaims[0].name", "is missing"),
    "devices twice": (devices(GPU, GPU) + ONE, "resourceClaims[1].name", "gpu is the name of another"),
    "a Deployment that is to end": (f"restartPolicy: OnFailure, {ONE}", "restartPolicy", "OnFailure is not allowed here"),
}


@pytest.mark.parametrize(("spec", "field", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_validation_refuses_in_a_pod_spec_is_a_fault(spec, field, reason):
    ((line, path, text),) = faults_of(deployment(spec))
    assert (line, path) == (8, f"spec.template.spec.{field}")
    assert reason in text
    assert text.rpartition("; ")[2], "it does not say what to do"


TAKEN = {
    "names of volumes are not those of containers": f"volumes: [{{name: c0, emptyDir: {{}}}}], {ONE}",
    "an ephemeral volume": ephemeral() + ONE,
    "two gates": gates("hold", "a.b/hold") + ONE,
    "a node that is chosen": f"nodeName: node-a, {ONE}",
    "devices": devices(GPU, "name: b, resourceClaimTemplateName: t") + ONE,
    "it restarts always": f"restartPolicy: Always, {ONE}",
    "restartPolicy left empty": f"restartPolicy: '', {ONE}",
}


@pytest.mark.parametrize("spec", TAKEN.values(), ids=TAKEN)
def test_what_validation_takes_is_no_fault(spec):
    assert names(cluster_of(deployment(spec))) == ["Deployment/shop/web"]


def test_a_stateful_set_puts_its_claims_in_the_place_of_volumes():
    volumes = "volumes: [{name: data, emptyDir: {}}, {name: data, emptyDir: {}}]"
    template = TEMPLATE.replace("containers:", f"{volumes}, containers:")
    claims = f", volumeClaimTemplates: [{{metadata: {{name: data}}, spec: {{{CLAIM}}}}}]"
    assert cluster_of(thing("StatefulSet", spec=f"template: {template}, {SELECTOR}{claims}")).workloads
    assert len(faults_of(thing("StatefulSet", spec=f"template: {template}, {SELECTOR}"))) == 1


def test_a_pod_that_lives_has_passed_validation():
    assert cluster_of(pod("lives", spec=", schedulingGates: [{name: a}, {name: a}]")).workloads


def test_a_custom_resource_may_leave_names_to_its_controller():
    """Knative gives containers their names."""
    rollout = thing(
        "Rollout", spec="replicas: 1, template: {spec: {containers: [{image: i}]}}", api_version="argoproj.io/v1alpha1"
    )
    assert names(cluster_of(rollout)) == ["Rollout.argoproj.io/shop/web"]


SELECTING = ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet")
LABELS = "are not what spec.selector selects"
PAIR = ", selector: {matchLabels: {app: KEY}}"
EXPRESSION = ", selector: {matchExpressions: [{key: app, operator: OPERATOR, values: [VALUES]}]}"
ENDS = "write restartPolicy: OnFailure or Never"


def selecting(operator, values="", kind="Deployment"):
    return controller(kind, more=EXPRESSION.replace("OPERATOR", operator).replace("VALUES", values))


MISTAKEN = {
    **{
        f"a {kind} that selects others": (
            controller(kind, more=PAIR.replace("KEY", "other")),
            "spec.template.metadata.labels",
            LABELS,
        )
        for kind in SELECTING
    },
    **{
        f"a {kind} without a selector": (thing(kind, spec=f"template: {TEMPLATE}"), "spec.selector", "is missing")
        for kind in SELECTING
    },
    **{
        f"a {kind} whose selector is null": (controller(kind, more=", selector: null"), "spec.selector", "is missing")
        for kind in SELECTING
    },
    **{
        f"a {kind} that selects everything": (controller(kind, more=", selector: {}"), "spec.selector", "selects everything")
        for kind in SELECTING
    },
    "a ReplicationController that has no labels to select by": (
        thing("ReplicationController", spec=f"template: {{spec: {SPEC}}}", api_version="v1"),
        "spec.selector",
        "is missing",
    ),
    "a ReplicationController that selects others": (
        controller("ReplicationController", more=", selector: {app: other}", api_version="v1"),
        "spec.template.metadata.labels",
        LABELS,
    ),
    "a Job that selects others itself": (
        job(more=f", manualSelector: true{PAIR.replace('KEY', 'other')}"),
        "spec.template.metadata.labels",
        LABELS,
    ),
    "a Job that is to select itself and does not": (job(more=", manualSelector: true"), "spec.selector", "is missing"),
    "labels that an expression excludes": (selecting("NotIn", "web"), "spec.template.metadata.labels", LABELS),
    "labels that an expression does not list": (selecting("In", "a, b"), "spec.template.metadata.labels", LABELS),
    "a label that is not to be": (selecting("DoesNotExist"), "spec.template.metadata.labels", LABELS),
    "a selector of no pairs and no expressions": (
        controller("Deployment", more=", selector: {matchLabels: {}, matchExpressions: null}"),
        "spec.selector",
        "selects everything",
    ),
    "a Job that never ends": (thing("Job", spec=f"template: {TEMPLATE}", api_version="batch/v1"), "", ENDS),
    "a CronJob whose runs never end": (
        cron_job().replace("restartPolicy: Never", "restartPolicy: Always"),
        "spec.jobTemplate.spec.template.spec.restartPolicy",
        ENDS,
    ),
    "a pod that restarts sometimes": (pod("web", phase="", spec=", restartPolicy: Sometimes"), "spec.restartPolicy", "Sometimes"),
}


@pytest.mark.parametrize(("text", "field", "reason"), MISTAKEN.values(), ids=MISTAKEN)
def test_what_validation_refuses_of_each_kind_is_a_fault(text, field, reason):
    ((_, path, found),) = faults_of(text)
    assert path == (field or "spec.template.spec.restartPolicy")
    assert reason in found


SOUND = {
    "a selector of its own pods": controller("Deployment", more=PAIR.replace("KEY", "web")),
    "a list of values that has its own": selecting("In", "a, web"),
    "a list of others": selecting("NotIn", "a", kind="ReplicaSet"),
    "a label that is there": selecting("Exists", kind="DaemonSet"),
    "a ReplicationController that selects its own": controller(
        "ReplicationController", more=", selector: {app: web}", api_version="v1"
    ),
    "a ReplicationController that takes its template's labels": controller(
        "ReplicationController", more=", selector: {}", api_version="v1"
    ),
    "a ReplicationController without a selector": controller("ReplicationController", api_version="v1"),
    "a ReplicationController whose selector is null": controller(
        "ReplicationController", more=", selector: null", api_version="v1"
    ),
    "a Job without a selector": job(),
    "a Job whose selector is null": job(more=", manualSelector: false, selector: null"),
    "a Job whose selector the API server has written": job(more=", selector: {matchLabels: {controller-uid: u}}"),
    "a Job that selects everything itself": job(more=", manualSelector: true, selector: {}"),
    "a pod that ends": pod("web", phase="", spec=", restartPolicy: Never"),
}


@pytest.mark.parametrize("text", SOUND.values(), ids=SOUND)
def test_what_validation_takes_of_each_kind_is_no_fault(text):
    assert cluster_of(text).workloads


def namespace(name, level):
    return f"{{apiVersion: v1, kind: Namespace, metadata: {{name: {name}, labels: {{pod-security.kubernetes.io/{level}}}}}}}"


@pytest.mark.parametrize(
    ("labels", "level"),
    [
        ("enforce: restricted", "restricted"),
        ("enforce: baseline", "baseline"),
        ("enforce: privileged", ""),
        ("warn: restricted", ""),
    ],
)
def test_namespaces_with_workloads_whose_pods_pod_security_may_refuse_are_named(labels, level):
    found = said(cluster_of(namespace("shop", labels), namespace("empty", labels), deployment(ONE), deployment(ONE, name="b")))
    message = f"pod-security.kubernetes.io/enforce: {level}, so the API server may refuse pods of its workloads: "
    assert found == ({"Namespace/shop": f"{message}which ones is not modelled"} if level else {})
