"""A field that the API server does not know is a fault of whoever wrote it, and never of what an API server stored."""

import io
import json

import kubernetes
import msgspec
import pytest
import yaml

from models.source import Source
from planner.errors import BadInput
from planner.read.cluster.build import Intake
from planner.read.documents.document import Document, Loading
from tests.read import api_fields
from tests.read.cluster_reader import (
    NODE,
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
    thing,
)

AFFINITY = "affinity: {nodeAffinity: {%s: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: Exists}]}]}}}, "
SIZE = "resources: {requests: {storage: 1Gi}}"
CLAIM = f"volumeClaimTemplates: [{{metadata: {{name: d}}, spec: {{accessModes: [ReadWriteOnce], {SIZE}%s}}}}]"


@pytest.mark.skipif(int(kubernetes.__version__.split(".")[0]) < 37, reason="the fields are those of the client of 1.37")
def test_the_known_fields_are_those_of_the_client():
    assert api_fields.PATH.read_text(encoding="utf-8") == api_fields.text(), "run: python -m tests.read.api_fields"


REFUSED = {
    "a field of the object": (
        thing("Deployment", spec=f"template: {TEMPLATE}, {SELECTOR}", rest=", sepc: {}"),
        "sepc",
        "explain deployment",
    ),
    "its metadata": (deployment(containers("")).replace("namespace: shop", "lables: {}"), "metadata.lables", "'labels'?"),
    "its number of pods": (deployment(containers(""), more="replicsa: 3"), "spec.replicsa", "did you mean 'replicas'?"),
    "in capital letters": (deployment(containers(""), more="REPLICAS: 3"), "spec.REPLICAS", "did you mean 'replicas'?"),
    "a rollout": (
        deployment(containers(""), more="strategy: {rollingUpdate: {maxSurge: 1, maxUnavailble: 0}}"),
        "spec.strategy.rollingUpdate.maxUnavailble",
        "did you mean 'maxUnavailable'?",
    ),
    "a selector": (
        deployment(containers(""), more="selector: {matchLables: {app: web}}"),
        "spec.selector.matchLables",
        "did you mean 'matchLabels'?",
    ),
    "the pod template": (
        deployment(containers("")).replace("    spec:", "    spce:"),
        "spec.template.spce",
        "did you mean 'spec'?",
    ),
    "a pod's spread": (
        deployment(f"topologySpreadConstraint: [], {containers('')}"),
        "spec.template.spec.topologySpreadConstraint",
        "did you mean 'topologySpreadConstraints'?",
    ),
    "a node affinity": (
        deployment(AFFINITY % "requiredDuringScheduling" + containers("")),
        "spec.template.spec.affinity.nodeAffinity.requiredDuringScheduling",
        "did you mean 'requiredDuringSchedulingIgnoredDuringExecution'?",
    ),
    "the containers themselves, of which nothing else is said": (
        deployment(f"contianers: [{container()}]"),
        "spec.template.spec.contianers",
        "did you mean 'containers'?",
    ),
    "a container": (
        deployment(containers("resorces: {requests: {cpu: 1}}")),
        "spec.template.spec.containers[0].resorces",
        "did you mean 'resources'?",
    ),
    "what a container asks for": (
        deployment(containers("", "resources: {request: {cpu: 1}}")),
        "spec.template.spec.containers[1].resources.request",
        "did you mean 'requests'?",
    ),
    "a field of the pod beside the template": (
        deployment(containers(""), more="nodeSelector: {a: b}"),
        "spec.nodeSelector",
        "move it into the pod's spec",
    ),
    "a key with dots": (
        deployment(f"a.b/c: 1, {containers('')}"),
        "spec.template.spec[a.b/c]",
        "explain deployment.spec.template",
    ),
    "a field that is null": (deployment(f"foo: null, {containers('')}"), "spec.template.spec.foo", "remove it"),
    "a StatefulSet": (controller("StatefulSet", more=", serviceNmae: a"), "spec.serviceNmae", "did you mean 'serviceName'?"),
    "a claim of a StatefulSet": (
        controller("StatefulSet", more=f", {CLAIM % ', storageClass: fast'}"),
        "spec.volumeClaimTemplates[0].spec.storageClass",
        "did you mean 'storageClassName'?",
    ),
    "a DaemonSet, which has no number": (
        controller("DaemonSet", more=", replicas: 1"),
        "spec.replicas",
        "explain daemonset.spec",
    ),
    "a ReplicaSet": (controller("ReplicaSet", more=", strategy: {}"), "spec.strategy", "explain replicaset.spec"),
    "a ReplicationController": (
        controller("ReplicationController", more=", minReadySecond: 1", api_version="v1"),
        "spec.minReadySecond",
        "did you mean 'minReadySeconds'?",
    ),
    "a Job": (job(more=", paralelism: 3"), "spec.paralelism", "did you mean 'parallelism'?"),
    "a CronJob": (cron_job(", concurencyPolicy: Forbid"), "spec.concurencyPolicy", "did you mean 'concurrencyPolicy'?"),
    "the Job of a CronJob": (
        cron_job(inner=", completion: 3"),
        "spec.jobTemplate.spec.completion",
        "did you mean 'completions'?",
    ),
    "a Pod": (
        thing("Pod", spec=f"{SPEC[1:-1]}, toleration: []", api_version="v1"),
        "spec.toleration",
        "did you mean 'tolerations'?",
    ),
}


