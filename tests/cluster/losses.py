"""Nodes are taken away from a life, and given back; what the live plan foretells of it is compared with what happens."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.cluster.client import MERGE
from tests.cluster.life import Life, Rest
from tests.cluster.observe import DONE, ORPHANED, PUT_OUT, key_of, node_meant

Object = dict[str, Any]
ZONE = "topology.kubernetes.io/zone"
AGAIN = 3
STEADY = {"surge": False, "hpa": "now", "cronJobs": "one"}
"""What runs, and nothing that may come on top: then the plan speaks of the cluster as it is."""


@dataclass(frozen=True, slots=True)
class Foretold:
    """What a plan of the live cluster says of losses, and of which rings: those that have the nodes that they have now.

    Of those that are `moved` it speaks of where running pods will be, not of where they are.
    """

    losses: list[Object]
    rings: frozenset[str]
    moved: frozenset[str]


def foretold(life: Life, name: str) -> Foretold:
    """Plan from the live cluster, as it is now, and return what it says of losses.

    Which node of its ring a pod runs on is nothing that it speaks of. What is wanted but does not run now, such as a CronJob's
    run, may have room only if an idle node changes its ring: of such rings nothing is known.
    """
    policy = life.scenario.amended(life.stage.folder / f"{name}-policy.json", demand=STEADY)
    plan = life.stage.plan(name, "--kubeconfig", life.plane.kubeconfig, "--policy", policy)
    now = _homes(life.plan)
    rings = frozenset(ring for ring, nodes in _homes(plan).items() if nodes == now.get(ring))
    return Foretold([one for one in plan.get("losses", []) if one["ring"] in rings], rings, _moved(plan))


def _moved(plan: Object) -> frozenset[str]:
    """Return the rings in which pods run that the plan has elsewhere, also those that break their hard spread: no moves to it."""
    running = {tuple(each["id"].values()): each.get("running", {}) for each in plan["inputs"]["cluster"]["workloads"]}
    return frozenset(
        one["ring"]
        for one in plan["placements"]
        for node, count in running[tuple(one["workload"].values())].items()
        if count > one.get("on", {}).get(node, 0)
    )


def _homes(plan: Object) -> dict[str, list[str]]:
    return {ring["name"]: sorted(ring["nodes"]) for ring in plan["rings"]}


def choose(life: Life, outlook: Foretold, of: str) -> tuple[str, str]:
    """Return the ring and the node (or zone) whose loss is said to leave most pods pending; else one with most pods."""
    found = [
        (max(sum(_said(lost).values()), sum(lost.get("left", {}).values())), one["ring"], lost["name"])
        for one in outlook.losses
        if one["of"] == of
        for lost in one.get("worst", ())
    ]
    if found:
        return max(found)[1:]
    zones_of = _zones(life)
    held = Counter((life.ring(pod) or "", pod["spec"]["nodeName"]) for pod in life.pods.objects.values())
    if of == "zone":
        zones: Counter[tuple[str, str]] = Counter()
        for (ring, node), count in held.items():
            zones[ring, zones_of[node]] += count
        held = zones
    places = [(count, place) for place, count in held.items() if place[0] in outlook.rings and place[1]]
    assert places, f"no ring has the nodes that it had: {sorted(outlook.rings)}"
    return max(places)[1]


def fullest(life: Life, ring: Object) -> str:
    """Return the node of a ring with most of its pods."""
    held = Counter(pod["spec"].get("nodeName") for pod in life.pods.objects.values() if life.ring(pod) == ring["name"])
    return max(ring["nodes"], key=lambda node: (held[node], node))


def zone_of(life: Life, node: str) -> str:
    """Return the zone of a node."""
    return _zones(life)[node]


def _zones(life: Life) -> dict[str, str]:
    return {each["metadata"]["name"]: each["metadata"]["labels"].get(ZONE, "") for each in life.plane.items("/api/v1/nodes")}


def members(life: Life, ring: str, of: str, name: str) -> list[str]:
    """Return the nodes of a ring that are lost with a node or a zone."""
    if of == "node":
        return [name]
    mine = {node for one in life.plan["rings"] if one["name"] == ring for node in one["nodes"]}
    return sorted(node for node, zone in _zones(life).items() if zone == name and node in mine)


@dataclass(frozen=True, slots=True)
class Said:
    """What a plan says of a loss: the pods pending by the best packing, the most of each workload, and those that are tied."""

    packed: Counter[str]
    left: Counter[str]
    tied: Counter[str]

    @property
    def most(self) -> int:
        """How many pods are pending at most."""
        return self.left.total()


def said(losses: list[Object], of: str, name: str, ring: str) -> Said:
    """Return what is said of the loss of a node or a zone to a ring; a loss that is not listed leaves nothing pending."""
    lost = [each for one in losses if (one["of"], one["ring"]) == (of, ring) for each in one.get("worst", ())]
    mine = next((each for each in lost if each["name"] == name), {})
    packed = _said(mine)
    return Said(packed, Counter(mine.get("left", {})) or packed, Counter(mine.get("tied", {})))


def ranked(life: Life, pods: Counter[str]) -> list[int]:
    """Count pods by their priority, the highest first: packing leaves as few of these as it can, whatever that costs others."""
    planned = life.plan["inputs"]["cluster"]["workloads"]
    of = {"/".join(each["id"].values()): each["template"].get("priority", 0) for each in planned}
    return [sum(count for name, count in pods.items() if of[name] == tier) for tier in sorted(set(of.values()), reverse=True)]


def _said(lost: Object) -> Counter[str]:
    return Counter(lost.get("pending", {})) + Counter(lost.get("tied", {}))


def take_away(life: Life, names: list[str]) -> list[Object]:
    """Delete nodes with their pods, as if the machines were gone; return what gives them back.

    Bare pods, which no controller makes again, are made again by whoever made them first.
    """
    nodes = [{"apiVersion": "v1", "kind": "Node", **each} for each in life.plane.items("/api/v1/nodes")]
    nodes = [each for each in nodes if each["metadata"]["name"] in names]
    life.plane.delete(nodes)
    _end(life, [pod for pod in list(life.pods.objects.values()) if pod["spec"].get("nodeName") in names])
    return nodes


def _end(life: Life, pods: list[Object]) -> None:
    """Delete the pods that have not done their work, and make those again that no controller makes."""
    gone = [pod for pod in pods if pod["status"]["phase"] not in DONE]
    life.plane.delete([{"apiVersion": "v1", "kind": "Pod", **pod} for pod in gone])
    lost = {("Pod", pod["metadata"]["namespace"], pod["metadata"]["name"]) for pod in gone}
    again = [each for each in life.patched if key_of(each) in lost]
    # One that is still going would take the new one for a change of itself.
    paths = [life.plane.client.path(each) for each in again]
    life.plane.wait(lambda: all(life.plane.try_request("GET", path)[0] == 404 for path in paths), "bare pods are gone")
    life.plane.apply(again)


def rest(life: Life) -> Rest:
    """Wait until all that is left has come to rest.

    Meanwhile kube-scheduler may have bound a bare pod to a node of which it did not know yet that it had gone.
    """
    found = life.rest()
    return life.rest() if life.make_again(ORPHANED) else found


def give_back(life: Life, nodes: list[Object]) -> None:
    """Create the nodes again as they were, and wait until all pods run."""
    life.plane.apply(nodes)
    life.plane.wait(life.plane.nodes_are_ready, "nodes are ready")
    come_to_rest(life)


def come_to_rest(life: Life) -> None:
    """Wait until all pods run again once all nodes are there.

    In a ring that is not proven for every order pods may be stuck then, as in any order that was not tried: its pods come once
    more. Those of a proven ring never are.
    """
    proven = {ring["name"] for ring in life.plan["rings"] if ring.get("anyOrder", "").startswith("proven")}
    for _ in range(AGAIN):
        life.make_again(ORPHANED, PUT_OUT)
        if not (rest := life.rest()):
            return
        stuck = {stuck_in(life, life.pods.objects[name]) for name in rest.pending}
        assert stuck, rest
        assert not stuck & {None, *proven}, rest
        _end(life, [pod for pod in list(life.pods.objects.values()) if life.ring(pod) in stuck])
    assert life.rest() == Rest()


def stuck_in(life: Life, pod: Object) -> str | None:
    """Return the ring in which a pod is pending: for one of every ring, that of the node that its DaemonSet has made it for."""
    return life.ring(pod) or next((ring["name"] for ring in life.plan["rings"] if node_meant(pod) in ring["nodes"]), None)


def missing(life: Life) -> dict[str, Counter[str]]:
    """Count, by ring and workload, the pods that are to run and do not, also those that a StatefulSet has yet to make."""
    found: dict[str, Counter[str]] = {}
    for key, left in life.short().items():
        found.setdefault(life.ring_of[key] or "", Counter()).update({"/".join(key): left} if left > 0 else {})
    return found


@contextmanager
def suspended(life: Life) -> Iterator[None]:
    """Suspend the CronJobs for the time of the block: their runs end at once here, and would be counted all the same."""
    cron_jobs = [life.plane.client.path(each) for each in life.patched if each["kind"] == "CronJob"]
    for path in cron_jobs:
        life.plane.request("PATCH", path, {"spec": {"suspend": True}}, MERGE)
    yield
    for path in cron_jobs:
        life.plane.request("PATCH", path, {"spec": {"suspend": False}}, MERGE)
