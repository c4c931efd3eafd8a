"""What is seen of pods and controllers: whose they are, whether they run, and who shared a node with whom and when."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from tests.cluster.bed import ControlPlane

Object = dict[str, Any]
Key = tuple[str, str, str]
"""Kind, namespace and name of a workload."""
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
DONE = ("Succeeded", "Failed")
OWNERS = {"ReplicaSet": "Deployment", "Job": "CronJob"}
PUT_OUT, ORPHANED = "PreemptionByScheduler", "DeletionByPodGC"
"""Who ended a pod: kube-scheduler for one that is more important, or the garbage collector once its node had gone."""


def key_of(thing: Object) -> Key:
    """Return kind, namespace and name of an object of a manifest."""
    return thing["kind"], thing["metadata"].get("namespace") or "default", thing["metadata"]["name"]


def key_in_plan(entry: Object) -> Key:
    """Return kind, namespace and name of the workload of a plan's entry."""
    return entry["workload"]["kind"], entry["workload"]["namespace"], entry["workload"]["name"]


def rings(plan: Object) -> dict[Key, str | None]:
    """Return the ring of every workload of a plan; None for a resident of every ring."""
    planned: dict[Key, str | None] = {key_in_plan(each): each["ring"] for each in plan["placements"]}
    return planned | {key_in_plan(each): None for each in plan.get("shared", ())}


def owner_of(pod: Object, known: Iterable[Key]) -> Key:
    """Return kind, namespace and name of the workload that a pod comes from, up its controllers to one that is known."""
    namespace = pod["metadata"]["namespace"]
    owners = [each for each in pod["metadata"].get("ownerReferences", ()) if each.get("controller")]
    if not owners:
        return "Pod", namespace, pod["metadata"]["name"]
    kind, name = owners[0]["kind"], owners[0]["name"]
    if (kind, namespace, name) not in known and kind in OWNERS:
        return OWNERS[kind], namespace, name.rpartition("-")[0]
    return kind, namespace, name


def mixtures(events: Iterable[tuple[str, Object]], ring_of: Callable[[Object], str | None]) -> list[str]:
    """Replay what happened to pods, in order, and say at which moment a node held pods of two rings.

    `ring_of` names the ring of a pod, None for a shared resident.
    """
    there: dict[str, dict[str, str]] = {}
    found = []
    for kind, pod in events:
        name, node = f"{pod['metadata']['namespace']}/{pod['metadata']['name']}", pod["spec"].get("nodeName")
        ring = ring_of(pod)
        if node is None or ring is None:
            continue
        on_node = there.setdefault(node, {})
        if kind == "DELETED" or pod.get("status", {}).get("phase") in DONE:
            on_node.pop(name, None)
            continue
        on_node[name] = ring
        if len(set(on_node.values())) > 1:
            found.append(f"{node} holds {on_node}")
    return found


def running(pod: Object) -> bool:
    """Say whether a pod runs, or has done so, and is not being deleted."""
    ending = "deletionTimestamp" in pod["metadata"]
    return pod.get("status", {}).get("phase") in ("Running", *DONE) and bool(pod["spec"].get("nodeName")) and not ending


def is_done(pod: Object) -> bool:
    """Say whether a pod has done its work."""
    return pod.get("status", {}).get("phase") in DONE


def ended_by(pod: Object) -> str:
    """Return why others than its owner ended a pod, as its condition says; empty where it says nothing."""
    conditions = pod.get("status", {}).get("conditions", ())
    return next((str(one.get("reason", "")) for one in conditions if one["type"] == "DisruptionTarget"), "")


def node_meant(pod: Object) -> str | None:
    """Return the node that a DaemonSet has made its pod for; None for a pod of others."""
    terms = pod["spec"].get("affinity", {}).get("nodeAffinity", {}).get(REQUIRED, {}).get("nodeSelectorTerms", ())
    return next((name for term in terms for one in term.get("matchFields", ()) for name in one["values"]), None)


def refusal(pod: Object) -> str:
    """Return what kube-scheduler says of a pod that it cannot place; empty where it says nothing."""
    for condition in pod.get("status", {}).get("conditions", ()):
        if condition["type"] == "PodScheduled" and condition["status"] == "False" and not pod["spec"].get("nodeName"):
            return str(condition.get("message", ""))
    return ""


def controllers(plane: ControlPlane) -> dict[Key, Object]:
    """Return what makes pods, and bare pods, by kind, namespace and name."""
    return {(kind, *_name(each)): each for kind, path in PATHS.items() for each in plane.items(path)}


def unfinished(found: Mapping[Key, Object], wanted: Iterable[Key]) -> list[str]:
    """Name the workloads whose controllers have not yet made, of the newest template, all pods that they are to make."""
    return sorted("/".join(key) for key in wanted if key[0] in PATHS and not (key in found and finished(key[0], found[key])))


def left_behind(plane: ControlPlane) -> dict[str, list[str]]:
    """Name what is still there, by kind, where nothing should be."""
    found = {kind: [each["metadata"]["name"] for each in plane.items(path)] for kind, path in EMPTY_AT_LAST.items()}
    return {kind: names for kind, names in found.items() if names}


PATHS = {
    "Pod": "/api/v1/pods",
    "Deployment": "/apis/apps/v1/deployments",
    "StatefulSet": "/apis/apps/v1/statefulsets",
    "DaemonSet": "/apis/apps/v1/daemonsets",
    "ReplicaSet": "/apis/apps/v1/replicasets",
    "ReplicationController": "/api/v1/replicationcontrollers",
    "Job": "/apis/batch/v1/jobs",
}
EMPTY_AT_LAST = {**PATHS, "Node": "/api/v1/nodes", "PersistentVolume": "/api/v1/persistentvolumes"}
"""Where nothing may be once those who share a control plane are through with it."""


def _name(thing: Object) -> tuple[str, str]:
    return thing["metadata"]["namespace"], thing["metadata"]["name"]


def finished(kind: str, thing: Object) -> bool:
    """Say whether a controller has nothing left to make or to replace, and all its pods are ready or completed."""
    status: Object = thing.get("status", {})
    if kind == "Pod":
        return True
    if kind == "Job":
        return any(each["type"] == "Complete" and each["status"] == "True" for each in status.get("conditions", ()))
    if status.get("observedGeneration") != thing["metadata"]["generation"]:
        return False
    if kind == "DaemonSet":
        wanted = status.get("desiredNumberScheduled", 0)
        return [status.get(name, 0) for name in ("currentNumberScheduled", "updatedNumberScheduled", "numberReady")] == [
            wanted
        ] * 3
    return list(_counts(kind, status)) == [thing["spec"].get("replicas", 1)] * len(list(_counts(kind, status)))


def _counts(kind: str, status: Mapping[str, int]) -> Iterator[int]:
    yield from (status.get(name, 0) for name in ("replicas", "readyReplicas"))
    if kind in ("Deployment", "StatefulSet"):
        yield status.get("updatedReplicas", 0)
