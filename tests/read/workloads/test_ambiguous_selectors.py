"""Which pods a selector means: said where that hangs on labels that the plan cannot know, and silent where they do not matter."""

import pytest

from tests.read.cluster_reader import cluster_of, container, controller, cron_job, job, pod, thing

HOST, ZONE, REGION = "kubernetes.io/hostname", "topology.kubernetes.io/zone", "topology.kubernetes.io/region"
REQUIRED, PREFERRED = "requiredDuringSchedulingIgnoredDuringExecution", "preferredDuringSchedulingIgnoredDuringExecution"
LONE = "Deployment/shop/lone"
HASH, REVISION, JOB_NAME = "pod-template-hash", "controller-revision-hash", "job-name"


def asking(inner, name="lone", namespace="shop", kind="Deployment", api_version="apps/v1", labels="{app: lone}"):
    """Write a workload of one pod whose spec has more in it."""
    spec = f"template: {{metadata: {{labels: {labels}}}, spec: {{containers: [{container()}], {inner}}}}}"
    selector = f", selector: {{matchLabels: {labels}}}" if api_version == "apps/v1" else ""
    strategy = ", strategy: {type: Recreate}" if kind == "Deployment" else ""
    return thing(kind, name, spec + selector + strategy, api_version).replace("namespace: shop", f"namespace: {namespace}")


def term(selector, key=HOST, more=""):
    return f"{{topologyKey: {key}, labelSelector: {{{selector}}}{more}}}"


def near(selector, field="podAntiAffinity", key=HOST, more=""):
    return f"affinity: {{{field}: {{{REQUIRED}: [{term(selector, key, more)}]}}}}"


def wish(selector, field="podAntiAffinity", more="", key=HOST):
    return f"affinity: {{{field}: {{{PREFERRED}: [{{weight: 1, podAffinityTerm: {term(selector, key, more)}}}]}}}}"


def spread(selector, way="DoNotSchedule", more=""):
    inner = f"maxSkew: 1, topologyKey: {ZONE}, whenUnsatisfiable: {way}, labelSelector: {{{selector}}}{more}"
    return f"topologySpreadConstraints: [{{{inner}}}]"


def exists(key):
    return f"matchExpressions: [{{key: {key}, operator: Exists}}]"


def keys(*names, field="matchLabelKeys"):
    return f", {field}: [{', '.join(names)}]"


def namespace(name, labels=""):
    return f"{{apiVersion: v1, kind: Namespace, metadata: {{name: {name}, labels: {{{labels}}}}}}}"


def budget(selector):
    return thing("PodDisruptionBudget", "guard", f"minAvailable: 1, selector: {{{selector}}}", "policy/v1")


WEB, INDEXED = controller("Deployment"), job(more=", completionMode: Indexed")
SET, DAEMON = controller("StatefulSet"), controller("DaemonSet")
OWN = "matchLabels: {app: lone}"
NAMED = "matchLabels: {batch.kubernetes.io/job-name: web}"
TRAIN = asking(f"{near(NAMED)}, restartPolicy: Never", "web", kind="Job", api_version="batch/v1")

