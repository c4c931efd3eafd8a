"""Random clusters as manifests: nodes, workloads and a policy, from a seed, at a chosen share of what the nodes have."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.cluster.random_workloads import HASTY, HOST, IMPORTANT, LIGHT, POOL, ZONE, Object, Room, fill

LEVELS = ("restricted", "internal", "untrusted", "batch")
LEVEL, TENANT = "ringfence.dev/trust-level", "ringfence.dev/tenant"
SHAPES = ((1930, 7000), (3920, 14500), (3920, 29000), (7910, 29000))
"""Thousandths of a core and MiB of memory that nodes can allocate."""
TYPE = "node.kubernetes.io/instance-type"
DAEMON = (40, 64)
"""What a pod that runs everywhere asks for."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How large a random cluster is: of its nodes, a ring's workloads, and the pods that each has at least.

    `hasty` is how often each feature is asked of a workload, `slots` how many pods a node takes.
    """

    nodes: tuple[int, int] = (6, 15)
    workloads: tuple[int, int] = (2, 4)
    pods: tuple[int, int] = (1, 6)
    hasty: float = HASTY
    shapes: tuple[tuple[int, int], ...] = SHAPES
    slots: int = 58


SMALL = Scale()


@dataclass(frozen=True, slots=True)
class Manifests:
    """A random cluster before it is planned; `full` is the share of its scarcest resource that is asked for, ring by ring."""

    nodes: list[Object]
    objects: list[Object]
    policy: Object
    full: float

    def write(self, folder: Path) -> None:
        """Write workloads.json, nodes.json and trust.json, and the kustomization that names the first."""
        folder.mkdir(parents=True)
        for name, items in (("workloads", self.objects), ("nodes", self.nodes)):
            content = {"apiVersion": "v1", "kind": "List", "items": items}
            (folder / f"{name}.json").write_text(json.dumps(content, indent=1), encoding="utf-8")
        (folder / "trust.json").write_text(json.dumps(self.policy, indent=1), encoding="utf-8")


def manifests(seed: int, full: float | None = None, scale: Scale = SMALL) -> Manifests:
    """Make the random cluster of a seed: 6 to 15 nodes and about 20 to 80 pods, unless the scale is another."""
    rng = Random(f"manifests {seed}")
    full = full or rng.choice((0.4, 0.5, 0.6, 0.7, 0.8, 0.9))
    groups, policy = _groups(rng, seed)
    nodes = _nodes(rng, seed, max(rng.randint(*scale.nodes), 2 * len(groups)), scale)
    objects = list(_setting(seed))
    for room in _rooms(rng, seed, groups, nodes, full, scale):
        objects += _namespace(rng, room)
        objects += fill(rng, room, rng.randint(*scale.workloads))
        if rng.random() < 0.4:
            objects.append(_daemon(f"{room.name}-agent", room.namespace, room.labels, ring=True))
    return Manifests(nodes, objects, policy, full)


def _groups(rng: Random, seed: int) -> tuple[list[dict[str, str]], Object]:
    """Choose levels and tenants; return the labels of each group, and the policy."""
    levels = list(LEVELS[: rng.randint(2, 4)])
    split = [rng.choice(levels)] if rng.random() < 0.4 else []
    groups = [{LEVEL: level, TENANT: tenant} for level in split for tenant in ("red", "blue")]
    groups += [{LEVEL: level} for level in levels if level not in split]
    spec: Object = {"levels": levels, "everywhere": [{"kind": "DaemonSet", "namespaces": [f"s{seed}-system"]}]}
    if split:
        spec["separateTenants"] = split
    friends = [level for level in levels if level not in split]
    if len(friends) > 1 and rng.random() < 0.4:
        spec["mayShare"] = [friends[-2:]]
    spec["demand"] = {"cronJobs": rng.choice(["overlap", "one"])}
    return groups, {"apiVersion": "ringfence.dev/v1alpha1", "kind": "TrustPolicy", "metadata": {"name": f"s{seed}"}, "spec": spec}


def _nodes(rng: Random, seed: int, count: int, scale: Scale) -> list[Object]:
    zones = ["a", "b", "c"][: rng.randint(1, 3)]
    shapes = rng.sample(scale.shapes, 2)
    return [
        _node(f"s{seed}-n{at:02}", zones[at % len(zones)], rng.choice(shapes), rng.random() < 0.1, scale.slots)
        for at in range(count)
    ]


def _node(name: str, zone: str, shape: tuple[int, int], special: bool, slots: int) -> Object:
    kind = f"cpu{shape[0]}-memory{shape[1]}"
    labels = {HOST: name, ZONE: zone, TYPE: kind, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}
    taints = [{"key": POOL, "value": "special", "effect": "NoSchedule"}] if special else []
    allocatable = {"cpu": f"{shape[0]}m", "memory": f"{shape[1]}Mi", "pods": str(slots), "ephemeral-storage": "80Gi"}
    metadata = {"name": name, "labels": {**labels, **({POOL: "special"} if special else {})}}
    status = {"allocatable": allocatable, "nodeInfo": {"kubeletVersion": "v1.36.2"}}
    return {"apiVersion": "v1", "kind": "Node", "metadata": metadata, "spec": {"taints": taints}, "status": status}


def _setting(seed: int) -> Iterator[Object]:
    yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": f"s{seed}-system"}}
    yield {
        "apiVersion": "scheduling.k8s.io/v1",
        "kind": "PriorityClass",
        "metadata": {"name": IMPORTANT},
        "value": 1000,
        "preemptionPolicy": "Never",
    }
    overhead = {"podFixed": {"cpu": "5m", "memory": "8Mi"}}
    yield {
        "apiVersion": "node.k8s.io/v1",
        "kind": "RuntimeClass",
        "metadata": {"name": LIGHT},
        "handler": "light",
        "overhead": overhead,
    }
    yield _daemon("everywhere", f"s{seed}-system", {}, ring=False)


def _rooms(
    rng: Random, seed: int, groups: list[dict[str, str]], nodes: list[Object], full: float, scale: Scale
) -> Iterator[Room]:
    """Give each group nodes of its own, at least two if there are so many, and a share of what these have."""
    cuts = sorted(rng.sample(range(1, len(nodes) // 2), len(groups) - 1)) if len(groups) > 1 else []
    for number, (start, end) in enumerate(zip([0, *cuts], [*cuts, len(nodes) // 2], strict=True)):
        mine = nodes[2 * start : 2 * end if end < len(nodes) // 2 else len(nodes)]
        name = f"g{number}"
        cpu = sum(int(each["status"]["allocatable"]["cpu"][:-1]) - DAEMON[0] for each in mine)
        memory = sum(int(each["status"]["allocatable"]["memory"][:-2]) - DAEMON[1] for each in mine)
        other = full * rng.uniform(0.5, 1.0)
        shares = [full, other] if rng.random() < 0.5 else [other, full]
        room = int(cpu * shares[0]), int(memory * shares[1])
        yield Room(name, f"s{seed}-{name}", groups[number], mine, *room, scale.pods, scale.hasty)


def _namespace(rng: Random, room: Room) -> Iterator[Object]:
    """Yield the namespace, which says the group itself half the time, and its LimitRange."""
    told = room.labels if rng.random() < 0.5 else {}
    yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": room.namespace, "labels": dict(told)}}
    if told:
        room.labels = {}
    limits = [{"type": "Container", "defaultRequest": {"cpu": "5m", "memory": "8Mi"}}]
    metadata = {"name": "defaults", "namespace": room.namespace}
    yield {"apiVersion": "v1", "kind": "LimitRange", "metadata": metadata, "spec": {"limits": limits}}


def _daemon(name: str, namespace: str, labels: dict[str, str], *, ring: bool) -> Object:
    cpu, memory = (10, 16) if ring else DAEMON
    container = {
        "name": "agent",
        "image": "example.com/agent",
        "resources": {"requests": {"cpu": f"{cpu}m", "memory": f"{memory}Mi"}},
    }
    template = {"metadata": {"labels": {"app": name, **labels}}, "spec": {"containers": [container]}}
    spec = {"selector": {"matchLabels": {"app": name}}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": name, "namespace": namespace}, "spec": spec}
