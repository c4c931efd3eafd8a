"""Jobs and CronJobs -> how many pods at once: what is still to do, and how many runs may overlap."""

from models.trust import Demand
from planner.read.documents.field import Spot
from planner.read.documents.remarks import remark
from planner.read.schema import workload_schema
from planner.read.values.cron_schedule import NotASchedule, shortest_interval

Count = tuple[int, str]
"""How many pods, and in words why, where that is not simply spec.replicas."""

_ALLOW = "Allow"
_POLICIES = (_ALLOW, "Forbid", "Replace")
_MOST = 10**12
"""As many pods of overlapping runs are counted: no cluster holds a part of them, and sums of it are exact in every format."""
_UNENDED = 2
"""Runs that are counted where nothing ends one: at no number is it sure that no more overlap, and the plan says so."""
_STEADY_ZONES = ("", "UTC", "Etc/UTC")
_FORM = "write five fields (minute, hour, day of the month, month, day of the week), such as 30 2 * * 1-5"


def job_count(spot: Spot, spec: workload_schema.JobSpec, succeeded: int) -> Count:
    """Count the pods that a Job runs at once, until it has completed as many as it is to."""
    amounts = {
        "parallelism": spec.parallelism,
        "completions": spec.completions,
        "activeDeadlineSeconds": spec.active_deadline_seconds,
    }
    for field, value in amounts.items():
        if value is not None and value < 0:
            spot.at(field).fault(f"{value} is negative", "write 0 or more")
    if spec.suspend:
        return 0, "suspended"
    parallelism = 1 if spec.parallelism is None else max(0, spec.parallelism)
    if spec.completions is None:
        return parallelism, "parallelism" if parallelism != 1 else ""
    remaining = max(0, spec.completions - succeeded)
    pods = min(parallelism, remaining)
    return pods, "" if pods == 1 else f"the lesser of parallelism {parallelism} and completions still to come {remaining}"


def cron_job_count(spot: Spot, name: str, spec: workload_schema.CronJobSpec, demand: Demand) -> Count:
    """Count the pods of the runs of a CronJob that may be there at once."""
    job = (spec.job_template.spec if spec.job_template else None) or workload_schema.JobSpec()
    pods, why = job_count(spot.at("jobTemplate.spec"), job, 0)
    policy = spec.concurrency_policy or _ALLOW
    if policy not in _POLICIES:
        spot.at("concurrencyPolicy").fault(f"{policy!r} is not a choice", f"write {', '.join(_POLICIES)}")
    interval = _interval(spot.at("schedule"), spec.schedule)
    if spec.suspend or not pods:
        return 0, "suspended" if spec.suspend else why
    if policy != _ALLOW or demand.cron_jobs == "one" or interval is None:
        return pods, why or "one run"
    deadline = job.active_deadline_seconds
    if deadline is None:
        spot.state(name, remark("runs overlap", runs=_UNENDED))
        runs, ended = _UNENDED, "nothing ends a run"
    else:
        runs = max(1, -(-deadline // interval))
        ended = f"a run ends after {deadline} s, and the next starts {interval} s after it at the earliest"
        ended += "" if (spec.time_zone or "") in _STEADY_ZONES else ", but for a change of summer time"
    if runs == 1:
        return pods, why or "one run"
    size = f" of {pods} pods each" if pods > 1 else ""
    return min(pods * runs, _MOST), f"{runs} runs{size} may overlap (concurrencyPolicy {_ALLOW}, {ended})"


def _interval(spot: Spot, schedule: str | None) -> int | None:
    """Return how soon one run follows another; a schedule that is left out is as frequent as any."""
    if not schedule:
        return 60
    try:
        return shortest_interval(schedule)
    except NotASchedule as error:
        spot.fault(str(error), _FORM)
        return None