SAID = {
    "the hash of a Deployment": ((asking(near(exists(HASH))), WEB), f"required terms of podAntiAffinity select by {HASH}: "),
    "also where only its own pods have it": ((asking(near(exists(HASH))),), f"podAntiAffinity select by {HASH}: "),
    "in pairs": ((asking(near(f"matchLabels: {{app: web, {HASH}: abc}}")), WEB), f"podAntiAffinity select by {HASH}: "),
    "of affinity": ((asking(near(exists(HASH), "podAffinity")), WEB), f"required terms of podAffinity select by {HASH}: "),
    "of a hard spread": (
        (asking(spread(exists(HASH))), WEB),
        f"required terms of topologySpreadConstraints select by {HASH}: ",
    ),
    "of a spread that is a wish": (
        (asking(spread(exists(HASH), "ScheduleAnyway")), WEB),
        f"preferred terms of topologySpreadConstraints select by {HASH}: ",
    ),
    "of what is only preferred": (
        (asking(wish(exists(HASH), "podAffinity")), WEB),
        f"preferred terms of podAffinity select by {HASH}: ",
    ),
    "the ordinal of a StatefulSet": (
        (asking(near(exists("apps.kubernetes.io/pod-index"))), SET),
        "podAntiAffinity select by apps.kubernetes.io/pod-index: ",
    ),
    "the name of its pods": (
        (asking(near("matchLabels: {statefulset.kubernetes.io/pod-name: web-0}")), SET),
        "podAntiAffinity select by statefulset.kubernetes.io/pod-name: ",
    ),
    "the revision of a DaemonSet": ((asking(near(exists(REVISION))), DAEMON), f"podAntiAffinity select by {REVISION}: "),
    "the name of a CronJob's run": ((asking(near(exists(JOB_NAME))), cron_job()), f"podAntiAffinity select by {JOB_NAME}: "),
    "the uid of a Job": ((asking(near(exists("controller-uid"))), job()), "podAntiAffinity select by controller-uid: "),
    "the index of a Job": (
        (asking(near(exists("batch.kubernetes.io/job-completion-index"))), INDEXED),
        "podAntiAffinity select by batch.kubernetes.io/job-completion-index: ",
    ),
    "several keys at once": (
        (asking(near(f"matchExpressions: [{{key: {HASH}, operator: Exists}}, {{key: {REVISION}, operator: Exists}}]")), WEB, SET),
        f"podAntiAffinity select by {REVISION}, {HASH}: ",
    ),
    "matchLabelKeys": (
        (asking(near(OWN, more=keys(HASH))),),
        f"required terms of podAntiAffinity select by {HASH}: ",
    ),
    "matchLabelKeys, where others are meant": (
        (asking(near("matchLabels: {app: web}", "podAffinity", more=keys(HASH))), job()),
        f"podAffinity select by {HASH}: ",
    ),
    "mismatchLabelKeys": (
        (asking(near(OWN, "podAffinity", more=keys(HASH, field="mismatchLabelKeys"))),),
        f"podAffinity select by {HASH}: ",
    ),
    "matchLabelKeys of a wish": ((asking(wish(OWN, more=keys(HASH))),), f"preferred terms of podAntiAffinity select by {HASH}: "),
    "matchLabelKeys of a spread": (
        (asking(spread(OWN, more=keys(HASH))),),
        f"required terms of topologySpreadConstraints select by {HASH}: ",
    ),
    "in every namespace": (
        (asking(near(exists(HASH), more=", namespaceSelector: {}"), kind="ReplicaSet"), WEB.replace("shop", "other")),
        f"podAntiAffinity select by {HASH}: ",
    ),
    "in a namespace by name": (
        (asking(near(exists(HASH), more=", namespaces: [other]"), kind="ReplicaSet"), WEB.replace("shop", "other")),
        f"podAntiAffinity select by {HASH}: ",
    ),
}


def messages(cluster, subject="shop/lone"):
    """Return what is stated of one workload, but for what is said of every preferred term."""
    found = [each.message for each in cluster.unread if each.subject.endswith(subject)]
    return [each for each in found if "are wishes to kube-scheduler" not in each]


@pytest.mark.parametrize(("texts", "message"), SAID.values(), ids=SAID)
def test_a_selector_that_hangs_on_labels_nobody_knows_is_said(texts, message):
    (found,) = messages(cluster_of(*texts))
    assert message in found
    assert found.endswith("with values that are not known beforehand, so which pods are meant is not modelled")
    assert found.startswith(("required terms of ", "preferred terms of "))


