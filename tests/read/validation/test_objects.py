"""What validation refuses in controllers and other objects is a fault at its field, and what it takes is none."""

import json
from functools import partial

import pytest
import yaml

from tests.read.cluster_reader import (
    ENDING,
    NODE,
    TEMPLATE,
    cluster_of,
    controller,
    cron_job,
    deployment,
    faults_of,
    hpa,
    job,
    pod,
)

WEB = deployment("containers: [{name: web, image: 'i:1'}]", name="beside")
SIZE = "resources: {requests: {storage: 1Gi}}"
NEEDED = f"accessModes: [ReadWriteOnce], {SIZE}"
VOLUME = "accessModes: [ReadWriteOnce], capacity: {storage: 1Gi}"
AFFINITY = "nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: zone, operator: Exists}]}]}}"
LONG = "a" * 53


def thing(api_version, kind, rest, name="x"):
    return f"{{apiVersion: {api_version}, kind: {kind}, metadata: {{name: {name}}}, {rest}}}"


def spec(api_version, kind, inner):
    return thing(api_version, kind, f"spec: {{{inner}}}")


claim = partial(spec, "v1", "PersistentVolumeClaim")
volume = partial(spec, "v1", "PersistentVolume")
budget = partial(spec, "policy/v1", "PodDisruptionBudget")
storage_class = partial(thing, "storage.k8s.io/v1", "StorageClass")
priority = partial(thing, "scheduling.k8s.io/v1", "PriorityClass")
runtime = partial(thing, "node.k8s.io/v1", "RuntimeClass")


def limits(inner, kind="Container"):
    return spec("v1", "LimitRange", f"limits: [{{type: {kind}, {inner}}}]")


def deploys(more):
    return controller("Deployment", more=f", {more}")


def keeps(more):
    return controller("StatefulSet", more=f", {more}")


def serves(more, kind="type: RollingUpdate, "):
    return controller("DaemonSet", more=f", updateStrategy: {{{kind}{more}}}")


def runs(more):
    return job(more=f", {more}")


def claims(inner, name="data"):
    return keeps(f"volumeClaimTemplates: [{{metadata: {{name: {name}}}, spec: {{{inner}}}}}]")


def scaled(more):
    return hpa(5, target="beside").replace("maxReplicas: 5", f"maxReplicas: 5, {more}")


def with_meta(more, text=None):
    return (text or controller("Deployment")).replace("metadata: {name: web", f"metadata: {{{more}, name: web", 1)


