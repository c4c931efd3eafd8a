"""What the API server's validation refuses in Jobs and CronJobs, beside their pods.

Source: pkg/apis/batch/validation/validation.go, pkg/apis/batch/v1/defaults.go.
"""

import re
from typing import Any

from planner.read.documents.field import Spot
from planner.read.validation.object_rules import Table, below, between, key, needs, one_of, whole, within
from planner.read.values import names

_COUNT = between(0)
_INDEXED = "Indexed"
_MOST, _MOST_OF_MANY = 100_000, 10_000
_LONGEST_MANAGER = 63
_AREAS = (
    "Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Brazil|Canada|Chile|Etc|Europe|Indian|Mexico|Pacific|US|posix|right"
)
_OTHERS = (
    "CET|CST6CDT|Cuba|EET|EST|EST5EDT|Egypt|Eire|Factory|GB|GB-Eire|GMT|GMT[+]0|GMT-0|GMT0|Greenwich|HST|Hongkong|Iceland|Iran|"
    "Israel|Jamaica|Japan|Kwajalein|Libya|MET|MST|MST7MDT|NZ|NZ-CHAT|Navajo|PRC|PST8PDT|Poland|Portugal|ROC|ROK|Singapore|Turkey|"
    "UCT|UTC|Universal|W-SU|WET|Zulu"
)
"""Those outside of any area: no others will come to be."""
_ZONE = re.compile(rf"(?:{_AREAS})(?:/[A-Za-z][-A-Za-z._0-9+]{{0,13}}){{1,3}}|{_OTHERS}", re.ASCII)
_JOB_NAMES = ("batch.kubernetes.io/job-name", "job-name")
_OWN_LABELS = frozenset((*_JOB_NAMES, "batch.kubernetes.io/controller-uid", "controller-uid"))


def _check_indexes(spot: Spot, spec: Any) -> None:
    """Refuse what an indexed Job may not have, and what only an indexed one may have."""
    if within(spec, "maxFailedIndexes") is not None and within(spec, "backoffLimitPerIndex") is None:
        spot.at("backoffLimitPerIndex").fault("is missing beside maxFailedIndexes", "write both, or neither")
    if within(spec, "completionMode") == _INDEXED:
        _check_limits(spot, spec)
        return
    for field in ("backoffLimitPerIndex", "maxFailedIndexes", "successPolicy"):
        if within(spec, field) is not None:
            spot.at(field).fault("is for indexed Jobs only", f"write completionMode: {_INDEXED}, or leave it out")


def _check_limits(spot: Spot, spec: Any) -> None:
    parallel, failed, completions = (whole(within(spec, name)) for name in ("parallelism", "maxFailedIndexes", "completions"))
    is_large = (completions or 0) > _MOST and within(spec, "backoffLimitPerIndex") is not None
    most = _MOST_OF_MANY if is_large else _MOST
    if is_large and failed is None:
        spot.at("maxFailedIndexes").fault(f"is missing where completions are more than {_MOST}", f"write {most} or less")
    fewer = most if completions is None else min(most, completions)
    for field, value, limit in (("parallelism", parallel, most), ("maxFailedIndexes", failed, fewer)):
        if value is not None and value > limit:
            spot.at(field).fault(f"{value} is more than this indexed Job may have", f"write {limit} or less")


def _check_completions(spot: Spot, spec: Any) -> None:
    if within(spec, "completionMode") == _INDEXED and within(spec, "completions") is None:
        spot.at("completions").fault(f"is missing where completionMode is {_INDEXED}", "write how many indexes there are")


def _check_job(spot: Spot, job: Any) -> None:
    """Refuse labels of pods that say they are another Job's, and an indexed Job whose last pod could not be a host's name.

    One that says neither completions nor parallelism has one of each, unless a CronJob makes it.
    """
    name, spec, there = within(job, "metadata.name") or "", within(job, "spec"), spot.at("spec")
    if within(spec, "parallelism") is not None:
        _check_completions(there, spec)
    if not within(spec, "manualSelector"):
        _check_own_labels(there, spec, name)
    last = (whole(within(spec, "completions")) or 0) - 1
    if within(spec, "completionMode") == _INDEXED and last >= 0 and not names.is_dns_label(f"{name}-{last}"):
        spot.at("metadata.name").fault(f"no pod can be called {name}-{last}", "give the Job a shorter name, without dots")


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


