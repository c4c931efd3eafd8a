"""Pods that nothing owns and a controller selects are taken over by it: said of those Pods, and of no others."""

import pytest

from tests.read.cluster_reader import SPEC, TEMPLATE, cluster_of, controller, job, pod, said, thing

SELECTS = ", selector: {matchLabels: {app: web}}"
LABELS = ", labels: {app: web, more: b}"
MADE = ", labels: {app: web}, ownerReferences: [{apiVersion: v1, kind: Thing, name: t, controller: true}]"
HELD = ", labels: {app: web}, ownerReferences: [{apiVersion: v1, kind: Thing, name: t}]"
STATIC = f"{LABELS}, annotations: {{kubernetes.io/config.mirror: m}}"
REPLICAS = controller("ReplicaSet", more=SELECTS)
ADOPTED = {
    "a ReplicaSet": (REPLICAS, pod("lone", phase="", meta=LABELS), True),
    "a ReplicaSet, of a Pod that runs": (REPLICAS, pod("lone", "node-a", meta=LABELS), True),
    "a ReplicaSet, of one that is owned without being controlled": (REPLICAS, pod("lone", meta=HELD), True),
    "not of one that something controls": (REPLICAS, pod("lone", meta=MADE), False),
    "nor of a static one": (REPLICAS, pod("lone", "node-a", meta=STATIC), False),
    "nor of one that has come to its end": (REPLICAS, pod("lone", phase="Succeeded", meta=LABELS), False),
    "nor of one with other labels": (REPLICAS, pod("lone", phase="", meta=", labels: {app: other}"), False),
    "nor of one in another namespace": (REPLICAS.replace("shop", "other"), pod("lone", phase="", meta=LABELS), False),
    "a ReplicaSet that says more": (
        controller(
            "ReplicaSet", more=", selector: {matchLabels: {app: web}, matchExpressions: [{key: more, operator: DoesNotExist}]}"
        ),
        pod("lone", phase="", meta=LABELS),
        False,
    ),
    "a ReplicaSet that selects by expressions": (
        controller("ReplicaSet", more=", selector: {matchExpressions: [{key: app, operator: In, values: [web]}]}"),
        pod("lone", phase="", meta=LABELS),
        True,
    ),
    "a ReplicationController": (
        controller("ReplicationController", more=", selector: {app: web}", api_version="v1"),
        pod("lone", phase="", meta=LABELS),
        True,
    ),
    "a ReplicationController that says nothing of it": (
        controller("ReplicationController", api_version="v1"),
        pod("lone", phase="", meta=LABELS),
        True,
    ),
    "a DaemonSet": (controller("DaemonSet", more=SELECTS), pod("lone", phase="", meta=LABELS), True),
    "not a Deployment, whose ReplicaSets ask for more": (
        controller("Deployment", more=SELECTS),
        pod("lone", phase="", meta=LABELS),
        False,
    ),
    "a StatefulSet, of one that has a number of its own": (
        controller("StatefulSet", more=SELECTS),
        pod("web-7", phase="", meta=LABELS),
        True,
    ),
    "not of one that has none": (controller("StatefulSet", more=SELECTS), pod("web-x", phase="", meta=LABELS), False),
    "nor of one that has another's": (controller("StatefulSet", more=SELECTS), pod("db-0", phase="", meta=LABELS), False),
    "a Job with a selector of its own": (
        job(more=f", manualSelector: true{SELECTS}"),
        pod("lone", phase="", meta=LABELS),
        True,
    ),
    "not a Job without": (job(), pod("lone", phase="", meta=LABELS), False),
}


@pytest.mark.parametrize(("text", "lone", "is_said"), ADOPTED.values(), ids=ADOPTED)
def test_who_takes_over_a_pod(text, lone, is_said):
    found = {subject: message for subject, message in said(cluster_of(text, lone)).items() if "takes it over" in message}
    assert len(found) == is_said
    for subject, message in found.items():
        assert subject.startswith("Pod/shop/")
        assert message.startswith("is selected by ")
        assert "/shop/web, which takes it over and counts it as one of its own pods" in message


def test_what_is_wrong_with_a_selector_is_said_once():
    wrong = thing("ReplicaSet", spec=f"template: {TEMPLATE}, selector: {{matchLabels: {{app: '?'}}}}")
    with pytest.raises(Exception) as caught:
        cluster_of(wrong, thing("Pod", "lone", SPEC[1:-1], "v1"))
    assert len([fault for fault in caught.value.faults if "label value" in fault.reason]) == 1