INDEXED = "completionMode: Indexed, completions: 10"
POLICY = "spec.podFailurePolicy.rules[0]"
METADATA = {
    "a label whose key is none": (with_meta("labels: {a b: x}"), "metadata.labels.a b", "is no label key"),
    "a label whose value is none": (with_meta("labels: {a: x y}"), "metadata.labels.a", "'x y' is no label value"),
    "a name in capitals": (controller("Deployment", "UP_x"), "metadata.name", "'UP_x' is no name"),
    "a name of 254 letters": (controller("ReplicaSet", "a" * 254), "metadata.name", "is no name"),
    "a pod's name in capitals": (pod("UP_x", phase=""), "metadata.name", "'UP_x' is no name"),
    "a namespace with dots": (
        controller("Deployment").replace("namespace: shop", "namespace: a.b"),
        "metadata.namespace",
        "'a.b' is no name",
    ),
    "a StatefulSet with dots in its name": (controller("StatefulSet", "a.b"), "metadata.name", "'a.b' is no name"),
    "a StatefulSet of 64 letters": (controller("StatefulSet", "a" * 64), "metadata.name", "is no name"),
    "a CronJob of 53 letters": (cron_job(name=LONG), "metadata.name", "longer than 52"),
    "a class in capitals": (storage_class("provisioner: p", name="Fast"), "metadata.name", "'Fast' is no name"),
}
CONTROLLERS = {
    "a StatefulSet updated in an unknown way": (keeps("updateStrategy: {type: Foo}"), "spec.updateStrategy.type", "'Foo'"),
    "a negative partition": (
        keeps("updateStrategy: {rollingUpdate: {partition: -1}}"),
        "spec.updateStrategy.rollingUpdate.partition",
        "-1 is negative",
    ),
    "a claim template without access modes": (claims(SIZE), "spec.volumeClaimTemplates[0].spec.accessModes", "is missing"),
    "a claim template without a size": (
        claims("accessModes: [ReadWriteOnce]"),
        "spec.volumeClaimTemplates[0].spec.resources.storage",
        "is not requested",
    ),
    "a claim template that is no volume's name": (
        claims(NEEDED, "UP_d"),
        "spec.volumeClaimTemplates[0].metadata.name",
        "'UP_d' is no name",
    ),
    "a claim template of nothing": (
        keeps("volumeClaimTemplates: [{metadata: {name: data}}]"),
        "spec.volumeClaimTemplates[0].spec",
        "is missing",
    ),
    "a DaemonSet updated in an unknown way": (serves("", "type: Foo"), "spec.updateStrategy.type", "'Foo' is not a choice"),
    "a DaemonSet that may not move": (
        serves("rollingUpdate: {maxUnavailable: 0}"),
        "spec.updateStrategy.rollingUpdate.maxUnavailable",
        "may not be 0",
    ),
    "a DaemonSet that moves both ways": (
        serves("rollingUpdate: {maxSurge: 1}"),
        "spec.updateStrategy.rollingUpdate.maxSurge",
        "where maxUnavailable is not 0",
    ),
    "more than one on each node": (
        serves("rollingUpdate: {maxSurge: 150%, maxUnavailable: 0}"),
        "spec.updateStrategy.rollingUpdate.maxSurge",
        "is more than 100%",
    ),
    "a share that is none": (
        serves("rollingUpdate: {maxUnavailable: many}"),
        "spec.updateStrategy.rollingUpdate.maxUnavailable",
        "'many' is no number of pods",
    ),
}
JOBS = {
    "an unknown way to complete": (runs("completionMode: Foo"), "spec.completionMode", "'Foo' is not a choice"),
    "an empty way to complete": (runs("completionMode: ''"), "spec.completionMode", "'' is not a choice"),
    "too many at once": (runs(f"{INDEXED}, parallelism: 200000"), "spec.parallelism", "200000 is more"),
    "an indexed Job without indexes": (runs("completionMode: Indexed, parallelism: 2"), "spec.completions", "is missing"),
    "less than no retries": (runs("backoffLimit: -1"), "spec.backoffLimit", "-1 is negative"),
    "retries of indexes that it has not": (runs("backoffLimitPerIndex: 1"), "spec.backoffLimitPerIndex", "indexed Jobs only"),
    "an unknown action": (
        runs("podFailurePolicy: {rules: [{action: Foo, onExitCodes: {operator: In, values: [1]}}]}"),
        f"{POLICY}.action",
        "'Foo' is not a choice",
    ),
    "a selector of one's own that is not said to be": (
        runs("selector: {matchLabels: {app: web}}"),
        "spec.selector",
        "for the API server to make",
    ),
    "labels of another Job": (
        job().replace("{app: web}", "{job-name: other}"),
        "spec.template.metadata.labels.job-name",
        "must be 'web'",
    ),
    "no schedule": (cron_job(", schedule: ''"), "spec.schedule", "is missing"),
    "runs that select their pods": (
        cron_job(inner=", selector: {matchLabels: {a: b}}"),
        "spec.jobTemplate.spec.selector",
        "not allowed in a CronJob",
    ),
    "runs that say so": (cron_job(inner=", manualSelector: true"), "spec.jobTemplate.spec.manualSelector", "not allowed"),
    "a run with less than no retries": (cron_job(inner=", backoffLimit: -1"), "spec.jobTemplate.spec.backoffLimit", "negative"),
    "an indexed run without indexes": (
        cron_job(inner=", completionMode: Indexed"),
        "spec.jobTemplate.spec.completions",
        "is missing",
    ),
}
OBJECTS = {
    "an autoscaler of fewer than none": (scaled("minReplicas: -1"), "spec.minReplicas", "-1 is negative"),
    "an autoscaler the wrong way round": (scaled("minReplicas: 9"), "spec.maxReplicas", "5 is less than minReplicas 9"),
    "a priority of the system": (priority("value: 1000000001"), "value", "is more than 1000000000"),
    "a priority that is no number of 32 bits": (priority("value: -3000000000"), "value", "is less than"),
    "a preemption policy that is none": (priority("preemptionPolicy: Foo"), "preemptionPolicy", "'Foo' is not a choice"),
    "a class of the system": (priority("value: 1", name="system-mine"), "metadata.name", "Kubernetes' own"),
    "a budget below nothing": (budget("minAvailable: -1"), "spec.minAvailable", "-1 is no number of pods"),
    "a budget of words": (budget("maxUnavailable: few"), "spec.maxUnavailable", "'few' is no number of pods"),
    "a budget of more than all": (budget("minAvailable: 150%"), "spec.minAvailable", "is more than 100%"),
    "a minimum above the maximum": (limits("min: {cpu: 2}, max: {cpu: 1}"), "spec.limits[0].min.cpu", "min is more than max"),
    "a default request above the default": (
        limits("default: {cpu: 1}, defaultRequest: {cpu: 2}"),
        "spec.limits[0].defaultRequest.cpu",
        "more than default",
    ),
    "a default above the maximum": (limits("default: {cpu: 3}, max: {cpu: 2}"), "spec.limits[0].default.cpu", "more than max"),
    "defaults of cards that differ": (
        limits("default: {a.b/gpu: 2}, defaultRequest: {a.b/gpu: 1}"),
        "spec.limits[0].defaultRequest[a.b/gpu]",
        "must equal default",
    ),
    "defaults of whole pods": (limits("default: {cpu: 1}", "Pod"), "spec.limits[0].default", "not allowed where type is Pod"),
    "a ratio below 1": (limits("maxLimitRequestRatio: {cpu: 0.5}"), "spec.limits[0].maxLimitRequestRatio.cpu", "less than 1"),
    "a ratio that cannot be": (
        limits("min: {cpu: 1}, max: {cpu: 2}, maxLimitRequestRatio: {cpu: 3}"),
        "spec.limits[0].maxLimitRequestRatio.cpu",
        "more than max / min",
    ),
    "limits of what there is not": (limits("min: {foo: 1}"), "spec.limits[0].min.foo", "is no resource"),
    "limits of an unknown kind": (limits("min: {cpu: 1}", "Foo"), "spec.limits[0].type", "'Foo' is not a choice"),
    "limits of claims but no storage": (
        limits("min: {}", "PersistentVolumeClaim"),
        "spec.limits[0].limits",
        "storage",
    ),
    "two entries for one kind": (
        limits("min: {cpu: 1}}, {type: Container, max: {cpu: 2}"),
        "spec.limits[1].type",
        "a second entry for Container",
    ),
}
STORAGE = {
    "a class without a provisioner": (storage_class("parameters: {}"), "provisioner", "is missing"),
    "a provisioner that can be none": (storage_class("provisioner: a b"), "provisioner", "'a b' is no qualified name"),
    "a topology without values": (
        storage_class("provisioner: p, allowedTopologies: [{matchLabelExpressions: [{key: zone, values: []}]}]"),
        "allowedTopologies[0].matchLabelExpressions[0].values",
        "is missing",
    ),
    "a claim of nothing at all": (claim(""), "spec.accessModes", "is missing"),
    "a claim without access modes": (claim(SIZE), "spec.accessModes", "is missing"),
    "a claim with an unknown mode": (claim(f"accessModes: [Foo], {SIZE}"), "spec.accessModes[0]", "'Foo' is not a choice"),
    "a claim of one pod and of others": (
        claim(f"accessModes: [ReadWriteOncePod, ReadWriteOnce], {SIZE}"),
        "spec.accessModes",
        "has others beside ReadWriteOncePod",
    ),
    "a claim without a size": (claim("accessModes: [ReadWriteOnce]"), "spec.resources.storage", "is not requested"),
    "a claim of size 0": (claim(NEEDED.replace("1Gi", "0")), "spec.resources.storage", "a request for nothing"),
    "a claim of an unknown kind": (claim(f"{NEEDED}, volumeMode: Foo"), "spec.volumeMode", "'Foo' is not a choice"),
    "a claim of a class that can be none": (claim(f"{NEEDED}, storageClassName: A_b"), "spec.storageClassName", "is no name"),
    "a volume without capacity": (
        volume("accessModes: [ReadWriteOnce], hostPath: {path: /x}"),
        "spec.capacity.storage",
        "is missing",
    ),
    "a volume without access modes": (volume("capacity: {storage: 1Gi}, hostPath: {path: /x}"), "spec.accessModes", "is missing"),
    "a volume from nowhere": (volume(VOLUME), "spec", "does not say where the volume is"),
    "a volume from two places": (
        volume(f"{VOLUME}, hostPath: {{path: /x}}, nfs: {{server: s, path: /}}"),
        "spec.nfs",
        "is given beside hostPath",
    ),
    "a local volume on every node": (volume(f"{VOLUME}, local: {{path: /x}}"), "spec.nodeAffinity", "is missing"),
    "a volume of nobody knows which driver": (
        volume(f"{VOLUME}, csi: {{volumeHandle: h}}"),
        "spec.csi.driver",
        "is missing",
    ),
    "a volume of an unknown kind": (
        volume(f"{VOLUME}, volumeMode: Foo, hostPath: {{path: /x}}"),
        "spec.volumeMode",
        "'Foo' is not a choice",
    ),
}
LIST = {"apiVersion": "v1", "kind": "List"}
REFUSED = {**METADATA, **CONTROLLERS, **JOBS, **OBJECTS, **STORAGE}


