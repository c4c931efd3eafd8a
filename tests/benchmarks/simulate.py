"""Foresee one order of arrival on a large cluster: python tests/benchmarks/simulate.py [--pods N] [--nodes N] [ORDER]."""

import argparse
import random
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from models.answer.plan import IsolationPlan, RingPlan
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import LabelSelector
from models.kubernetes.node import Node
from models.kubernetes.pod import Container, Pod, PodAffinityTerm, TopologySpreadConstraint
from models.kubernetes.workload import Workload, WorkloadId
from models.solver.outcome import FEASIBLE
from models.trust import Membership, Trust, TrustPolicy
from planner.simulate import foresee

HOST, ZONE = "kubernetes.io/hostname", "topology.kubernetes.io/zone"
SHAPES = ((16_000, 64), (32_000, 128), (32_000, 256), (64_000, 256), (96_000, 384), (8_000, 64), (48_000, 192), (96_000, 768))
RINGS = 8
GIB = 2**30


def node(at: int, rng: random.Random) -> Node:
    """Make a node of one of eight shapes in one of three zones."""
    cpu, memory = rng.choice(SHAPES)
    labels = {HOST: f"node-{at:05}", ZONE: f"zone-{at % 3}"}
    amounts = {"cpu": cpu, "memory": memory * GIB, "pods": 110}
    return Node(labels[HOST], FrozenMap(labels), allocatable=FrozenMap(amounts))


def workload(at: int, pods: int, rng: random.Random) -> Workload:
    """Make a Deployment; one in ten spreads over zones, one in fifty keeps its pods on different nodes."""
    labels = FrozenMap({"app": f"w{at:05}"})
    mine = LabelSelector(labels)
    request = {
        "cpu": max(10, int(rng.lognormvariate(5.5, 0.8))),
        "memory": max(16, int(rng.lognormvariate(6.6, 0.9))) * 2**20,
    }
    pod = Pod(
        namespace=f"team-{at % 100:03}",
        labels=labels,
        containers=(Container("main", requests=FrozenMap(request)),),
        topology_spread_constraints=(TopologySpreadConstraint(2, ZONE, label_selector=mine),) if at % 10 == 0 else (),
        pod_anti_affinity=(PodAffinityTerm(HOST, mine),) if at % 50 == 7 and pods < 200 else (),
    )
    return Workload(WorkloadId("Deployment", pod.namespace, f"w{at:05}"), "apps/v1", pod, pods)


def plan(pods: int, nodes: int, workloads: int, seed: int = 1) -> IsolationPlan:
    """Make a plan whose rings have nodes in proportion to their pods."""
    rng = random.Random(seed)
    weights = [rng.lognormvariate(0, 1) for _ in range(workloads)]
    sizes = [max(1, round(weight * pods / sum(weights))) for weight in weights]
    sizes[0] += pods - sum(sizes)
    made = tuple(workload(at, size, rng) for at, size in enumerate(sizes))
    names = [f"ring-{at}" for at in range(RINGS)]
    members = {str(one.id): Membership(names[at % RINGS], names[at % RINGS]) for at, one in enumerate(made)}
    land = tuple(node(at, rng) for at in range(nodes))
    rings = tuple(RingPlan(name, (name,), tuple(one.name for one in land[at::RINGS])) for at, name in enumerate(names))
    trust = Trust((), (), FrozenMap(members))
    return IsolationPlan("large", FEASIBLE, TrustPolicy("large", tuple(names)), Cluster(land, made), trust, rings=rings)


def main() -> None:
    """Print how long it took, how much memory it held at most, and what stays pending."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("order", nargs="?", default="as applied")
    parser.add_argument("--pods", type=int, default=150_000)
    parser.add_argument("--nodes", type=int, default=5_000)
    parser.add_argument("--workloads", type=int, default=2_000)
    given = parser.parse_args()
    made = plan(given.pods, given.nodes, given.workloads)
    start = time.perf_counter()
    run = foresee(made, (given.order,)).runs[0]
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    pending = sum(one.pods for one in run.pending)
    print(
        f"{given.pods} pods, {given.nodes} nodes, {given.order}: {seconds:.1f} s, at most {peak / GIB:.2f} GiB, {pending} pending"
    )


if __name__ == "__main__":
    main()
