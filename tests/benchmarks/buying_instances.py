"""Problems of buying nodes, made from a seed: many pods of many shapes, nodes of few shapes at prices, rings apart."""

import csv
import random
from collections.abc import Sequence
from pathlib import Path

from models.solver.problem import OWN, AntiAffinity, Offer, PodClass, Problem, TopologySpread

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
MIB, GIB = 2**20, 2**30
RESOURCES = ("cpu", "memory", "pods")
SHAPES = ((4, 16, 58), (8, 16, 110), (8, 32, 110), (16, 64, 110), (16, 128, 110), (32, 64, 110), (32, 256, 110), (64, 256, 110))
"""Cores, GiB and pods of each node shape."""


def price(cores: int, gib: int) -> int:
    """Return what a node costs per hour, in millionths: so much for each core and GiB, and a little for each node."""
    return 31_000 * cores + 4_200 * gib + 9_000


def kubelet(cores: int, gib: int) -> tuple[int, int]:
    """Return the milli-CPU and the bytes that the kubelet leaves to pods."""
    return cores * 1000 - 60 - 10 * min(cores, 4), gib * GIB - (gib * GIB // 40 + 300 * MIB)


def lognormal(rng: random.Random, middle: float, sigma: float, least: int, most: int, step: int) -> int:
    """Draw a request, in whole steps."""
    return max(least, min(most, round(rng.lognormvariate(0, sigma) * middle / step) * step))


def counts(rng: random.Random, workloads: int, pods: int) -> list[int]:
    """Divide the pods among the workloads, a few large and many small."""
    weights = [rng.lognormvariate(0, 1) for _ in range(workloads)]
    found = [max(1, int(pods * weight / sum(weights))) for weight in weights]
    found[0] += pods - sum(found)
    return found


def offers_of(shapes: Sequence[tuple[int, int, int]], zones: int, rings: int) -> tuple[Offer, ...]:
    """Offer every shape in every zone."""
    every = tuple(range(rings))
    return tuple(
        Offer(f"{cores}c{gib}g@zone-{zone}", (*kubelet(cores, gib), pods), every, price(cores, gib), at)
        for at, (cores, gib, pods) in enumerate(shapes)
        for zone in range(zones)
    )


def many_shapes(
    seed: int = 1,
    pods: int = 150_000,
    workloads: int = 2_000,
    nodes: int = 5_000,
    groups: int = 8,
    rules: bool = False,
    shapes: Sequence[tuple[int, int, int]] = SHAPES,
) -> Problem:
    """Make workloads that each have a shape of their own, and nodes of few shapes in limited numbers in three zones."""
    rng = random.Random(seed)
    every = tuple(range(len(shapes) * 3))
    sizes = counts(rng, workloads, pods)
    classes = []
    for at, size in enumerate(sizes):
        cpu = lognormal(rng, 450, 0.8, 10, 14_000, 5)
        memory = lognormal(rng, cpu * 3.4 * MIB, 0.7, 16 * MIB, 56 * GIB, MIB)
        classes.append(PodClass(f"workload-{at:05}", at % groups, size, (cpu, memory, 1), (), offers=every))
    most = tuple(nodes // len(shapes) for _ in shapes)
    names = tuple(f"group-{r:02}" for r in range(groups))
    found = Problem(RESOURCES, names, tuple(classes), (), offers=offers_of(shapes, 3, groups), most=most)
    return with_rules(found, rng) if rules else found


def with_rules(problem: Problem, rng: random.Random) -> Problem:
    """Spread a quarter of the workloads over zones, and keep a tenth apart per host."""
    zone = tuple(at % 3 for at in range(len(problem.offers)))
    own = tuple(OWN for _ in problem.offers)
    order = list(range(len(problem.classes)))
    rng.shuffle(order)
    spread = order[: len(order) // 4]
    # who is apart per host cannot have more pods than there are hosts for its ring
    apart = [c for c in order[len(order) // 4 :] if problem.classes[c].count <= 100][: len(order) // 10]
    spreads = tuple(TopologySpread(c, (c,), ((), (), ()), 1, joins=zone) for c in sorted(spread))
    aparts = tuple(AntiAffinity(c, (c,), (), own) for c in sorted(apart))
    return Problem(
        problem.resources,
        problem.rings,
        problem.classes,
        problem.nodes,
        offers=problem.offers,
        most=problem.most,
        spreads=spreads,
        aparts=aparts,
    )


def few_shapes(seed: int = 3, pods: int = 150_000, groups: int = 10) -> Problem:
    """Make pods of 24 shapes in every group, for nodes of one shape; processors and memory are short in turn."""
    rng = random.Random(seed)
    cores = (250, 500, 750, 1000, 1250, 1500, 2000, 3000)
    drawn = [(rng.choice(cores) + 25 * rng.randrange(5), rng.choice((1, 2, 3, 5, 8, 12)) * 768 * MIB) for _ in range(24)]
    classes = []
    for r in range(groups):
        for at, size in enumerate(counts(rng, 24, pods // groups)):
            classes.append(PodClass(f"group-{r:02}-shape-{at:02}", r, size, (*drawn[at], 1), (), offers=(0,)))
    offer = Offer("64c256g", (64_000, 256 * GIB, 110), tuple(range(groups)), 1_000_000, 0)
    return Problem(RESOURCES, tuple(f"group-{r:02}" for r in range(groups)), tuple(classes), (), offers=(offer,), most=(10_000,))


def small(seed: int = 6, pods: int = 200, nodes: int = 40, groups: int = 4) -> Problem:
    """Make few pods for nodes that are alike."""
    rng = random.Random(seed)
    classes = [
        PodClass(
            f"workload-{at:02}",
            at % groups,
            5,
            (rng.randrange(200, 4000, 50), rng.randrange(256, 8192, 64) * MIB, 1),
            (),
            offers=(0,),
        )
        for at in range(pods // 5)
    ]
    offer = Offer("16c32g", (16_000, 32 * GIB, 110), tuple(range(groups)), 1_000_000, 0)
    return Problem(RESOURCES, tuple(f"group-{r}" for r in range(groups)), tuple(classes), (), offers=(offer,), most=(nodes,))


def huge(seed: int = 5) -> Problem:
    """Make a million pods in ten thousand workloads for 65,000 nodes of 20 shapes, in 40 groups."""
    shapes = [(cores, cores * ratio, 110) for cores in (2, 4, 8, 16, 32) for ratio in (2, 4, 6, 8)]
    return many_shapes(seed, 1_000_000, 10_000, 65_000, 40, shapes=shapes)


FAMILIES = ("c6i", "m6i", "r6i")
SIZES = ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge")


def catalogue(whole: bool) -> list[tuple[str, int, int, int]]:
    """Read names, vCPUs, MiB and price in millionths of the shapes of AWS: those of three families, or all."""
    with (SHARED / "shapes" / "aws-us-west-2.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    found = []
    for row in rows:
        family, size = row["instance_type"].split(".")
        if whole or (family in FAMILIES and size in SIZES):
            cost = round(float(row["usd_per_hour_on_demand"]) * 1_000_000)
            found.append((row["instance_type"], int(row["vcpu"]), int(row["memory_mib"]), cost))
    return found


def karpenter(seed: int = 7, whole: bool = False, workloads: int = 150, pods: int = 3_920, groups: int = 4) -> Problem:
    """Make 150 workloads, each of a shape of its own, for the shapes of AWS."""
    rng = random.Random(seed)
    shapes = catalogue(whole)
    every = tuple(range(len(shapes)))
    classes = []
    for at, size in enumerate(counts(rng, workloads, pods)):
        cpu = lognormal(rng, 180, 1.0, 10, 14_000, 5)
        memory = lognormal(rng, 950 * MIB, 0.9, 16 * MIB, 56 * GIB, MIB)
        classes.append(PodClass(f"workload-{at:03}", at % groups, size, (cpu, memory, 1), (), offers=every))
    offers = tuple(
        Offer(name, (*kubelet_mib(cores, mib), 110), tuple(range(groups)), cost, at)
        for at, (name, cores, mib, cost) in enumerate(shapes)
    )
    names = tuple(f"group-{r}" for r in range(groups))
    return Problem(RESOURCES, names, tuple(classes), (), offers=offers, most=tuple(10_000 for _ in shapes))


def kubelet_mib(cores: int, mib: int) -> tuple[int, int]:
    """Return the milli-CPU and the bytes that the kubelet leaves to pods."""
    return cores * 1000 - 60 - 10 * min(cores, 4), max(0, mib - mib // 20 - 300) * MIB


QOS = ("Guaranteed", "LS", "Burstable", "BE")


def trace(name: str) -> list[dict[str, str]]:
    """Read one table of the openb trace."""
    with (SHARED / "traces" / "openb" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def openb(name: str = "default") -> Problem:
    """Make the pods of a trace with GPUs, its node shapes as offers in the numbers that it has, at made-up prices."""
    machines: dict[tuple[int, int, int, str], int] = {}
    for row in trace("openb_node_list_all_node"):
        key = (int(row["cpu_milli"]), int(row["memory_mib"]), int(row["gpu"]), row["model"])
        machines[key] = machines.get(key, 0) + 1
    shapes = sorted(machines)
    levels = tuple(range(len(QOS)))
    offers = tuple(
        Offer(f"{cpu}m-{mib}Mi-{gpu}x{model}", (cpu, mib, 1000 * gpu, 110), levels, 31 * cpu + 4 * mib + 400_000 * gpu, at)
        for at, (cpu, mib, gpu, model) in enumerate(shapes)
    )
    pods: dict[tuple[str, tuple[int, ...], str], int] = {}
    for row in trace(f"openb_pod_list_{name}"):
        request = (int(row["cpu_milli"]), int(row["memory_mib"]), int(row["num_gpu"]) * int(row["gpu_milli"]), 1)
        pod = (row["qos"], request, row["gpu_spec"])
        pods[pod] = pods.get(pod, 0) + 1
    classes = []
    for at, ((qos, request, spec), count) in enumerate(sorted(pods.items())):
        models = set(spec.split("|")) if spec else None
        allowed = tuple(o for o, shape in enumerate(shapes) if models is None or shape[3] in models)
        classes.append(PodClass(f"pods-{at:04}", QOS.index(qos), count, request, (), offers=allowed))
    return Problem(
        ("cpu", "memory", "gpu", "pods"), QOS, tuple(classes), (), offers=offers, most=tuple(machines[shape] for shape in shapes)
    )