@pytest.mark.parametrize("suffix", ["yaml", "json"])
@pytest.mark.parametrize(("text", "field", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_validation_refuses_is_a_fault(text, field, reason, suffix):
    items = [yaml.safe_load(each) for each in (text, WEB, NODE)]
    given = faults_of(text, WEB) if suffix == "yaml" else faults_of(nodes=json.dumps({**LIST, "items": items}))
    found = {path: said for _, path, said in given}
    assert reason in found[field]
    assert found[field].rpartition("; ")[2], "it does not say what to do"


ALONE = REFUSED.keys() - {"a claim of nothing at all"}


@pytest.mark.parametrize("name", sorted(ALONE))
def test_nothing_else_is_called_a_fault(name):
    text, field, _ = REFUSED[name]
    assert [path for _, path, _ in faults_of(text, WEB)] == [field]


def stored(text):
    tree = yaml.safe_load(text)
    tree["metadata"]["uid"] = "u"
    return yaml.safe_dump(tree)


READ_ELSEWHERE = ("a priority that is no number of 32 bits",)


@pytest.mark.parametrize("name", sorted(REFUSED.keys() - {*READ_ELSEWHERE, "more than one on each node"}))
def test_what_an_api_server_has_stored_has_passed_its_validation(name):
    """Of which version it is nobody knows, or what that version has checked."""
    assert cluster_of(stored(REFUSED[name][0]), WEB).workloads


TAKEN = {
    "a name of many letters": controller("Deployment", "a" * 253),
    "a CronJob of 52 letters": cron_job(name="a" * 52),
    "a StatefulSet all at once": keeps("podManagementPolicy: Parallel, serviceName: '', updateStrategy: {type: OnDelete}"),
    "what only 1.37 looks at": keeps("updateStrategy: {rollingUpdate: {maxUnavailable: 0}}"),
    "claims": claims(f"{NEEDED}, volumeMode: Block, storageClassName: ''"),
    "a DaemonSet that adds first": serves("rollingUpdate: {maxSurge: 1, maxUnavailable: 0}"),
    "a DaemonSet that waits for deletion": serves("rollingUpdate: {maxUnavailable: 0}", "type: OnDelete, "),
    "nulls in a DaemonSet's rollout": serves("rollingUpdate: {maxUnavailable: ~, maxSurge: ~}"),
    "whole numbers with a point there": serves("rollingUpdate: {maxUnavailable: 2.0}"),
    "any surge of a DaemonSet that waits": serves("rollingUpdate: {maxSurge: '1'}", "type: OnDelete, "),
    "a label of null, which is empty": controller("Deployment").replace("{app: web}", "{app: }"),
    "an empty label where null is selected": controller("Deployment")
    .replace("{app: web}", "{app: ''}", 1)
    .replace("{app: web}", "{app: }"),
    "an indexed Job of one": runs("completionMode: Indexed"),
    "an indexed Job": runs(f"{INDEXED}, parallelism: 100000, backoffLimitPerIndex: 1, maxFailedIndexes: 10"),
    "a Job's own labels": job().replace("{app: web}", "{job-name: web}"),
    "runs that do not select": cron_job(inner=", manualSelector: false"),
    "an autoscaler that sleeps": scaled("minReplicas: 0, metrics: [{type: External, external: {metric: {name: m}}}]"),
    "a priority": priority("value: 1000000000, preemptionPolicy: Never"),
    "a priority of the system's own": priority("value: 2000001000", name="system-node-critical"),
    "a budget of all": budget("maxUnavailable: 100%, unhealthyPodEvictionPolicy: AlwaysAllow"),
    "limits in order": limits("min: {cpu: 1}, defaultRequest: {cpu: 1}, default: {cpu: 2}, max: {cpu: 2}"),
    "limits of claims": limits("min: {storage: 1Gi}", "PersistentVolumeClaim"),
    "limits of a kind of one's own": limits("min: {foo: 1}", "a.b/Foo"),
    "a class": storage_class("provisioner: Example.com/p, reclaimPolicy: Retain"),
    "a local volume": volume(f"{VOLUME}, local: {{path: /x}}, {AFFINITY}"),
    "a kind of an API group of old": thing("node.k8s.io/v1beta1", "RuntimeClass", "overhead: {}"),
    "a resource of one's own": thing("argoproj.io/v1alpha1", "Rollout", f"spec: {{template: {TEMPLATE}, minReadySeconds: -1}}"),
    "one that is called like a Job": thing("a.b/v1", "Job", f"spec: {{template: {ENDING}, backoffLimit: -1}}"),
}


@pytest.mark.parametrize("text", TAKEN.values(), ids=TAKEN)
def test_what_validation_takes_is_no_fault(text):
    assert cluster_of(text, WEB).workloads


LEFT = {
    "annotations whose keys are none": with_meta("annotations: {a b: x}"),
    "a finalizer that is none": with_meta("finalizers: [a]"),
    "a Deployment that gives up": deploys("progressDeadlineSeconds: 0, revisionHistoryLimit: -1"),
    "a service that can be none": keeps("serviceName: a.b, podManagementPolicy: Foo"),
    "a Job that is gone before it is finished": runs("ttlSecondsAfterFinished: -1"),
    "a time zone that is none": cron_job(", timeZone: Foo/Bar, failedJobsHistoryLimit: -1"),
    "metrics of an unknown type": scaled("metrics: [{type: Foo}]"),
    "a runtime without a handler": runtime("overhead: {}"),
}


@pytest.mark.parametrize("text", LEFT.values(), ids=LEFT)
def test_what_bears_on_no_pod_is_left_to_the_api_server(text):
    assert cluster_of(text, WEB).workloads


def test_all_that_is_wrong_is_said_at_once():
    text = controller("StatefulSet", "UP_x", more=", updateStrategy: {type: Foo, rollingUpdate: {partition: -1}}")
    ours = [path.removeprefix("spec.updateStrategy.") for _, path, _ in faults_of(text)]
    assert ours == ["metadata.name", "rollingUpdate.partition", "type"]


def test_a_misspelt_field_is_not_called_missing_too():
    ((_, path, said),) = faults_of(cron_job(", schedul: '* * * * *'").replace(", schedule: '* * * * *'", ""))
    assert (path, "did you mean 'schedule'?" in said) == ("spec.schedul", True)


def test_a_field_that_does_not_fit_is_not_judged_twice():
    ((_, path, _),) = faults_of(hpa(5, target="beside").replace("maxReplicas: 5", "maxReplicas: 5, minReplicas: two"), WEB)
    assert path == "spec.minReplicas"