def _check_failures(spot: Spot, spec: Any) -> None:
    """Refuse a policy for failed pods where they start again in place, and rules that say too much or too little."""
    if within(spec, "podFailurePolicy") is None:
        return
    if within(spec, "template.spec.restartPolicy") == "OnFailure":
        spot.at("template.spec.restartPolicy").fault("must be Never beside podFailurePolicy", "write restartPolicy: Never")
    if within(spec, "podReplacementPolicy") == "TerminatingOrFailed":
        spot.at("podReplacementPolicy").fault("must be Failed beside podFailurePolicy", "write Failed, or leave it out")
    for at, rule in enumerate(within(spec, "podFailurePolicy.rules") or ()):
        here = spot.at(f"podFailurePolicy.rules[{at}]")
        if bool(within(rule, "onPodConditions")) == (within(rule, "onExitCodes") is not None):
            here.fault("has not exactly one of onExitCodes and onPodConditions", "write one of the two")
        if within(rule, "action") == "FailIndex" and within(spec, "backoffLimitPerIndex") is None:
            here.at("action").fault("FailIndex is nothing without backoffLimitPerIndex", "write that, or another action")


def _check_spec(spot: Spot, spec: Any) -> None:
    _check_indexes(spot, spec)
    _check_failures(spot, spec)


def _check_zone(spot: Spot, zone: Any) -> None:
    """Refuse what no time zone can be called: which ones there are changes from year to year."""
    if not _ZONE.fullmatch(str(zone)):
        spot.fault(f"{zone!r} is no time zone", "write one of https://www.iana.org/time-zones, such as Europe/Berlin")


def _check_schedule(spot: Spot, schedule: Any) -> None:
    if "TZ" in str(schedule):
        spot.fault("has a time zone in it", "write the time zone into timeZone")


def _check_manager(spot: Spot, manager: Any) -> None:
    domain, _, path = str(manager).partition("/")
    if not path or not names.is_dns_name(domain) or len(str(manager)) > _LONGEST_MANAGER:
        spot.fault(f"{manager!r} is no manager", f"write at most {_LONGEST_MANAGER} characters: a domain, '/' and a name")


_JOB: Table = {
    **dict.fromkeys(("backoffLimit", "ttlSecondsAfterFinished", "backoffLimitPerIndex", "maxFailedIndexes"), _COUNT),
    "completionMode": one_of("NonIndexed", _INDEXED),
    "podReplacementPolicy": one_of("Failed", "TerminatingOrFailed"),
    "podFailurePolicy.rules[]": needs("action"),
    "podFailurePolicy.rules[].action": one_of("Count", "FailIndex", "FailJob", "Ignore", ""),
    "podFailurePolicy.rules[].onExitCodes": needs("operator", "values"),
    "podFailurePolicy.rules[].onExitCodes.operator": one_of("In", "NotIn", ""),
    "podFailurePolicy.rules[].onPodConditions[].type": key,
    "podFailurePolicy.rules[].onPodConditions[].status": one_of("True", "False", "Unknown", ""),
    "managedBy": _check_manager,
    "": _check_spec,
}
_CRON_JOB: Table = {
    **dict.fromkeys(("successfulJobsHistoryLimit", "failedJobsHistoryLimit"), _COUNT),
    "startingDeadlineSeconds": between(0, 2**63 - 1),
    "": needs("schedule"),
    "schedule": _check_schedule,
    "timeZone": _check_zone,
    **below("jobTemplate.spec", _JOB),
    "jobTemplate": _check_run,
}
BATCH: dict[str, Table] = {
    "CronJob": below("spec", _CRON_JOB),
    "Job": {**below("spec", _JOB), "": _check_job},
}