def see_that_it_is_unknown(found, field, fix):
    ((_, path, said),) = found
    assert path == field
    assert said.startswith("unknown field; ")
    assert fix in said


@pytest.mark.parametrize("suffix", ["yaml", "json"])
@pytest.mark.parametrize(("text", "field", "fix"), REFUSED.values(), ids=REFUSED)
def test_an_unknown_field_is_refused(text, field, fix, suffix):
    texts = [text, NODE] if suffix == "yaml" else [json.dumps(yaml.safe_load(each)) for each in (text, NODE)]
    see_that_it_is_unknown(faults_of(texts[0], nodes=texts[1]), field, fix)


def _bare(kind, rest, api_version="v1", meta=""):
    return f"{{apiVersion: {api_version}, kind: {kind}, metadata: {{name: a{meta}}}, {rest}}}"


HAS = "status: {allocatable: {cpu: '1', memory: 1Gi, pods: '9'}}"
BUDGET, SCALED = "selector: {matchLabels: {app: web}}", "scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}"
OF_OTHER_KINDS = {
    "a node's taints": (_bare("Node", f"spec: {{taint: [{{key: a}}]}}, {HAS}"), "spec.taint", "did you mean 'taints'?"),
    "the labels of a namespace": (
        "{apiVersion: v1, kind: Namespace, metadata: {name: shop, lables: {a: b}}}",
        "metadata.lables",
        "did you mean 'labels'?",
    ),
    "a budget": (
        thing("PodDisruptionBudget", spec=f"minAvailble: 1, {BUDGET}", api_version="policy/v1"),
        "spec.minAvailble",
        "did you mean 'minAvailable'?",
    ),
    "an autoscaler": (
        thing("HorizontalPodAutoscaler", spec=f"maxReplicas: 3, minReplica: 2, {SCALED}", api_version="autoscaling/v2"),
        "spec.minReplica",
        "did you mean 'minReplicas'?",
    ),
    "an autoscaler as it was before": (
        thing("HorizontalPodAutoscaler", spec=f"maxReplicas: 3, metrics: [], {SCALED}", api_version="autoscaling/v1"),
        "spec.metrics",
        "explain horizontalpodautoscaler.spec",
    ),
    "a claim": (
        thing("PersistentVolumeClaim", spec=f"storageClass: fast, accessModes: [ReadWriteOnce], {SIZE}", api_version="v1"),
        "spec.storageClass",
        "did you mean 'storageClassName'?",
    ),
    "a storage class": (
        _bare("StorageClass", "provisioner: a, volumeBindingmode: Immediate", "storage.k8s.io/v1"),
        "volumeBindingmode",
        "did you mean 'volumeBindingMode'?",
    ),
    "the field of a pod in another kind": (
        _bare("PriorityClass", "value: 5, nodeSelector: {}", "scheduling.k8s.io/v1"),
        "nodeSelector",
        "explain priorityclass",
    ),
}


@pytest.mark.parametrize(("text", "field", "fix"), OF_OTHER_KINDS.values(), ids=OF_OTHER_KINDS)
def test_an_unknown_field_of_what_makes_no_pods_is_refused(text, field, fix):
    see_that_it_is_unknown(faults_of(deployment(containers("")), text), field, fix)


def test_every_unknown_field_is_told_with_its_line_beside_other_faults():
    text = deployment(
        "\n      topologySpread: [],\n      containers: [{name: a, image: i,\n"
        "        resources: {limit: {}, requests: {memory: 1K}}}]"
    )
    assert [(line, field.rpartition(".")[2]) for line, field, _ in faults_of(text)] == [
        (9, "topologySpread"),
        (11, "limit"),
        (11, "memory"),
    ]


EXPORTED = (
    ", uid: u-1, generation: 2, creationTimestamp: null, resourceVersion: '7', selfLink: /x, "
    "managedFields: [{manager: kubectl, fieldsV1: {'f:spec': {}}, newer: 1}]"
)

