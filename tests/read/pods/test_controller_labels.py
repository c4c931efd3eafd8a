"""Labels that are added to pods: those of a Job's name are in its template, as the API server stores it, all others are named."""

import pytest

from planner.read.pods.controller_labels import ADDED, of_job, of_runs, unknown_keys_of
from planner.read.schema.workload_schema import JobSpec
from tests.read.cluster_reader import ENDING, SELECTOR, controller, cron_job, faults_of, job, only, pod

NAMES = {"batch.kubernetes.io/job-name": "web", "job-name": "web"}
UIDS = {"batch.kubernetes.io/controller-uid", "controller-uid"}
INDEX = "batch.kubernetes.io/job-completion-index"
STORED = ENDING.replace("app: web", "app: web, job-name: other, controller-uid: u")

LABELS = {
    "a Job's pods carry its name": (job(), {"app": "web", **NAMES}),
    "whoever names their selector does not": (job(more=f", manualSelector: true, {SELECTOR}"), {"app": "web"}),
    "whoever says that they do not name it does": (job(more=", manualSelector: false"), {"app": "web", **NAMES}),
    "what the template has already stays": (
        job(meta=", uid: u").replace(ENDING, STORED),
        {"app": "web", **NAMES, "job-name": "other", "controller-uid": "u"},
    ),
    "a template without labels gets them": (job().replace("labels: {app: web}", ""), NAMES),
    "a CronJob's runs have names that nobody knows": (cron_job(), {"app": "web"}),
    "a Deployment's template stays as it is": (controller("Deployment"), {"app": "web"}),
    "a pod of a Job has what it has": (pod("web", owner=("batch/v1", "Job", "gone"), meta=", labels: {a: b}"), {"a": "b"}),
}


@pytest.mark.parametrize(("text", "labels"), LABELS.values(), ids=LABELS)
def test_the_labels_of_pods(text, labels):
    assert dict(only(text).template.labels) == labels


def test_a_job_whose_name_is_no_label_is_refused_as_its_pods_would_be():
    faults = faults_of(job("a" * 64))
    assert {field for _, field, _ in faults} == {
        f"spec.template.metadata.labels{key}" for key in (f"[{next(iter(NAMES))}]", ".job-name")
    }


UNKNOWN = {
    "a Job does not know its uid": (of_job("web", JobSpec(), {})[1], UIDS),
    "one that lives does": (of_job("web", JobSpec(), dict.fromkeys(UIDS, "u"))[1], set()),
    "with a selector of one's own there is none": (of_job("web", JobSpec(manual_selector=True), {})[1], set()),
    "pods with an index differ in it": (of_job("web", JobSpec(completion_mode="Indexed"), {})[1], {*UIDS, INDEX}),
    "also with a selector of one's own": (
        of_job("web", JobSpec(manual_selector=True, completion_mode="Indexed"), {})[1],
        {INDEX},
    ),
    "others have no index": (of_job("web", JobSpec(completion_mode="NonIndexed"), {})[1], UIDS),
    "a CronJob knows neither names nor uids": (of_runs(JobSpec(), {}), {*UIDS, *NAMES}),
    "but what its template says": (of_runs(JobSpec(), {"job-name": "web"}), {*UIDS, "batch.kubernetes.io/job-name"}),
    "a Deployment": (unknown_keys_of(("apps", "Deployment")), {"pod-template-hash"}),
    "a ReplicaSet has the hash in its template": (unknown_keys_of(("apps", "ReplicaSet")), set()),
    "a StatefulSet": (
        unknown_keys_of(("apps", "StatefulSet")),
        {"controller-revision-hash", "apps.kubernetes.io/pod-index", "statefulset.kubernetes.io/pod-name"},
    ),
    "a DaemonSet": (unknown_keys_of(("apps", "DaemonSet")), {"controller-revision-hash", "pod-template-generation"}),
    "a Rollout": (unknown_keys_of(("argoproj.io", "Rollout")), {"rollouts-pod-template-hash"}),
    "a Pod": (unknown_keys_of(("", "Pod")), set()),
}


@pytest.mark.parametrize(("found", "expected"), UNKNOWN.values(), ids=UNKNOWN)
def test_what_is_not_known_of_the_labels(found, expected):
    assert found == expected
    assert found <= ADDED