SILENT = {
    "other labels": (asking(near("matchLabels: {app: web}")), WEB),
    "pods that have no such label": (asking(near(exists(HASH)), kind="ReplicaSet"), SET),
    "pods that another label rules out": (asking(near(f"matchLabels: {{app: db, {HASH}: a}}"), kind="ReplicaSet"), WEB),
    "pods of another namespace": (asking(near(exists(HASH)), kind="ReplicaSet"), WEB.replace("shop", "other")),
    "pods of a namespace that is not named": (
        asking(near(exists(HASH), more=", namespaces: [third]"), kind="ReplicaSet"),
        WEB.replace("shop", "other"),
    ),
    "pods of a namespace that its labels rule out": (
        asking(near(exists(HASH), more=", namespaceSelector: {matchLabels: {team: x}}"), kind="ReplicaSet"),
        WEB.replace("shop", "other"),
        namespace("other", "team: z"),
        namespace("shop"),
    ),
    "the name of a Job, which is known": (asking(near(exists(JOB_NAME)), kind="ReplicaSet"), job()),
    "a Job that keeps its own pods apart by its name": (TRAIN,),
    "label keys that its own pods do not have": (asking(near(OWN, more=keys(HASH)), kind="ReplicaSet"),),
    "label keys that are known": (asking(near(OWN, more=keys("tier")), labels="{app: lone, tier: front}"),),
    "a ReplicaSet whose template has the hash": (
        asking(near(OWN, more=keys(HASH)), kind="ReplicaSet", labels=f"{{app: lone, {HASH}: a}}"),
    ),
    "pods that live": (
        asking(near(exists(HASH)), kind="ReplicaSet"),
        pod("live", "node-a", meta=f", labels: {{{HASH}: abc}}"),
    ),
    "a selector that is missing": (asking(f"affinity: {{podAntiAffinity: {{{REQUIRED}: [{{topologyKey: zone}}]}}}}"), WEB),
}


@pytest.mark.parametrize("texts", SILENT.values(), ids=SILENT)
def test_where_unknown_labels_do_not_matter_nothing_is_said(texts):
    assert [each.message for each in cluster_of(*texts).unread] == []


def test_a_job_keeps_its_pods_apart_by_the_name_that_they_will_carry():
    (workload,) = cluster_of(TRAIN).workloads
    (found,) = workload.template.pod_anti_affinity
    assert found.label_selector.match_labels.items() <= workload.template.labels.items()


def test_pods_that_anti_affinity_may_keep_away_from_another_ring_are_named_too():
    wide = cluster_of(asking(near(exists(HASH), key=ZONE)), WEB, SET)
    assert [each.subject for each in wide.unread] == [LONE, "Deployment/shop/web"]
    assert messages(wide, "Deployment/shop/web") == [
        f"has to stay away from {LONE} if that means its pods, which hangs on labels that the plan cannot know"
    ]


def test_also_pods_that_have_the_labels_of_its_own():
    alike = cluster_of(asking(near(exists(HASH), key=ZONE)), asking("hostNetwork: false", "other"))
    assert [each.subject for each in alike.unread] == [LONE, "Deployment/shop/other"]


@pytest.mark.parametrize(
    "inner",
    [
        pytest.param(near(exists(HASH)), id="never on its own host"),
        pytest.param(near(exists(HASH), "podAffinity", ZONE), id="nor by affinity"),
        pytest.param(wish(exists(HASH), key=ZONE), id="nor by a wish"),
        pytest.param(near(f"matchLabels: {{app: db, {HASH}: a}}", key=ZONE), id="nor who is not meant"),
    ],
)
def test_pods_that_it_cannot_keep_away_are_not_named(inner):
    assert messages(cluster_of(asking(inner), WEB), "Deployment/shop/web") == []


def zoned(version="v1.37.2", labels=f"{ZONE}: za"):
    """Write a node that has a zone, of which its pods learn where the API server is new enough."""
    return f"""
apiVersion: v1
kind: Node
metadata: {{name: node-b, labels: {{{labels}}}}}
status: {{allocatable: {{cpu: "4", memory: 8Gi, pods: "110"}}, nodeInfo: {{kubeletVersion: {version}}}}}
"""


IN_ZONE = f"matchLabels: {{app: web, {ZONE}: za}}"
NOT_IN_ZONE = f"matchExpressions: [{{key: {ZONE}, operator: DoesNotExist}}]"
SHAPE = """
apiVersion: ringfence.dev/v1alpha1
kind: NodeShape
metadata: {name: small}
spec: {zones: [za], price: 1, allocatable: {cpu: 4, memory: 8Gi, pods: 110}}
"""