ACCEPTED = {
    "what kubectl get has written": controller("Deployment", meta=EXPORTED, rest=", status: {replicas: 1, newer: 1}"),
    "what a newer API server has written": controller("Deployment", meta=EXPORTED, more=", invented: 1"),
    "a pod of a newer cluster": pod("web-1", "node-a", spec=", invented: 1"),
    "a pod's group as 1.35 has it": deployment(f"workloadRef: {{name: a, podGroup: b}}, {containers('')}"),
    "what came with 1.37": deployment(
        "evictionResponders: [], volumes: [{name: v, emptyDir: {}}], "
        + containers("volumeMounts: [{name: v, mountPath: /v, bindMountOptions: [noexec]}]")
    ),
    "what came with 1.36 and went with 1.37": f"{deployment(containers(''))}\n---\n"
    + "{apiVersion: resource.k8s.io/v1, kind: ResourceSlice, metadata: {name: a}, spec: {driver: d, pool: {name: p, "
    "generation: 1, resourceSliceCount: 1}, nodeName: node-a, devices: [{name: d, nodeAllocatableResourceMappings: {}}]}}",
    "a whole number with a fraction of nothing": deployment(f"terminationGracePeriodSeconds: 5.0, {containers('')}"),
    "nothing where something may be": deployment(f"hostname: null, {containers('command: null')}"),
    "maps of anything": deployment(f"nodeSelector: {{replicsa: a}}, {containers('')}", labels="{app: web, replicsa: b}"),
    "a custom resource of anything": thing("Fleet", spec="replicsa: 1", api_version="example.com/v1") + f"\n---\n{job()}",
}


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED)
def test_what_an_api_server_knows_or_wrote_is_accepted(text):
    assert len(names(cluster_of(text))) == 1


def test_of_what_was_exported_it_is_said_which_fields_are_not_known():
    text = controller("Deployment", meta=EXPORTED, more=", invented: 1, more: {}, and: 2, again: 3")
    (said,) = [one for one in cluster_of(text).unread if "not known here" in one.message]
    assert said.subject == "Deployment/shop/web"
    assert said.message.startswith("spec.invented, spec.more, spec.and and 1 more: ")
    for silent in (controller("Deployment", meta=EXPORTED), pod("web-1", "node-a", spec=", invented: 1")):
        assert not [one for one in cluster_of(silent).unread if "not known here" in one.message]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            _bare("StorageClass", "provisioner: x, newer: 1", "storage.k8s.io/v1", ", uid: u"), ["StorageClass/a"], id="one"
        ),
        pytest.param(
            _bare("Node", f"spec: {{newer: 1}}, {HAS}", meta=", uid: u"), [], id="what kubelets write, of which there are many"
        ),
        pytest.param(
            _bare("StorageClass", "provisioner: x, newer: 1", "storage.k8s.io/v1beta1"), [], id="no version that is known"
        ),
    ],
)
def test_fields_that_are_not_known_of_what_makes_no_pods(text, said):
    found = cluster_of(deployment(containers("")), text)
    assert [one.subject for one in found.unread if "not known here" in one.message] == said


def test_what_a_live_cluster_holds_is_accepted():
    body = json.dumps(yaml.safe_load(deployment(containers(""), more="invented: 1"))).encode()
    intake = Intake(None)
    intake.add(Document(Source("cluster: Deployment shop/web"), "apps/v1", "Deployment", msgspec.Raw(body)))
    assert not intake.notebook.faults


