"""Tags where nobody reads them: a level that is an annotation, or has a key that is nearly the right one."""

import json

import pytest
import yaml

from models.frozen_map import FrozenMap
from models.kubernetes.labels import LabelSelector
from models.trust import Assignment, Match, PolicyLabels, TrustPolicy
from tests.read.cluster_reader import cluster_of, controller, cron_job, faults_of, said

LEVEL, NEAR = "ringfence.dev/trust-level", "ringfence.dev/trustlevel"
NAMESPACE = "{apiVersion: v1, kind: Namespace, metadata: {name: shop, %s}}"
ANNOTATED, NEARLY = f"annotations: {{{LEVEL}: a}}", f"labels: {{{NEAR}: a}}"
MOVE, MEANT = ("is read among labels only", "move it to the labels"), ("is no tag", f"did you mean {LEVEL}?")
WRONG = {
    "the annotation of a workload": (controller("Deployment", meta=f", {ANNOTATED}"), f"metadata.annotations[{LEVEL}]", *MOVE),
    "of its pods": (
        controller("Deployment").replace("labels: {app: web}}", f"labels: {{app: web}}, {ANNOTATED}}}", 1),
        f"spec.template.metadata.annotations[{LEVEL}]", *MOVE,
    ),
    "of a CronJob's Jobs": (
        cron_job().replace("jobTemplate: {", f"jobTemplate: {{metadata: {{{ANNOTATED}}}, "),
        f"spec.jobTemplate.metadata.annotations[{LEVEL}]", *MOVE,
    ),
    "of a namespace": (NAMESPACE % ANNOTATED, f"metadata.annotations[{LEVEL}]", *MOVE),
    "of one whose spec is null": (NAMESPACE % f"{ANNOTATED}}}, spec: null, status: {{", f"metadata.annotations[{LEVEL}]", *MOVE),
    "a label that is nearly one": (controller("Deployment", meta=f", {NEARLY}"), f"metadata.labels[{NEAR}]", *MEANT),
    "a namespace's": (NAMESPACE % NEARLY, f"metadata.labels[{NEAR}]", *MEANT),
    "a label of ringfence's domain that is like none": (
        controller("Deployment", meta=", labels: {ringfence.dev/x: a}"), "metadata.labels[ringfence.dev/x]",
        "is no tag", f"the tags are ringfence.dev/tenant and {LEVEL}",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "path", "reason", "fix"), WRONG.values(), ids=WRONG)
def test_refused_is(text, path, reason, fix):
    (found,) = faults_of(text, controller("Deployment", "other"))
    assert found == (1, path, f"{reason}; {fix}")
    (found,) = faults_of(json.dumps(yaml.safe_load(text)), nodes=json.dumps(yaml.safe_load(controller("Deployment", "other"))))
    assert found == (1, path, f"{reason}; {fix}"), "as JSON"


@pytest.mark.parametrize("slash", [r"\/", r"\u002f", r"\u002F"])
def test_a_key_that_json_escapes_is_the_same_key(slash):
    text = json.dumps(yaml.safe_load(NAMESPACE % ANNOTATED)).replace(LEVEL, LEVEL.replace("/", slash))
    other = json.dumps(yaml.safe_load(controller("Deployment", "other")))
    assert [path for _, path, _ in faults_of(text, nodes=other)] == [f"metadata.annotations[{LEVEL}]"]


def test_a_key_of_the_policy_is_looked_for_in_json_too():
    meta = {"name": "shop", "annotations": {"team/level": "a"}}
    found = [json.dumps({"apiVersion": "v1", "kind": kind, "metadata": meta}) for kind in ("Namespace", "Node")]
    policy = TrustPolicy("p", ("a",), labels=PolicyLabels("team/level"))
    ((_, path, _), *_) = faults_of(found[0], policy=policy, nodes=found[1])
    assert path == "metadata.annotations[team/level]"


def test_of_what_a_cluster_has_stored_it_is_named():
    cluster = cluster_of(controller("Deployment", meta=f", uid: u, {ANNOTATED}"))
    assert said(cluster)["Deployment/web"] == f"annotations: {LEVEL} is read among labels only; move it to the labels"


RIGHT = {
    "the keys of the policy": (TrustPolicy("p", ("a",), labels=PolicyLabels("team/level")), "labels: {team/level: a}"),
    "its own keys, though the policy has others": (
        TrustPolicy("p", ("a",), labels=PolicyLabels("team/level")), f"labels: {{{LEVEL}: a}}, annotations: {{{LEVEL}: a}}",
    ),
    "what a rule selects by": (
        TrustPolicy("p", ("a",), assign=(Assignment("a", Match(labels=LabelSelector(FrozenMap({NEAR: "a"})))),)), NEARLY,
    ),
    "other annotations": (None, "annotations: {example.com/trust-level: a, note: ringfence.dev/}"),
}  # fmt: skip


@pytest.mark.parametrize(("policy", "meta"), RIGHT.values(), ids=RIGHT)
def test_taken_is(policy, meta):
    assert cluster_of(controller("Deployment", meta=f", {meta}"), policy=policy).workloads
