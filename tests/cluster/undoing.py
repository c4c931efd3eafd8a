"""A plan is made again from the live cluster, or taken back: nothing changes, or all is as it was."""

from typing import Any

from tests.cluster.client import RefusedError
from tests.cluster.life import Life, nodes_of
from tests.cluster.observe import PUT_OUT, ended_by, key_of
from tests.cluster.stage import WORKLOADS, pod_spec

Object = dict[str, Any]
FIXED = ("Pod", "Job")
"""What cannot be changed but only replaced."""


def cramped(life: Life) -> dict[str, str]:
    """Plan from the live cluster; return the nodes that have to change their ring, each with the one that it goes to.

    kube-scheduler may have put the pods that run so that those which come on top at times, like a CronJob's, find no room beside
    them: that is proven then, and the plan gives their ring an idle node, or, if that does not do, one whose pods can move to
    others. It happens only where not every order is safe.
    """
    life.stage.plan("again", "--kubeconfig", life.plane.kubeconfig, "--policy", life.scenario.policy)
    plan = life.stage.planned("again")
    goals = {goal["name"]: goal for goal in plan["goals"]}
    if not goals["relabels"]["value"] or any(goals[name]["value"] > goals[name]["bound"] for name in ("moves", "relabels")):
        return {}
    homes = {node: ring["name"] for ring in life.plan["rings"] for node in ring["nodes"]}
    now = {node: ring["name"] for ring in plan["rings"] for node in ring["nodes"]}
    return {node: now.get(node, "") for node in homes if homes[node] != now.get(node)}


def patched_again(life: Life) -> tuple[list[str], str]:
    """Patch by the plan from the live cluster; return the patches of workloads, and what apply.sh says."""
    folder = life.stage.patch("again")
    files = sorted(path.relative_to(folder).as_posix() for path in (folder / "workloads").rglob("*") if path.is_file())
    return files, life.stage.script(folder / "nodes" / "apply.sh")


def moves(life: Life) -> int:
    """Return how many running pods the plan from the live cluster moves."""
    return next(int(goal["value"]) for goal in life.stage.planned("again")["goals"] if goal["name"] == "moves")


def undo(life: Life) -> None:
    """Do what a user does to go back: undo.sh, and the workloads built without the Component."""
    life.stage.script(life.patch / "nodes" / "undo.sh", "taint")
    bare = [each for each in life.bare if each["kind"] in WORKLOADS]
    fixed = [each for each in bare if each["kind"] in FIXED]
    life.plane.delete(fixed)
    life.plane.wait(lambda: not any(_there(life, each) for each in fixed), "what cannot be changed is gone")
    life.plane.apply(bare)
    life.stage.script(life.patch / "nodes" / "undo.sh", "label")


def _there(life: Life, thing: Object) -> bool:
    return life.plane.try_request("GET", life.plane.client.path(thing))[0] != 404


def node_differences(life: Life) -> dict[str, tuple[Object | None, Object | None]]:
    """Return the nodes that are not as they were before the plan, each with what it was and what it is."""
    now = nodes_of(life.plane)
    return {
        name: (life.before.get(name), now.get(name)) for name in {*now, *life.before} if now.get(name) != life.before.get(name)
    }


def workload_differences(life: Life) -> dict[str, tuple[Object, Object]]:
    """Return the workloads whose pods are not what the API server makes of the manifests without patches."""
    found = {}
    for each in life.bare:
        if each["kind"] in WORKLOADS:
            was, now = _bare_spec(life, each), pod_spec(_as_it_is(life, each))
            if each["kind"] == "Pod":
                was, now = _as_made(was), _as_made(now)
            if was != now:
                found["/".join(key_of(each))] = (was, now)
    return found


def _as_it_is(life: Life, thing: Object) -> Object:
    """Ask for an object; a bare pod that others were more important than is as it was last."""
    if thing["kind"] == "Pod" and not _there(life, thing) and (seen := life.last_seen(thing)) and ended_by(seen) == PUT_OUT:
        return seen
    return life.plane.request("GET", life.plane.client.path(thing))


def _bare_spec(life: Life, thing: Object) -> Object:
    """Ask the API server what it would store of the manifest."""
    named = {**thing, "metadata": {**thing["metadata"], "name": f"{thing['metadata']['name']}-x"}}
    try:
        return pod_spec(life.plane.create([named], "?dryRun=All")[0])
    except RefusedError as error:
        raise AssertionError(f"{'/'.join(key_of(thing))}: {error}") from error


def _as_made(spec: Object) -> Object:
    """Leave out what differs from pod to pod: where it runs, and the token that is mounted under a random name."""
    left = {key: value for key, value in spec.items() if key not in ("nodeName", "volumes", "hostname")}
    for field in ("containers", "initContainers"):
        left[field] = [{key: value for key, value in each.items() if key != "volumeMounts"} for each in left.get(field, ())]
    return left