FIRST = "spec.template.spec.containers[0]"
OF_ANOTHER_TYPE = {
    "a number where a list is": (
        deployment("containers: 5"),
        "spec.template.spec.containers",
        "must be a list, not 5; write a list",
    ),
    "a command in one line": (
        deployment(containers("command: sh -c")),
        f"{FIRST}.command",
        "must be a list, not the string 'sh -c'; write a list",
    ),
    "a port among arguments": (
        deployment(containers("args: [--port, 8080]")),
        f"{FIRST}.args[1]",
        'must be a string, not 8080; put it in quotes: "8080"',
    ),
    "a truth in a variable": (
        deployment(containers("env: [{name: A, value: true}]")),
        f"{FIRST}.env[0].value",
        'must be a string, not true; put it in quotes: "true"',
    ),
    "a truth in quotes": (
        deployment(containers("tty: 'true'")),
        f"{FIRST}.tty",
        "must be true or false, not the string 'true'; write it without quotes: true",
    ),
    "a word for a number of which nothing else is asked": (
        deployment(f"terminationGracePeriodSeconds: soon, {containers('')}"),
        "spec.template.spec.terminationGracePeriodSeconds",
        "must be a whole number, not the string 'soon'; write a whole number",
    ),
    "half a second": (
        deployment(f"terminationGracePeriodSeconds: 0.5, {containers('')}"),
        "spec.template.spec.terminationGracePeriodSeconds",
        "must be a whole number, not 0.5; write a whole number",
    ),
    "more replicas than a number of 32 bits": (
        deployment(containers(""), more="replicas: 3000000000"),
        "spec.replicas",
        "3000000000 is more than 2147483647; write a number of 32 bits",
    ),
    "a list for an amount": (
        deployment(f"volumes: [{{name: v, emptyDir: {{sizeLimit: [5]}}}}], {containers('')}"),
        "spec.template.spec.volumes[0].emptyDir.sizeLimit",
        "must be a string or a whole number, not a list; write a string or a whole number",
    ),
    "a number in a map of strings": (
        deployment(f"volumes: [{{name: v, csi: {{driver: d, volumeAttributes: {{a: 5}}}}}}], {containers('')}"),
        "spec.template.spec.volumes[0].csi.volumeAttributes.a",
        'must be a string, not 5; put it in quotes: "5"',
    ),
    "a map where a list of maps is": (
        deployment(f"hostAliases: {{ip: 10.0.0.1}}, {containers('')}"),
        "spec.template.spec.hostAliases",
        "must be a list, not a map; write a list",
    ),
    "a word in a list of maps": (
        deployment(f"imagePullSecrets: [pull], {containers('')}"),
        "spec.template.spec.imagePullSecrets[0]",
        "must be a map, not the string 'pull'; write a map",
    ),
    "a claim of a StatefulSet": (
        controller("StatefulSet", more=f", {CLAIM % ', volumeName: 5'}"),
        "spec.volumeClaimTemplates[0].spec.volumeName",
        'must be a string, not 5; put it in quotes: "5"',
    ),
    "the Job of a CronJob": (
        cron_job(inner=", suspend: 'no'"),
        "spec.jobTemplate.spec.suspend",
        "must be true or false, not the string 'no'; write it without quotes: no",
    ),
}


@pytest.mark.parametrize(("text", "field", "reason"), OF_ANOTHER_TYPE.values(), ids=OF_ANOTHER_TYPE)
def test_what_is_of_the_wrong_type_is_refused(text, field, reason):
    ((_, path, said),) = faults_of(text)
    assert (path, said) == (field, reason)


def test_a_number_that_no_computer_holds_is_told_and_not_raised():
    text = json.dumps(yaml.safe_load(deployment(containers("")))).replace('"spec":', '"spec": {"replicas": 1e400}, "x":', 1)
    ((_, _, said),) = [one for one in faults_of(text, nodes=json.dumps(yaml.safe_load(NODE))) if "range" in one[2]]
    assert said == "Deployment: Number out of range; write numbers that 64 bits hold"


def test_a_number_of_hundreds_of_digits_in_json_is_told_in_short():
    text = json.dumps(yaml.safe_load(deployment(containers(""))))
    text = text.replace('"spec":', f'"spec": {{"replicas": -{10**400}}}, "x":', 1)
    said = [one[2] for one in faults_of(text, nodes=json.dumps(yaml.safe_load(NODE))) if one[1] == "spec.replicas"]
    assert said == [f"-1{'0' * 35}... is less than -2147483648; write a number of 32 bits"]


def test_an_item_that_is_no_map_is_told_once():
    ((_, field, _),) = faults_of(thing("Pod", spec=SPEC[1:-1], api_version="v1", meta=", ownerReferences: [5]"))
    assert field == "metadata.ownerReferences[0]"


def test_types_unknown_fields_and_values_are_told_at_once():
    text = deployment(
        "\n      nodeName: A b,\n      hostnmae: a,\n      hostname: 5,\n      containers: [{name: a, image: i, stdin: 1}]",
        more="minReadySeconds: '5'",
    )
    assert sorted(field.rpartition(".")[2] for _, field, _ in faults_of(text)) == [
        "hostname",
        "hostnmae",
        "minReadySeconds",
        "nodeName",
        "stdin",
    ]


def test_a_workload_with_an_unknown_field_is_not_looked_at_for_its_level():
    loading, intake = (
        Loading(["-"], io.BytesIO(deployment(containers("")).replace("labels: {app", "lables: {app").encode())),
        Intake(None),
    )
    for document in loading:
        intake.add(document)
    with pytest.raises(BadInput) as caught:
        intake.cluster()
    assert caught.value.rest.workloads == ()
