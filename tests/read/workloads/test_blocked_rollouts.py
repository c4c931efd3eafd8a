"""Controllers that make no pods, or not by the template that a patch changes, or not again: said of those, and of no others."""

import pytest

from models.trust import Survive, TrustPolicy
from tests.read.cluster_reader import (
    SPEC,
    cluster_of,
    controller,
    cron_job,
    job,
    pod,
    said,
    thing,
)

PAUSED = "is paused: the patch reaches none of its pods until it is resumed, and if it is new it has none until then"
WAITING = "updateStrategy OnDelete: the patch reaches a pod that runs already only once somebody deletes that"
BELOW = (
    "updateStrategy with partition 2: if its first 2 pods run already, the patch does not reach them, also when made again, "
    "until the partition is 0"
)
FOREIGN = (
    "managedBy example.com/other: that makes its pods, not the controller of Jobs; how many, and like its template or not, is "
    "not known"
)
ENDING = "is being deleted: no more pods of it are made, though the plan has room for them"
OTHER = ", managedBy: example.com/other"
GOING = ", deletionTimestamp: '2026-01-01T00:00:00Z'"


def update(inner, replicas=3):
    return f", replicas: {replicas}, updateStrategy: {{{inner}}}"


def below(partition):
    return f"type: RollingUpdate, rollingUpdate: {{partition: {partition}}}"


UNMADE = {
    "a Deployment that is paused": (controller("Deployment", more=", paused: true"), PAUSED),
    "not one that is not": (controller("Deployment", more=", paused: false"), None),
    "a StatefulSet that waits for its pods to be deleted": (controller("StatefulSet", more=update("type: OnDelete")), WAITING),
    "a DaemonSet that does": (controller("DaemonSet", more=", updateStrategy: {type: OnDelete}"), WAITING),
    "a StatefulSet with a partition": (controller("StatefulSet", more=update(below(2))), BELOW),
    "one with fewer pods than its partition": (
        controller("StatefulSet", more=update(below(2), 1)),
        BELOW.replace("its first 2 pods run", "its first pod runs").replace("reach them", "reach it"),
    ),
    "not one with a partition of nothing": (controller("StatefulSet", more=update(below(0))), None),
    "nor one without pods": (controller("StatefulSet", more=update(below(2), 0)), None),
    "nor one that rolls": (controller("StatefulSet", more=update("type: RollingUpdate")), None),
    "a Job whose pods somebody else makes": (job(more=OTHER), FOREIGN),
    "not one that names its own controller": (job(more=", managedBy: kubernetes.io/job-controller"), None),
    "a CronJob with such Jobs": (cron_job(inner=OTHER, more=", concurrencyPolicy: Forbid"), FOREIGN),
    "a workload that is being deleted": (controller("Deployment", meta=GOING), ENDING),
    "a Job that is": (job(meta=GOING), ENDING),
}


@pytest.mark.parametrize(("text", "message"), UNMADE.values(), ids=UNMADE)
def test_it_is_said_of(text, message):
    found = said(cluster_of(text))
    assert list(found.values()) == ([] if message is None else [message])
    assert all(subject.endswith("/shop/web") for subject in found)


def test_of_an_old_replica_set_that_is_being_deleted_nothing_is_said():
    old = controller("ReplicaSet", "web-1", ", replicas: 0", owner=("apps/v1", "Deployment", "web"), meta=GOING)
    assert said(cluster_of(controller("Deployment"), old)) == {}


NAMESPACE = "{apiVersion: v1, kind: Namespace, metadata: {name: %s, deletionTimestamp: '2026-01-01T00:00:00Z'}}"


@pytest.mark.parametrize(
    ("name", "subjects"),
    [
        pytest.param("shop", ["Namespace/shop"], id="a namespace of workloads that is being deleted is named"),
        pytest.param("other", [], id="not one that has none"),
    ],
)
def test_no_pods_are_made_in_a_namespace_that_is_being_deleted(name, subjects):
    found = said(cluster_of(controller("Deployment"), NAMESPACE % name))
    assert list(found) == subjects
    assert all("no more pods are made in it" in message for message in found.values())


