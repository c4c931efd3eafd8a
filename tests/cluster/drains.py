"""A node of a ring is drained as `kubectl drain` does it: cordoned, then its pods are evicted as their budgets allow."""

import re
from collections import Counter
from typing import Any

from tests.cluster import losses
from tests.cluster.client import MERGE
from tests.cluster.life import Life
from tests.cluster.observe import Key, key_of, owner_of, running
from tests.cluster.stage import pod_spec

Object = dict[str, Any]
MAKERS = ("Deployment", "StatefulSet", "ReplicaSet", "ReplicationController")
"""Whose pods are made again elsewhere."""
TOO_MANY = 429
COUNTING = 180
"""A budget waits two minutes for a pod whose eviction was granted and came to nothing."""
NAME = re.compile(r"\w+/[\w.-]+/[\w.-]*\w")
"""How a workload is called in a sentence."""


def choose(life: Life, outlook: losses.Foretold) -> str:
    """Return the node whose loss is said to leave fewest pods pending; of several that with most pods that are said to stay."""
    there = [pod for pod in life.pods.objects.values() if _is_made_again(life, pod) and life.ring(pod)]
    held = Counter(pod["spec"]["nodeName"] for pod in there)
    kept = Counter(pod["spec"]["nodeName"] for pod in there if any(_protects(each, pod) for each in _said_to_stop(life)))
    ring_of = {node: ring["name"] for ring in life.plan["rings"] for node in ring["nodes"]}
    known = [node for node in held if ring_of[node] in outlook.rings]
    assert known, f"no ring has the nodes that it had: {sorted(outlook.rings)}"
    most = {node: losses.said(outlook.losses, "node", node, ring_of[node]).most for node in known}
    return min(known, key=lambda node: (most[node], -kept[node], -held[node], node))


def _said_to_stop(life: Life) -> list[Object]:
    """Return the budgets of which the plan says that they let no drain end."""
    said = {each["subject"] for each in life.plan["notModelled"]}
    return [each for each in _budgets(life) if "/".join(key_of(each)) in said]


def _is_made_again(life: Life, pod: Object) -> bool:
    return running(pod) and owner_of(pod, life.ring_of)[0] in MAKERS


def cordon(life: Life, node: str, *, wish: bool) -> None:
    """Forbid, or allow again, that new pods come to the node."""
    life.plane.request("PATCH", f"/api/v1/nodes/{node}", {"spec": {"unschedulable": wish or None}}, MERGE)


def drain(life: Life, node: str) -> list[Object]:
    """Evict the node's pods until none is left or no budget lets another one go; return those that stay."""
    while True:
        left = [pod for pod in life.pods.objects.values() if pod["spec"].get("nodeName") == node and _is_made_again(life, pod)]
        life.plane.wait(lambda: _budgets_are_current(life), "every budget has counted its pods", COUNTING)
        if not sum(_evict(life, pod) for pod in left):
            return left
        life.rest()


def _evict(life: Life, pod: Object) -> bool:
    """Ask for the eviction; say whether it was granted."""
    named = {"name": pod["metadata"]["name"], "namespace": pod["metadata"]["namespace"]}
    path = f"/api/v1/namespaces/{named['namespace']}/pods/{named['name']}/eviction"
    code, answer = life.plane.try_request("POST", path, {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": named})
    assert code in (200, 201, 404, TOO_MANY), answer
    return code in (200, 201)


def _budgets(life: Life) -> list[Object]:
    return [each for each in life.patched if each["kind"] == "PodDisruptionBudget"]


def _budgets_are_current(life: Life) -> bool:
    """Say whether the controller has counted; it never does for pods whose controller has no scale, such as those of Jobs."""
    for each in _budgets(life):
        status = life.plane.request("GET", life.plane.client.path(each)).get("status", {})
        if any(one.get("reason") == "SyncFailed" for one in status.get("conditions", ())):
            continue
        healthy = sum(_protects(each, pod) and _is_ready(pod) for pod in list(life.pods.objects.values()))
        if status.get("currentHealthy") != healthy or status.get("disruptedPods"):
            return False
    return True


def _is_ready(pod: Object) -> bool:
    """Say whether the pod's condition says so: fake kubelets leave it to pods that have done their work."""
    return any((one["type"], one["status"]) == ("Ready", "True") for one in pod["status"].get("conditions", ()))


def _protects(budget: Object, pod: Object) -> bool:
    wanted = budget["spec"]["selector"]["matchLabels"].items()
    same = budget["metadata"]["namespace"] == pod["metadata"]["namespace"]
    return same and wanted <= pod["metadata"].get("labels", {}).items()


def unsaid(life: Life, left: list[Object], waiting: set[Key]) -> list[str]:
    """Name the pods that stay though the plan does not say so of a budget that protects them.

    A budget may also wait for pods that are pending: of these, where that was said, the plan says that they are.
    """
    stops = _said_to_stop(life)
    stay = [pod for pod in left if not any(_protects(each, pod) for each in stops)]
    return [pod["metadata"]["name"] for pod in stay if owner_of(pod, life.ring_of) not in waiting]


def short_of_pods(life: Life) -> set[Key]:
    """Return the workloads of which pods are missing."""
    return {key for key, count in life.short().items() if count > 0}


def pending_unsaid(life: Life, most: int) -> dict[str, int]:
    """Count the pods that are pending, by workload; where that are more than so many, kube-scheduler has to look at them again.

    But for those whose spread is said to count cordoned nodes, and those that are said to wait until others are evicted that
    they must be near.
    """
    found = _pending_unsaid(life)
    if sum(found.values()) > most:
        life.rest(twice=True)
        found = _pending_unsaid(life)
    return found


def _pending_unsaid(life: Life) -> dict[str, int]:
    said = any(each["subject"] == "spread" for each in life.plan["notModelled"])
    spread = {"/".join(key_of(each)) for each in life.patched if each["kind"] in MAKERS and _is_spread(each)} if said else set()
    stopping = (each["message"] for each in life.plan["notModelled"] if each["subject"].startswith("PodDisruptionBudget/"))
    waits = {name for message in stopping for name in NAME.findall(message)}
    missing = {name: pods for found in losses.missing(life).values() for name, pods in found.items()}
    return {name: pods for name, pods in missing.items() if name not in spread and name not in waits}


def _is_spread(workload: Object) -> bool:
    constraints = pod_spec(workload).get("topologySpreadConstraints", ())
    return any(one["whenUnsatisfiable"] == "DoNotSchedule" for one in constraints)