COPIED = {
    "the zone of those whom it keeps away": (
        (asking(near(IN_ZONE)), WEB, zoned()),
        f"required terms of podAntiAffinity select by {ZONE}: ",
    ),
    "those whom it must be near": (
        (asking(near(IN_ZONE, "podAffinity")), WEB, zoned()),
        f"required terms of podAffinity select by {ZONE}: ",
    ),
    "those whom it is spread with": (
        (asking(spread(exists(ZONE))), zoned()),
        f"required terms of topologySpreadConstraints select by {ZONE}: ",
    ),
    "that they have none": ((asking(near(NOT_IN_ZONE)), WEB, zoned()), f"podAntiAffinity select by {ZONE}: "),
    "the region": (
        (asking(near(exists(REGION))), WEB, zoned(labels=f"{REGION}: r")),
        f"podAntiAffinity select by {REGION}: ",
    ),
    "a wish": ((asking(wish(IN_ZONE)), WEB, zoned()), f"preferred terms of podAntiAffinity select by {ZONE}: "),
    "pods whose template says another zone, which is written over": (
        (asking(near(IN_ZONE)), asking("hostNetwork: false", "web", labels=f"{{app: web, {ZONE}: zb}}"), zoned()),
        f"podAntiAffinity select by {ZONE}: ",
    ),
    "the zone that its own template says, by matchLabelKeys": (
        (asking(near(OWN, more=keys(ZONE)), labels=f"{{app: lone, {ZONE}: za}}"), zoned()),
        f"podAntiAffinity select by {ZONE}: ",
    ),
    "the zone of nodes that are bought": ((asking(near(IN_ZONE)), WEB, SHAPE), f"podAntiAffinity select by {ZONE}: "),
}


@pytest.mark.parametrize(("texts", "message"), COPIED.values(), ids=COPIED)
def test_a_selector_that_asks_where_pods_are_is_said(texts, message):
    (found,) = messages(cluster_of(*texts))
    assert message in found
    assert found.endswith("every pod that is bound to it (PodTopologyLabels), so which pods are meant is not modelled")


def test_labels_of_both_kinds_are_said_one_by_one():
    both = f"matchExpressions: [{{key: {HASH}, operator: Exists}}, {{key: {ZONE}, operator: Exists}}]"
    found = messages(cluster_of(asking(near(both)), WEB, zoned()))
    assert [each.partition(" select by ")[2].partition(":")[0] for each in found] == [HASH, ZONE]


NOT_COPIED = {
    "before 1.35": (asking(near(IN_ZONE)), WEB, zoned("v1.34.1")),
    "where no node has a zone": (asking(near(IN_ZONE)), WEB),
    "where pods only learn of the region": (asking(near(IN_ZONE)), WEB, zoned(labels=f"{REGION}: r")),
    "another label of nodes": (asking(near("matchLabels: {rack: r1}")), WEB, zoned(labels="rack: r1")),
    "pods that another label rules out": (asking(near(f"matchLabels: {{app: db, {ZONE}: za}}")), WEB, zoned()),
    "label keys, which the API server takes from a pod when it is made": (asking(near(OWN, more=keys(ZONE))), zoned()),
    "label keys of a spread": (asking(spread(OWN, more=keys(ZONE))), zoned()),
    "a budget of other labels": (budget("matchLabels: {app: web}"), WEB, zoned()),
    "a budget where no node has a zone": (budget(IN_ZONE), WEB),
}


@pytest.mark.parametrize("texts", NOT_COPIED.values(), ids=NOT_COPIED)
def test_where_pods_do_not_learn_where_they_are_nothing_is_said(texts):
    assert [each.message for each in cluster_of(*texts).unread] == []


def test_a_budget_that_asks_where_pods_are_is_said():
    (found,) = cluster_of(budget(IN_ZONE), WEB, zoned()).unread
    assert (found.subject, found.where.line) == ("PodDisruptionBudget/shop/guard", 1)
    assert found.message.startswith(f"selects by {ZONE}: the API server copies such labels")
    assert found.message.endswith("so which pods it protects is not modelled")


