"""Random clusters that are owned, nearly full and of mixed shapes: kube-scheduler wastes room there that a packing needs."""

import json
import random
from pathlib import Path
from typing import Any

SHAPES = (("small", 4_000, 16), ("middle", 8_000, 32), ("lean", 8_000, 16), ("large", 16_000, 64))
"""Name, thousandths of a core, GiB of memory."""
LEVELS = ("a", "b", "c")
GIB = 1024
Object = dict[str, Any]


def write(seed: int, full: float, folder: Path, guide: str = "require") -> None:
    """Write all.json and trust.json: workloads of three levels, as many as fill this share of the scarcest resource."""
    rng = random.Random(f"greed {seed} {full}")
    nodes = [_node(f"g{seed}-{int(full * 100)}-{at:02}", at, rng.choice(SHAPES)) for at in range(rng.randint(6, 12))]
    items = [*nodes, *_workloads(rng, full, nodes)]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "all.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}), encoding="utf-8")
    spec = {"levels": list(LEVELS), "guide": guide, "demand": {"surge": False}}
    policy = {"apiVersion": "ringfence.dev/v1alpha1", "kind": "TrustPolicy", "metadata": {"name": "greed"}, "spec": spec}
    (folder / "trust.json").write_text(json.dumps(policy), encoding="utf-8")


def _node(name: str, at: int, shape: tuple[str, int, int]) -> Object:
    kind, cpu, memory = shape
    labels = {
        "kubernetes.io/hostname": name,
        "topology.kubernetes.io/zone": f"z{at % 3}",
        "node.kubernetes.io/instance-type": kind,
    }
    allocatable = {"cpu": f"{cpu - 90}m", "memory": f"{(memory - 1) * GIB}Mi", "pods": "110"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels},
        "status": {"allocatable": allocatable},
    }


def _workloads(rng: random.Random, full: float, nodes: list[Object]) -> list[Object]:
    """Add workloads until the next one would take more than the share of cpu or of memory."""
    there = [node["status"]["allocatable"] for node in nodes]
    left = [full * sum(int(one["cpu"][:-1]) for one in there), full * sum(int(one["memory"][:-2]) for one in there)]
    made: list[Object] = []
    while True:
        cpu = int(min(6000, max(50, rng.lognormvariate(6, 1)))) // 50 * 50 + 50
        memory, replicas = max(128, int(rng.lognormvariate(7, 1))), rng.choice((1, 2, 3, 4, 6))
        left = [left[0] - cpu * replicas, left[1] - memory * replicas]
        if min(left) < 0:
            return made
        made.append(_deployment(len(made), {"cpu": f"{cpu}m", "memory": f"{memory}Mi"}, replicas))


def _deployment(at: int, requests: Object, replicas: int) -> Object:
    name = f"w{at:02}"
    labels = {"name": name, "ringfence.dev/trust-level": LEVELS[at % len(LEVELS)]}
    container = {"name": "main", "image": "web:1", "resources": {"requests": requests}}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    spec = {"replicas": replicas, "selector": {"matchLabels": {"name": name}}, "template": template}
    metadata = {"name": name, "namespace": f"greed-{at % 4}"}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}
