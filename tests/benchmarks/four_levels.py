"""Instances A and B: 3,920 pods of 150 workloads in four levels; 8 made-up shapes, or 24 of AWS less what the kubelet reserves.

They are what a greedy scheduler is bad at: every workload has a shape of its own, from a hundredth of a core to fourteen cores.
"""

import random

from models.solver.problem import Offer, PodClass, Problem
from tests.benchmarks.buying_instances import MIB, RESOURCES, SHAPES, catalogue, kubelet, price

PODS, WORKLOADS, LEVELS, SEED = 3_920, 150, 4, 2
MOST = 1_000_000
"""More nodes of a shape than anybody needs: there is no limit."""
PODS_OF = {2: 29, 4: 58, 8: 58, 16: 234, 32: 234, 48: 234, 64: 737, 96: 737}
"""How many pods a machine of so many processors may have."""


def workloads(offers: int, seed: int = SEED, most: int = PODS) -> tuple[PodClass, ...]:
    """Draw workloads, a few large and many small; requests of processors and of memory have nothing to do with each other."""
    rng = random.Random(seed)
    weights = [rng.lognormvariate(0, 1) for _ in range(WORKLOADS)]
    counts = [max(1, round(weight / sum(weights) * most)) for weight in weights]
    counts[0] += most - sum(counts)
    found = []
    for at, count in enumerate(counts):
        cpu = min(14_000, max(10, int(rng.lognormvariate(4.6, 1.45))))
        memory = min(60_000, max(16, int(rng.lognormvariate(6.3, 1.4)))) * MIB
        found.append(PodClass(f"w{at:03}", at % LEVELS, count, (cpu, memory, 1), (), offers=tuple(range(offers))))
    return tuple(found)


def reserved(cores: int, pods: int) -> tuple[int, int]:
    """Return the milli-CPU and the bytes that kubelet and eviction threshold keep of a machine, as managed clusters have it."""
    left, kept = cores * 1000, 0.0
    for step, share in ((1000, 0.06), (1000, 0.01), (2000, 0.005), (10**9, 0.0025)):
        kept += min(left, step) * share
        left -= min(left, step)
    return int(kept) + 1, (11 * pods + 355) * MIB


def made_up() -> Problem:
    """Return instance A."""
    offers = [
        Offer(f"{cores}c{gib}g", (*kubelet(cores, gib), pods), tuple(range(LEVELS)), price(cores, gib), at)
        for at, (cores, gib, pods) in enumerate(SHAPES)
    ]
    return _problem(offers)


def of_aws() -> Problem:
    """Return instance B; its catalogue is not part of the project."""
    offers = []
    for at, (name, cores, mib, cost) in enumerate(sorted(catalogue(whole=False))):
        pods = PODS_OF[cores]
        cpu, memory = reserved(cores, pods)
        room = (cores * 1000 - cpu, mib * MIB - memory, pods)
        offers.append(Offer(name, room, tuple(range(LEVELS)), cost, at))
    return _problem(offers)


def _problem(offers: list[Offer]) -> Problem:
    names = tuple(f"level-{level}" for level in range(LEVELS))
    return Problem(RESOURCES, names, workloads(len(offers)), (), offers=tuple(offers), most=(MOST,) * len(offers))
