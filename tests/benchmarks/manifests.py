"""A problem of buying as the command line reads it: Deployments, NodeShapes and a policy, written to a folder.

Usage: python -m tests.benchmarks.manifests INSTANCE FOLDER [GUIDE]. Pods request cpu and memory only, and an offer is called
SHAPE or SHAPE@ZONE. Spread is over zones, and what is apart is so from itself, per host.
"""

import json
import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.solver.problem import Offer, PodClass, Problem

OURS = "ringfence.dev/v1alpha1"
LEVEL, APP = "ringfence.dev/trust-level", "name"
HOST, ZONE, TYPE = "kubernetes.io/hostname", "topology.kubernetes.io/zone", "node.kubernetes.io/instance-type"
UNLIMITED = 1_000_000
Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Files:
    """What the command line is given."""

    workloads: str
    shapes: str
    policy: str

    def arguments(self) -> tuple[str, ...]:
        """Return what follows `ringfence plan`."""
        return (self.workloads, "--nodes", self.shapes, "--policy", self.policy)


def write(
    problem: Problem,
    folder: Path,
    guide: str = "prefer",
    scaled: Collection[int] = (),
    survive: str = "",
    **demand: object,
) -> Files:
    """Write the problem; of the `scaled` classes an autoscaler may halve or double the replicas.

    `survive` says what each ring must be able to lose one of: nodes, zones, or nothing where it is empty.
    """
    folder.mkdir(parents=True, exist_ok=True)
    items = [deployment(problem, at) for at in range(len(problem.classes))]
    items += [autoscaler(problem, at) for at in sorted(scaled)]
    spec: Object = {"levels": list(problem.rings), "guide": guide, "demand": {"surge": False, **demand}}
    spec |= {"survive": {survive: 1}} if survive else {}
    policy = {"apiVersion": OURS, "kind": "TrustPolicy", "metadata": {"name": "measured"}, "spec": spec}
    listed = {"apiVersion": "v1", "kind": "List", "items": items}
    return Files(
        _written(folder / "workloads.json", [listed]),
        _written(folder / "shapes.yaml", shapes(problem)),
        _written(folder / "trust.yaml", [policy]),
    )


def _written(file: Path, documents: list[Object]) -> str:
    file.write_text("\n---\n".join(json.dumps(one) for one in documents) + "\n", encoding="utf-8")
    return str(file)


def deployment(problem: Problem, at: int) -> Object:
    """Write the Deployment of one class; it replaces its pods without more of them."""
    one = problem.classes[at]
    labels = {APP: one.name}
    template = {"metadata": {"labels": {**labels, LEVEL: problem.rings[one.ring]}}, "spec": pod_spec(problem, at)}
    rolling = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": "25%"}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _named(problem, one),
        "spec": {"replicas": one.count, "selector": {"matchLabels": labels}, "strategy": rolling, "template": template},
    }


def _named(problem: Problem, one: PodClass) -> Object:
    return {"name": one.name, "namespace": problem.rings[one.ring].lower()}


def pod_spec(problem: Problem, at: int) -> Object:
    """Write the spec of one pod, with what the problem's rules ask of it."""
    one = problem.classes[at]
    requests = dict(zip(problem.resources, one.requests, strict=True))
    amounts = {"cpu": f"{requests['cpu']}m", "memory": str(requests["memory"])}
    made: Object = {"containers": [{"name": "main", "image": "registry.example/app:1", "resources": {"requests": amounts}}]}
    mine = {"matchLabels": {APP: one.name}}
    skews = [rule.max_skew for rule in problem.spreads if rule.owner == at]
    if skews:
        made["topologySpreadConstraints"] = [
            {"maxSkew": skew, "topologyKey": ZONE, "whenUnsatisfiable": "DoNotSchedule", "labelSelector": mine} for skew in skews
        ]
    if any(rule.owner == at for rule in problem.aparts):
        term = {"labelSelector": mine, "topologyKey": HOST}
        made["affinity"] = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}
    return made


def autoscaler(problem: Problem, at: int) -> Object:
    """Write what may halve or double a class."""
    one = problem.classes[at]
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": one.name}
    spec = {"scaleTargetRef": target, "minReplicas": max(1, one.count // 2), "maxReplicas": 2 * one.count}
    named = _named(problem, one)
    return {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": named, "spec": spec}


def shapes(problem: Problem) -> list[Object]:
    """Write the offers as NodeShapes, each in all its zones."""
    offers: dict[int, list[Offer]] = {}
    for offer in problem.offers:
        offers.setdefault(offer.shape, []).append(offer)
    return [_shape(problem, shape, found) for shape, found in sorted(offers.items())]


def _shape(problem: Problem, shape: int, offers: list[Offer]) -> Object:
    name = offers[0].name.partition("@")[0]
    room = dict(zip(problem.resources, offers[0].capacity, strict=True))
    spec = {
        "allocatable": {"cpu": f"{room['cpu']}m", "memory": str(room["memory"]), "pods": str(room["pods"])},
        "labels": {TYPE: name, "kubernetes.io/arch": "amd64", "kubernetes.io/os": "linux"},
        "zones": [offer.name.partition("@")[2] or "a" for offer in offers],
        "price": offers[0].price / 10**6,
        **({"max": problem.most[shape]} if problem.most[shape] < UNLIMITED else {}),
    }
    return {"apiVersion": OURS, "kind": "NodeShape", "metadata": {"name": name}, "spec": spec}


if __name__ == "__main__":
    from tests.benchmarks.instances import INSTANCES

    write(INSTANCES[sys.argv[1]](), Path(sys.argv[2]), *sys.argv[3:4])