TEAM = ", namespaceSelector: {matchLabels: {team: x}}"
AT = "kubernetes.io/metadata.name"
FAR = WEB.replace("namespace: shop", "namespace: far")
EVERY = ""

MISSING = {
    "a namespace that is not there": (
        (asking(near(EVERY, more=TEAM)), FAR, namespace("shop")),
        "required terms of podAntiAffinity select namespaces by team: far is not in the input, so which pods are meant",
    ),
    "several": ((asking(near(EVERY, more=TEAM)), FAR), "select namespaces by team: far, shop are not in the input, "),
    "of affinity": (
        (asking(near(EVERY, "podAffinity", more=TEAM)), FAR, namespace("shop")),
        "required terms of podAffinity select ",
    ),
    "of a wish": (
        (asking(wish(EVERY, more=TEAM)), FAR, namespace("shop")),
        "preferred terms of podAntiAffinity select namespaces ",
    ),
    "whose name is asked for too": (
        (asking(near(EVERY, more=f", namespaceSelector: {{matchLabels: {{team: x, {AT}: far}}}}")), FAR),
        "select namespaces by team: far is not in the input, ",
    ),
}


@pytest.mark.parametrize(("texts", "message"), MISSING.values(), ids=MISSING)
def test_labels_of_a_namespace_that_is_not_in_the_input_are_said_to_be_unknown(texts, message):
    (found,) = messages(cluster_of(*texts))
    assert message in found
    assert found.endswith("; add what kubectl get namespaces -o yaml writes")


KNOWN = {
    "namespaces that are there": (asking(near(EVERY, more=TEAM)), FAR, namespace("shop"), namespace("far", "team: x")),
    "a selector of every namespace": (asking(near(EVERY, more=", namespaceSelector: {}")), FAR),
    "names, which every namespace has": (
        asking(near(EVERY, more=f", namespaceSelector: {{matchLabels: {{{AT}: far}}}}")),
        FAR,
    ),
    "a name that is not its own": (
        asking(near(EVERY, more=f", namespaceSelector: {{matchLabels: {{team: x, {AT}: third}}}}")),
        FAR,
    ),
    "a namespace that is named beside the selector": (
        asking(near(EVERY, more=f"{TEAM}, namespaces: [far]")),
        FAR,
        namespace("shop"),
    ),
    "pods whose own labels rule them out": (asking(near("matchLabels: {app: db}", more=TEAM)), FAR),
    "no selector of namespaces": (asking(near(EVERY)), FAR),
}


@pytest.mark.parametrize("texts", KNOWN.values(), ids=KNOWN)
def test_where_no_label_of_a_namespace_is_unknown_nothing_is_said(texts):
    assert [each.message for each in cluster_of(*texts).unread] == []


def test_a_namespace_that_is_not_in_the_input_has_its_name():
    assert dict(cluster_of(FAR).namespaces["far"]) == {AT: "far"}


def test_templates_that_are_alike_are_said_one_by_one():
    texts = [asking(near(exists(HASH)), name) for name in ("one", "two")]
    assert [each.subject for each in cluster_of(*texts).unread] == ["Deployment/shop/one", "Deployment/shop/two"]


def test_templates_that_are_alike_may_mean_other_pods_in_another_namespace():
    texts = [asking(near(exists(HASH)), kind="ReplicaSet", namespace=name) for name in ("shop", "far")]
    assert [each.subject for each in cluster_of(*texts, WEB).unread] == ["ReplicaSet/shop/lone"]


def test_templates_that_are_alike_get_other_labels_from_another_controller():
    texts = [asking(near(OWN, more=keys(REVISION)), kind.lower(), kind=kind) for kind in ("ReplicaSet", "StatefulSet")]
    assert [each.subject for each in cluster_of(*texts).unread] == ["StatefulSet/shop/statefulset"]


def test_what_each_means_is_said_of_each():
    cluster = cluster_of(asking(near(exists(HASH)), "one"), asking(near(exists(HASH), "podAffinity"), "two"))
    assert [each.message.split(" select ")[0] for each in cluster.unread] == [
        "required terms of podAntiAffinity",
        "required terms of podAffinity",
    ]
