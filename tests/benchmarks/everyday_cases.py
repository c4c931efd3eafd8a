"""Clusters as teams have them, each written into a folder: random ones, a purchase of 32 pods, and three that are too small."""

import json
from collections.abc import Callable
from pathlib import Path
from random import Random

from tests.cluster.random_manifests import Scale, manifests

Object = dict[str, object]
LEVELS = ("restricted", "internal", "partner")
ZONES = ("eu-west-1a", "eu-west-1b", "eu-west-1c")
SCALE = Scale(
    nodes=(30, 40),
    workloads=(8, 20),
    pods=(4, 60),
    hasty=0.2,
    shapes=((3920, 14500), (7910, 29000), (7910, 60000), (15890, 60000)),
    slots=110,
)
FEWEST, MOST = 530, 3_050
FULL = (0.5, 0.85)
SHAPES = (
    ("t3.medium", 1930, 3300, 0.0456),
    ("t3.large", 1930, 7100, 0.0912),
    ("m5.large", 1930, 7100, 0.107),
    ("t3.xlarge", 3920, 14820, 0.1824),
    ("m5.xlarge", 3920, 14820, 0.214),
    ("m5.2xlarge", 7910, 30720, 0.428),
)
SIX = (("api", 0, 4, 500, 1024), ("ledger", 0, 2, 1000, 4096), ("shop", 1, 8, 300, 768), ("cart", 1, 9, 400, 900))
SIX = (*SIX, ("search", 1, 3, 900, 3072), ("feed", 2, 6, 250, 512))
"""Name, level, pods, thousandths of a core and MiB of six workloads."""


def random(seed: int, folder: Path) -> None:
    """Write the random cluster of a seed: 30 to 40 nodes, 50 to 85 % full, with 530 to 3,050 pods."""
    low, high = FULL
    for attempt in range(seed, seed + 100_000, 1_000):
        made = manifests(attempt, Random(f"everyday {seed}").uniform(low, high), SCALE)
        if FEWEST <= sum(map(_replicas, made.objects)) <= MOST:
            return made.write(folder)
    raise AssertionError("no cluster of that size was drawn")


def _replicas(made: Object) -> int:
    spec = made.get("spec", {})
    return int(spec.get("replicas", 0)) if isinstance(spec, dict) else 0


def bought_together(folder: Path) -> None:
    """Write 32 pods of three levels, six shapes that are for sale, and that any zone may be lost."""
    shapes = [_shape(*shape) for shape in SHAPES]
    _write(folder, shapes, [_deployment(*workload) for workload in SIX], {"zones": 1})


def too_little(folder: Path) -> None:
    """Write a thousand pods of three levels, and ten nodes that hold four hundred of them."""
    workloads = [_deployment(f"w{at:02}", at % 3, 40 + 7 * (at % 6), 100, 128) for at in range(18)]
    _write(folder, [_node(at, 3920, 14820) for at in range(10)], workloads, {"nodes": 1})


def nineteen(folder: Path) -> None:
    """Write 19 workloads of 40 pods each, and ten nodes that hold half of them."""
    workloads = [_deployment(f"w{at:02}", at % 3, 40, 100, 128) for at in range(19)]
    _write(folder, [_node(at, 3920, 14820) for at in range(10)], workloads, {"nodes": 1})


def lone_gpu(folder: Path) -> None:
    """Write 166 workloads on 60 nodes of which any may be lost, also the one that has a GPU, which is in use."""
    rng = Random("166 workloads")
    nodes = [_node(at, 7910, 30720, gpus=int(not at)) for at in range(60)]
    sizes = [(rng.randint(2, 8), rng.choice((100, 200, 250, 400)), rng.choice((128, 256, 512, 1024))) for _ in range(165)]
    workloads = [_deployment(f"w{at:03}", at % 3, *size) for at, size in enumerate(sizes)]
    _write(folder, nodes, [*workloads, _deployment("model", 0, 1, 500, 2048, gpus=1)], {"nodes": 1})


CASES: dict[str, Callable[[Path], None]] = {
    "bought together": bought_together,
    "too little": too_little,
    "19 workloads": nineteen,
    "lone GPU": lone_gpu,
}


def _shape(name: str, cpu: int, memory: int, price: float) -> Object:
    spec = {"allocatable": _amounts(cpu, memory), "zones": list(ZONES), "price": price}
    return {"apiVersion": "ringfence.dev/v1alpha1", "kind": "NodeShape", "metadata": {"name": name}, "spec": spec}


def _node(at: int, cpu: int, memory: int, gpus: int = 0) -> Object:
    name, zone = f"worker-{at}", ZONES[at % 3]
    labels = {"kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "topology.kubernetes.io/zone": zone}
    amounts = {**_amounts(cpu, memory), **({"nvidia.com/gpu": str(gpus)} if gpus else {})}
    status = {"allocatable": amounts, "nodeInfo": {"kubeletVersion": "v1.36.2"}}
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}, "spec": {}, "status": status}


def _amounts(cpu: int, memory: int) -> dict[str, str]:
    return {"cpu": f"{cpu}m", "memory": f"{memory}Mi", "pods": "58"}


def _deployment(name: str, level: int, pods: int, cpu: int, memory: int, gpus: int = 0) -> Object:
    requests = {"cpu": f"{cpu}m", "memory": f"{memory}Mi", **({"nvidia.com/gpu": str(gpus)} if gpus else {})}
    resources = {"requests": requests, **({"limits": {"nvidia.com/gpu": str(gpus)}} if gpus else {})}
    labels = {"app": name, "ringfence.dev/trust-level": LEVELS[level]}
    container = {"name": "main", "image": f"registry.example/{name}:1.4.2", "resources": resources}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    spec = {"replicas": pods, "selector": {"matchLabels": {"app": name}}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "namespace": "team"}, "spec": spec}


def _write(folder: Path, nodes: list[Object], workloads: list[Object], survive: dict[str, int]) -> None:
    folder.mkdir(parents=True)
    spec = {"levels": list(LEVELS), "survive": survive}
    policy = {"apiVersion": "ringfence.dev/v1alpha1", "kind": "TrustPolicy", "metadata": {"name": "everyday"}, "spec": spec}
    for name, items in (("nodes", nodes), ("workloads", workloads), ("trust", [policy])):
        (folder / f"{name}.yaml").write_text("\n---\n".join(json.dumps(item, indent=1) for item in items), encoding="utf-8")
