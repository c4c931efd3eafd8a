"""Every workload of a life rolls out again, at its full size; what a StatefulSet does meanwhile is watched."""

from collections.abc import Iterator
from typing import Any

from tests.cluster.client import MERGE
from tests.cluster.life import Life
from tests.cluster.observe import PUT_OUT, Key, ended_by, key_of, owner_of, running

Object = dict[str, Any]
AGAIN = "example.com/again"
ROLLED = ("Deployment", "StatefulSet", "DaemonSet")


def change(life: Life, thing: Object, patch: Object) -> None:
    """Change fields of an object that is there."""
    life.plane.request("PATCH", life.plane.client.path(thing), patch, MERGE)


def scale_up(life: Life) -> int:
    """Do what every HorizontalPodAutoscaler may: ask for its most pods; return how many did."""
    autoscalers = [each for each in life.patched if each["kind"] == "HorizontalPodAutoscaler"]
    targets = {key_of(each): each for each in life.patched}
    for each in autoscalers:
        target = each["spec"]["scaleTargetRef"]
        thing = targets[target["kind"], each["metadata"]["namespace"], target["name"]]
        change(life, thing, {"spec": {"replicas": each["spec"]["maxReplicas"]}})
    return len(autoscalers)


def roll_out(life: Life) -> list[str]:
    """Change the template of every workload at once, and start a run of every CronJob; return who did."""
    found = [each for each in life.patched if each["kind"] in ROLLED]
    calls = [lambda each=each: change(life, each, _annotated("now")) for each in found]
    life.plane.client.parallel(calls)
    runs = [_run_of(life, each) for each in life.patched if each["kind"] == "CronJob"]
    life.plane.create(runs)
    return ["/".join(key_of(each)) for each in found] + [each["metadata"]["name"] for each in runs]


def forget(life: Life) -> None:
    """Take back what the rollout changed in the templates."""
    for each in life.patched:
        if each["kind"] in ROLLED:
            change(life, each, _annotated(None))


def _annotated(value: str | None) -> Object:
    return {"spec": {"template": {"metadata": {"annotations": {AGAIN: value}}}}}


def _run_of(life: Life, cron_job: Object) -> Object:
    """Make what `kubectl create job --from=cronjob/NAME` makes."""
    metadata = cron_job["metadata"]
    owner = {"apiVersion": "batch/v1", "kind": "CronJob", "name": metadata["name"], "controller": True}
    owner["uid"] = life.plane.request("GET", life.plane.client.path(cron_job))["metadata"]["uid"]
    named = {"name": f"{metadata['name']}-1", "namespace": metadata["namespace"], "ownerReferences": [owner]}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": named, "spec": cron_job["spec"]["jobTemplate"]["spec"]}


def not_one_by_one(life: Life, since: int) -> Iterator[str]:
    """Say which StatefulSets had more than one pod away at once since an event, though they replace them in order.

    Those that kube-scheduler puts out for others are away without their doing.
    """
    orderly = {key_of(each) for each in life.patched if each["kind"] == "StatefulSet" and _in_order(each)}
    away: dict[Key, set[str]] = {}
    put_out: set[str] = set()
    for kind, pod in life.pods.events[since:]:
        owner = owner_of(pod, life.ring_of)
        if owner not in orderly:
            continue
        names, name = away.setdefault(owner, set()), pod["metadata"]["name"]
        if kind != "DELETED" and running(pod):
            names.discard(name)
            put_out.discard(name)
        elif name in put_out or ended_by(pod) == PUT_OUT:
            names.discard(name)
            put_out.add(name)
        else:
            names.add(name)
        if len(names) > 1:
            yield f"{'/'.join(owner)}: {sorted(names)} at once"


def _in_order(stateful_set: Object) -> bool:
    parallel = stateful_set["spec"].get("podManagementPolicy") == "Parallel"
    return not parallel and stateful_set["spec"].get("updateStrategy", {}).get("type", "RollingUpdate") == "RollingUpdate"
