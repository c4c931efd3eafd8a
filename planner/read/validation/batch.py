"""What the API server's validation refuses in Jobs and CronJobs, as far as it bears on their pods, or on what ends them for good.

Source: pkg/apis/batch/validation/validation.go, pkg/apis/batch/v1/defaults.go.
"""

from typing import Any

from planner.read.documents.field import Spot
from planner.read.validation.object_rules import Table, below, between, needs, one_of, whole, within

_INDEXED = "Indexed"
_MOST, _MOST_OF_MANY = 100_000, 10_000
"""Pods at once of an indexed Job, and of one with more indexes than that: the controller keeps the numbers of all that run."""
_JOB_NAMES = ("batch.kubernetes.io/job-name", "job-name")
_OWN_LABELS = frozenset((*_JOB_NAMES, "batch.kubernetes.io/controller-uid", "controller-uid"))


def _check_indexes(spot: Spot, spec: Any) -> None:
    """Refuse more pods at once than an indexed Job may have, and retries by index of a Job that has none."""
    if within(spec, "completionMode") != _INDEXED:
        if within(spec, "backoffLimitPerIndex") is not None:
            spot.at("backoffLimitPerIndex").fault(
                "is for indexed Jobs only", f"write completionMode: {_INDEXED}, or leave it out"
            )
        return
    is_large = (whole(within(spec, "completions")) or 0) > _MOST and within(spec, "backoffLimitPerIndex") is not None
    parallelism, most = whole(within(spec, "parallelism")) or 0, _MOST_OF_MANY if is_large else _MOST
    if parallelism > most:
        spot.at("parallelism").fault(f"{parallelism} is more than this indexed Job may have", f"write {most} or less")


def _check_completions(spot: Spot, spec: Any) -> None:
    if within(spec, "completionMode") == _INDEXED and within(spec, "completions") is None:
        spot.at("completions").fault(f"is missing where completionMode is {_INDEXED}", "write how many indexes there are")


def _check_job(spot: Spot, job: Any) -> None:
    """Refuse labels of pods that say they are another Job's, and an indexed Job that does not say how many indexes it has.

    One that says neither completions nor parallelism has one of each, unless a CronJob makes it.
    """
    name, spec, there = within(job, "metadata.name") or "", within(job, "spec"), spot.at("spec")
    if within(spec, "parallelism") is not None:
        _check_completions(there, spec)
    if not within(spec, "manualSelector"):
        _check_own_labels(there, spec, name)


def _check_own_labels(spot: Spot, spec: Any, name: str) -> None:
    labels = within(spec, "template.metadata.labels") or {}
    for label in _JOB_NAMES:
        if labels.get(label, name) != name:
            spot.at("template.metadata.labels").key(label).fault(f"must be {name!r}", "leave the label out")
    if (within(spec, "selector.matchLabels") or {}).keys() - _OWN_LABELS:
        spot.at("selector").fault("is for the API server to make", "leave it out, or write manualSelector: true")


def _check_run(spot: Spot, template: Any) -> None:
    """Refuse what a CronJob leaves to the API server."""
    spec, there = within(template, "spec"), spot.at("spec")
    _check_completions(there, spec)
    for field in ("manualSelector", "selector"):
        if within(spec, field):
            there.at(field).fault("is not allowed in a CronJob: the API server selects its pods", "leave it out")


_JOB: Table = {
    "backoffLimit": between(0),
    "backoffLimitPerIndex": between(0),
    "completionMode": one_of("NonIndexed", _INDEXED),
    "podFailurePolicy.rules[]": needs("action"),
    "podFailurePolicy.rules[].action": one_of("Count", "FailIndex", "FailJob", "Ignore", ""),
    "": _check_indexes,
}
BATCH: dict[str, Table] = {
    "CronJob": {
        "spec": needs("schedule"),
        "spec.jobTemplate": _check_run,
        **below("spec.jobTemplate.spec", _JOB),
    },
    "Job": {**below("spec", _JOB), "": _check_job},
}
