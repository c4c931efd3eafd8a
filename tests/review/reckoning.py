"""What a plan's own document says of its rings, counted from the YAML alone: no room of the planner is asked."""

from collections import Counter
from fractions import Fraction
from typing import Any

Document = dict[str, Any]
ZONE, TYPE = "topology.kubernetes.io/zone", "node.kubernetes.io/instance-type"
RESOURCES = ("cpu", "memory", "pods")


def asked(pod: Document) -> Counter[str]:
    """Add up what a pod of the plan's document requests; the samples have no sidecars and no pod-level requests."""
    running: Counter[str] = Counter()
    for container in pod.get("containers", ()):
        running.update(container.get("requests", {}))
    for first in pod.get("initContainers", ()):
        assert not first.get("restartable")
        running |= Counter(first.get("requests", {}))
    assert "requests" not in pod
    running.update(pod.get("overhead", {}))
    return Counter({"cpu": running["cpu"], "memory": running["memory"], "pods": 1})


def workload_name(identity: Document) -> str:
    kind = f"{identity['kind']}.{identity['group']}" if identity.get("group") else identity["kind"]
    return f"{kind}/{identity['namespace']}/{identity['name']}"


class Reckoning:
    """One plan, counted."""

    def __init__(self, document: Document) -> None:
        self.document = document
        cluster = document["inputs"]["cluster"]
        self.nodes: dict[str, Document] = {node["name"]: node for node in cluster["nodes"]}
        self.work: dict[str, Document] = {workload_name(each["id"]): each for each in cluster["workloads"]}
        self.each = {name: asked(work["template"]) for name, work in self.work.items()}
        self.ring_of = {name: ring["name"] for ring in document["rings"] for name in self.nodes_of(ring)}
        shared = {workload_name(each["workload"]) for each in document.get("shared", ())}
        self.pods: dict[str, Counter[str]] = {name: Counter() for name in self.nodes}
        for placement in document["placements"]:
            if workload_name(placement["workload"]) not in shared:
                for node, count in placement["on"].items():
                    self.pods[node][workload_name(placement["workload"])] += count
        # the samples' shared residents tolerate everything and select nothing, so they are on every node of their rings
        self.shared: dict[str, set[str]] = {
            workload_name(each["workload"]): {node for node, ring in self.ring_of.items() if ring in each["rings"]}
            for each in document.get("shared", ())
        }
        for each in document.get("shared", ()):
            assert len(self.shared[workload_name(each["workload"])]) == each["nodes"]

    def nodes_of(self, ring: Document) -> list[str]:
        """Name the nodes of a ring; those to buy are numbered by shape and zone over all rings, in the order of the cluster."""
        bought = [n for n in self.nodes.values() if n.get("shape")]
        mine = list(ring.get("nodes", ()))
        on = {node for p in self.document["placements"] if p["ring"] == ring["name"] for node in p["on"]}
        return mine + [n["name"] for n in bought if n["name"] in on]

    def daemons(self, node: str) -> Counter[str]:
        total: Counter[str] = Counter()
        for name, on in self.shared.items():
            if node in on:
                total.update(self.each[name])
        return total

    def requested(self, node: str) -> Counter[str]:
        total = self.daemons(node)
        for name, count in self.pods[node].items():
            total.update({resource: amount * count for resource, amount in self.each[name].items()})
        return total

    def ring(self, name: str) -> list[str]:
        return sorted(node for node, ring in self.ring_of.items() if ring == name)

    def allocatable(self, node: str) -> Counter[str]:
        return Counter({name: int(self.nodes[node]["allocatable"].get(name, 0)) for name in RESOURCES})

    def total(self, nodes: list[str]) -> dict[str, tuple[int, int, int]]:
        """Return requested, allocatable and daemons of some nodes, by resource."""
        return {
            name: (
                sum(self.requested(node)[name] for node in nodes),
                sum(self.allocatable(node)[name] for node in nodes),
                sum(self.daemons(node)[name] for node in nodes),
            )
            for name in RESOURCES
        }

    def weights(self, ring: str) -> dict[str, Fraction]:
        """Return for each namespace of a ring the mean of its shares of the ring's cpu and memory."""
        nodes, own = self.ring(ring), Counter[tuple[str, str]]()
        for node in nodes:
            for name, count in self.pods[node].items():
                for resource in RESOURCES:
                    own[self.work[name]["id"]["namespace"], resource] += count * self.each[name][resource]
        whole = self.total(nodes)
        spaces = {space for space, _ in own}
        shares = {space: sum(Fraction(own[space, r], whole[r][1]) for r in ("cpu", "memory")) / 2 for space in spaces}
        total = sum(shares.values())
        return {space: share / total for space, share in shares.items()}
