"""Random workloads for one ring: each kind that makes pods, and every field of a pod that bears on where it goes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

Object = dict[str, Any]
HOST = "kubernetes.io/hostname"
ZONE = "topology.kubernetes.io/zone"
POOL = "example.com/pool"
IMPORTANT, LIGHT = "important", "light"
HASTY = 0.4
"""How often each feature is asked of a workload that could have it."""


@dataclass(slots=True)
class Room:
    """What one group of workloads may fill: the nodes meant for it, its namespace, and the labels that say its group.

    A workload has at least as many `pods` as are drawn from this range, and each feature as often as is `hasty`.
    """

    name: str
    namespace: str
    labels: dict[str, str]
    nodes: list[Object]
    milli_cpu: int
    mebibytes: int
    pods: tuple[int, int] = (1, 6)
    hasty: float = HASTY
    made: list[Object] = field(default_factory=list)

    def values(self, label: str) -> list[str]:
        """Return the values that a label has on the nodes meant for it."""
        return sorted({node["metadata"]["labels"][label] for node in self.nodes if label in node["metadata"]["labels"]})


@dataclass(slots=True)
class Draft:
    """A workload in the making: its pod template, how many pods it keeps, and how many there may be at once."""

    room: Room
    name: str
    kind: str
    replicas: int
    peak: int
    template: Object
    beside: list[Object] = field(default_factory=list)

    @property
    def spec(self) -> Object:
        """Return its pod spec."""
        spec: Object = self.template["spec"]
        return spec

    @property
    def selector(self) -> Object:
        """Return what selects its own pods."""
        return {"matchLabels": {"app": self.name}}


def fill(rng: Random, room: Room, workloads: int) -> Iterator[Object]:
    """Yield workloads that together ask for what the room has, at the peak of their rollouts."""
    shares = [rng.uniform(0.4, 1.0) for _ in range(workloads)]
    for number, share in enumerate(shares):
        share /= sum(shares)
        yield from _workload(rng, room, f"{room.name}-{number}", int(room.milli_cpu * share), int(room.mebibytes * share))
    if all(each["kind"] == "Job" for each in room.made):
        yield _lasting(room, f"{room.name}-lasting")


def _lasting(room: Room, name: str) -> Object:
    """Make what is there when all Jobs have finished: else nobody is in the ring any more, and its nodes go to others."""
    container = {"name": "main", "image": f"example.com/{name}", "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}}}
    template = {"metadata": {"labels": {"app": name, **room.labels}}, "spec": {"containers": [container]}}
    spec = {"replicas": 1, "selector": {"matchLabels": {"app": name}}, "template": template, "strategy": {"type": "Recreate"}}
    metadata = {"name": name, "namespace": room.namespace}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}


def _workload(rng: Random, room: Room, name: str, milli_cpu: int, mebibytes: int) -> Iterator[Object]:
    kind = rng.choice(["Deployment"] * 5 + ["StatefulSet"] * 2 + ["Job", "CronJob", "ReplicaSet", "Pod"])
    largest = min(_milli(node) for node in room.nodes) * 0.6
    replicas = 1 if kind == "Pod" else max(rng.randint(*room.pods), -(-milli_cpu // int(largest)))
    surge = -(-replicas // 4) if kind == "Deployment" else 0
    peak = replicas + surge
    parts = max(peak, room.pods[0])  # a bare Pod is no larger than the pods of the smallest workload
    requests = {"cpu": f"{max(10, milli_cpu // parts)}m", "memory": f"{max(16, mebibytes // parts)}Mi"}
    container = {"name": "main", "image": f"example.com/{name}", "resources": {"requests": requests}}
    labels = {"app": name, **room.labels}
    draft = Draft(room, name, kind, replicas, peak, {"metadata": {"labels": labels}, "spec": {"containers": [container]}})
    for add in rng.sample(FEATURES, len(FEATURES)):
        if rng.random() < room.hasty:
            add(rng, draft)
    made = _made(rng, draft)
    room.made.append(made)
    yield from (*draft.beside, made)


def _milli(node: Object) -> int:
    return int(node["status"]["allocatable"]["cpu"].removesuffix("m"))


# What wraps a template


def _made(rng: Random, draft: Draft) -> Object:
    metadata = {"name": draft.name, "namespace": draft.room.namespace}
    if draft.kind == "Pod":
        return {"apiVersion": "v1", "kind": "Pod", "metadata": {**metadata, **draft.template["metadata"]}, "spec": draft.spec}
    if draft.kind in ("Job", "CronJob"):
        return _job(draft, metadata)
    spec: Object = {"replicas": draft.replicas, "selector": draft.selector, "template": draft.template}
    if draft.kind == "StatefulSet":
        spec["serviceName"] = draft.name
        if rng.random() < 0.5:
            spec["volumeClaimTemplates"] = [{"metadata": {"name": "data"}, "spec": _claim("1Gi")}]
    if draft.kind == "Deployment":
        spec["strategy"] = rng.choice(STRATEGIES)
    return {"apiVersion": "apps/v1", "kind": draft.kind, "metadata": metadata, "spec": spec}


STRATEGIES: list[Object] = [
    {"type": "RollingUpdate"},
    {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
    {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}},
    {"type": "Recreate"},
]


def _job(draft: Draft, metadata: Object) -> Object:
    draft.spec["restartPolicy"] = "Never"
    job = {"parallelism": draft.replicas, "completions": draft.replicas, "template": draft.template}
    if draft.kind == "Job":
        return {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": job}
    spec = {"schedule": "30 2 * * *", "concurrencyPolicy": "Forbid", "jobTemplate": {"spec": job}}
    return {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": metadata, "spec": spec}


def _claim(size: str) -> Object:
    return {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}}


# Features: each adds one thing to a draft, if that can be asked of it without contradiction


def _priority(rng: Random, draft: Draft) -> None:
    draft.spec["priorityClassName"] = IMPORTANT


def _zones(rng: Random, draft: Draft) -> None:
    wanted = [{"key": ZONE, "operator": "In", "values": draft.room.values(ZONE)}]
    _affinity(draft, "nodeAffinity")["requiredDuringSchedulingIgnoredDuringExecution"] = {
        "nodeSelectorTerms": [{"matchExpressions": wanted}]
    }


def _preferred_nodes(rng: Random, draft: Draft) -> None:
    term = {"matchExpressions": [{"key": ZONE, "operator": "In", "values": [rng.choice(draft.room.values(ZONE))]}]}
    _affinity(draft, "nodeAffinity")["preferredDuringSchedulingIgnoredDuringExecution"] = [{"weight": 10, "preference": term}]


def _apart(rng: Random, draft: Draft) -> None:
    if draft.peak <= len(draft.room.nodes):
        term = {"topologyKey": HOST, "labelSelector": draft.selector}
        _affinity(draft, "podAntiAffinity")["requiredDuringSchedulingIgnoredDuringExecution"] = [term]


def _rather_apart(rng: Random, draft: Draft) -> None:
    term = {"weight": 50, "podAffinityTerm": {"topologyKey": ZONE, "labelSelector": draft.selector}}
    _affinity(draft, "podAntiAffinity")["preferredDuringSchedulingIgnoredDuringExecution"] = [term]


def _together(rng: Random, draft: Draft) -> None:
    partners = [each for each in draft.room.made if each["kind"] in ("Deployment", "StatefulSet")]
    if partners:
        term = {"topologyKey": ZONE, "labelSelector": rng.choice(partners)["spec"]["selector"]}
        _affinity(draft, "podAffinity")["requiredDuringSchedulingIgnoredDuringExecution"] = [term]


def _spread(rng: Random, draft: Draft) -> None:
    key, how = rng.choice([(ZONE, "DoNotSchedule"), (HOST, "ScheduleAnyway"), (ZONE, "ScheduleAnyway"), (HOST, "DoNotSchedule")])
    constraint = {"maxSkew": rng.randint(1, 2), "topologyKey": key, "whenUnsatisfiable": how, "labelSelector": draft.selector}
    draft.spec["topologySpreadConstraints"] = [constraint]


def _port(rng: Random, draft: Draft) -> None:
    if draft.peak <= len(draft.room.nodes):
        number = rng.randint(20000, 30000)
        draft.spec["containers"][0]["ports"] = [{"containerPort": number, "hostPort": number}]


def _first_containers(rng: Random, draft: Draft) -> None:
    main = draft.spec["containers"][0]["resources"]["requests"]
    first = {"name": "first", "image": "example.com/first", "resources": {"requests": dict(main)}}
    sidecar = {
        "name": "sidecar",
        "image": "example.com/sidecar",
        "restartPolicy": "Always",
        "resources": {"requests": {"cpu": "1m", "memory": "4Mi"}},
    }
    draft.spec["initContainers"] = [first, *([sidecar] if draft.kind not in ("Job", "CronJob") else [])]


def _tolerations(rng: Random, draft: Draft) -> None:
    draft.spec["tolerations"] = [
        rng.choice([{"key": POOL, "operator": "Exists"}, {"key": POOL, "value": "special", "effect": "NoSchedule"}])
    ]


def _runtime(rng: Random, draft: Draft) -> None:
    draft.spec["runtimeClassName"] = LIGHT


def _unsaid(rng: Random, draft: Draft) -> None:
    """Leave one small container's requests to the LimitRange of the namespace."""
    draft.spec["containers"].append({"name": "unsaid", "image": "example.com/unsaid"})


def _scaled(rng: Random, draft: Draft) -> None:
    if draft.kind == "Deployment" and draft.replicas > 1:
        target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": draft.name}
        spec = {"scaleTargetRef": target, "minReplicas": 1, "maxReplicas": draft.replicas}
        metadata = {"name": draft.name, "namespace": draft.room.namespace}
        draft.replicas = rng.randint(1, draft.replicas)
        draft.beside.append(
            {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": metadata, "spec": spec}
        )


def _budget(rng: Random, draft: Draft) -> None:
    metadata = {"name": draft.name, "namespace": draft.room.namespace}
    amount = rng.choice([{"maxUnavailable": 1}, {"minAvailable": "50%"}, {"minAvailable": draft.replicas}])
    spec = {"selector": draft.selector, **amount}
    draft.beside.append({"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": metadata, "spec": spec})


def _affinity(draft: Draft, kind: str) -> Object:
    affinity: Object = draft.spec.setdefault("affinity", {}).setdefault(kind, {})
    return affinity


FEATURES: list[Callable[[Random, Draft], None]] = [
    *(_priority, _zones, _preferred_nodes, _apart, _rather_apart, _together, _spread, _port),
    *(_first_containers, _tolerations, _runtime, _unsaid, _scaled, _budget),
]