ONCE = ", backoffLimit: 0"
INDEXED = ", completionMode: Indexed, completions: 1"
KEPT = ", podFailurePolicy: {rules: [{action: Ignore, onPodConditions: [{type: DisruptionTarget}]}]}"
REFUSED = ", podFailurePolicy: {rules: [{action: FailJob, onPodConditions: [{type: DisruptionTarget}]}]}"
OWNED = ("apps/v1", "ReplicaSet", "gone")
LOST = {
    "a Pod that nothing controls": (pod("web", phase=""), "Pod/shop/web: a Pod that nothing controls"),
    "not one that something does": (pod("web", owner=OWNED), None),
    "not what is no Pod": (controller("Deployment"), None),
    "a Job that may not fail": (job(more=ONCE), "Job/shop/web: pods that are lost with a node have failed"),
    "a Job with more pods than may fail": (job(more=", parallelism: 7"), "Job/shop/web: pods that are lost"),
    "not one with as many": (job(more=", parallelism: 6"), None),
    "one of which some have failed": (job(rest=", status: {failed: 6}"), "Job/shop/web: pods that are lost"),
    "not one whose other pods do not matter to an index": (job(more=f"{ONCE}{INDEXED}, backoffLimitPerIndex: 1"), None),
    "one whose index may not fail": (job(more=f"{INDEXED}, backoffLimitPerIndex: 0"), "Job/shop/web: pods that are lost"),
    "not one that does not count disruptions": (job(more=f"{ONCE}{KEPT}"), None),
    "one that ends by them": (job(more=f"{ONCE}{REFUSED}"), "Job/shop/web: pods that are lost"),
    "not one that is suspended": (job(more=f"{ONCE}, suspend: true"), None),
    "a CronJob with such Jobs": (cron_job(inner=ONCE), "CronJob/shop/web: pods that are lost"),
}


@pytest.mark.parametrize(("text", "begin"), LOST.values(), ids=LOST)
@pytest.mark.parametrize("survive", [Survive(nodes=1), Survive(zones=1), Survive()], ids=["node", "zone", "nothing"])
def test_who_is_not_made_again_after_a_loss_is_said_where_it_is_to_be_survived(text, begin, survive):
    found = said(cluster_of(text, policy=TrustPolicy("p", ("a",), survive=survive))).get("survive")
    if begin is None or survive == Survive():
        assert found is None
    else:
        assert found.startswith(begin)


def test_a_static_pod_is_not_called_lost():
    static = thing(
        "Pod", "web", SPEC[1:-1] + ", nodeName: node-a", "v1", meta=", uid: u, annotations: {kubernetes.io/config.mirror: m}"
    )
    found = cluster_of(static, controller("Deployment", "other"), policy=TrustPolicy("p", ("a",), survive=Survive(nodes=1)))
    assert "survive" not in said(found)


def as_account(name, kind="Deployment", workload="web", field="serviceAccountName"):
    inner = f"{SPEC[1:-1]}, {field}: {name}"
    return thing(
        kind,
        workload,
        f"selector: {{matchLabels: {{app: web}}}}, template: {{metadata: {{labels: {{app: web}}}}, spec: {{{inner}}}}}",
    )


ACCOUNT = "{apiVersion: v1, kind: ServiceAccount, metadata: {name: %s, namespace: %s}}"
MISSING = "shop/runner is not in the input: unless the cluster has it, it makes no pods for those who name it"
BOTH = "shop/other, shop/runner are not in the input: unless the cluster has them, it makes no pods for those who name them"
RUNNING = pod("web-0", "node-a", ("apps/v1", "StatefulSet", "web"), spec=", serviceAccountName: runner")
ACCOUNTS = {
    "one that is not there": ((as_account("runner"),), MISSING),
    "one that is named as it once was": ((as_account("runner", field="serviceAccount"),), MISSING),
    "not one that is": ((as_account("runner"), ACCOUNT % ("runner", "shop")), None),
    "one that is in another namespace": ((as_account("runner"), ACCOUNT % ("runner", "other")), MISSING),
    "not the one that every namespace has": ((as_account("default"),), None),
    "not one of which pods run": ((as_account("runner", "StatefulSet"), RUNNING), None),
    "not one of which the pods of another run": (
        (as_account("runner", "StatefulSet"), RUNNING, as_account("runner", workload="db")),
        None,
    ),
    "not one of a pod that runs": ((pod("web", "node-a", spec=", serviceAccountName: runner"),), None),
    "two": ((as_account("runner"), as_account("other", workload="db")), BOTH),
    "one that two name": ((as_account("runner"), as_account("runner", workload="db")), MISSING),
}


@pytest.mark.parametrize(("texts", "message"), ACCOUNTS.values(), ids=ACCOUNTS)
def test_of_service_accounts_is_named(texts, message):
    assert said(cluster_of(*texts)).get("ServiceAccount") == message


def test_pods_that_differ_by_their_service_account_are_alike():
    first, second = cluster_of(as_account("runner"), as_account("other", workload="db")).workloads
    assert first.template is second.template
