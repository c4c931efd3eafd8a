"""How many pods a second a simulated kube-scheduler binds: python -m tests.benchmarks.simulate_speed [--rings N] [--profile].

Beside seconds of processor it says how many pods are bound in the time that a fixed loop takes, so that a busy machine does not
matter; the last column is a digest of who went where, which a faster simulation must leave as it is.
"""

import argparse
import cProfile
import hashlib
import pstats
import random
import time
from collections.abc import Callable

import numpy as np

from models.answer.plan import IsolationPlan, RingPlan
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import LabelSelector
from models.kubernetes.node import Node
from models.kubernetes.pod import Container, Pod, PodAffinityTerm, PreferredPodTerm, TopologySpreadConstraint
from models.kubernetes.workload import Workload, WorkloadId
from models.solver.outcome import FEASIBLE
from models.trust import Membership, Trust, TrustPolicy
from planner.simulate.scheduler.pods import cast_of
from planner.simulate.scheduler.rulebook import Rulebook
from planner.simulate.scheduler.simulation import Simulation

HOST, ZONE = "kubernetes.io/hostname", "topology.kubernetes.io/zone"
SIZES = (30, 60, 100)
ORDERS = ("as applied", "random 1", "as they come 1")
FILL = 0.75
MIB = 2**20
CALIBRATION = 4_000


def node(at: int, rng: random.Random) -> Node:
    """Make a node of one of three shapes in one of three zones."""
    cpu = rng.choice((8_000, 16_000, 16_000, 32_000))
    labels = {HOST: f"node-{at:03}", ZONE: f"zone-{at % 3}"}
    amounts = {"cpu": cpu, "memory": cpu * rng.choice((4, 4, 8)) * MIB, "pods": 110}
    return Node(labels[HOST], FrozenMap(labels), allocatable=FrozenMap(amounts))


def workload(at: int, rng: random.Random, *, joint: bool) -> Workload:
    """Make a workload of up to sixty pods; with `joint` half of them look at other pods."""
    labels = FrozenMap({"app": f"w{at:03}"})
    mine, cpu = LabelSelector(labels), rng.choice((50, 100, 150, 200, 250, 300, 400, 500, 750, 1000))
    request = {"cpu": cpu, "memory": int(cpu * rng.choice((0.5, 1, 2, 4, 6))) * MIB}
    pods, kind = rng.choice((2, 5, 10, 20, 40, 60)), rng.choice(("Deployment", "Deployment", "Deployment", "StatefulSet", "Job"))
    rule = at % 8 if joint else 7
    spread = {0: "DoNotSchedule", 1: "ScheduleAnyway"}
    pod = Pod(
        namespace=f"team-{at % 7}",
        labels=labels,
        containers=(Container("main", requests=FrozenMap(request)),),
        topology_spread_constraints=(TopologySpreadConstraint(1, ZONE, spread[rule], mine),) if rule in spread else (),
        pod_anti_affinity=(PodAffinityTerm(HOST, mine),) if rule == 2 and pods <= 10 else (),
        preferred_pod_anti_affinity=(PreferredPodTerm(100, PodAffinityTerm(HOST, mine)),) if rule == 3 else (),
    )
    return Workload(WorkloadId(kind, pod.namespace, f"w{at:03}"), "apps/v1", pod, pods)


def plan(nodes: int, rings: int, *, joint: bool) -> IsolationPlan:
    """Make a plan of rings that are filled alike by workloads that nobody has packed."""
    rng = random.Random(f"{nodes} {joint}")
    land = tuple(node(at, rng) for at in range(nodes))
    room = FILL * sum(one.allocatable["cpu"] for one in land), FILL * sum(one.allocatable["memory"] for one in land)
    workloads: list[Workload] = []
    used = [0, 0]
    while all(taken < most for taken, most in zip(used, room, strict=True)):
        workloads.append(workload(len(workloads), rng, joint=joint))
        for column, name in enumerate(("cpu", "memory")):
            used[column] += workloads[-1].pods * workloads[-1].template.containers[0].requests[name]
    names = [f"ring-{at}" for at in range(rings)]
    members = {str(one.id): Membership(names[at % rings], names[at % rings]) for at, one in enumerate(workloads)}
    made = tuple(RingPlan(name, (name,), tuple(one.name for one in land[at::rings])) for at, name in enumerate(names))
    policy, trust = TrustPolicy("speed", tuple(names)), Trust((), (), FrozenMap(members))
    return IsolationPlan("speed", FEASIBLE, policy, Cluster(land, tuple(workloads)), trust, rings=made)


def calibration() -> None:
    """Do a fixed amount of what a simulation does: small arrays and dictionaries."""
    numbers, known = np.arange(100, dtype=np.int64), dict.fromkeys(range(100), 0)
    for at in range(CALIBRATION):
        known[at % 100] += int((numbers * at // 7).max())
        numbers[at % 100] += len(np.flatnonzero(numbers == known[at % 100]))


def seconds(work: Callable[[], object]) -> float:
    """Return the least processor time of three runs."""
    times = []
    for _ in range(3):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return min(times)


def digest(made: Simulation) -> str:
    """Sum up who went where and when, and who found no place."""
    said = repr([sorted(there.items()) for there in made.state.arrived]) + repr(sorted(made.pending.items(), key=repr))
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def measure(nodes: int, rings: int, *, joint: bool) -> None:
    """Print a line for each order."""
    book = Rulebook(cast_of(plan(nodes, rings, joint=joint)))
    pods = sum(map(len, book.cast.flow))
    for order in ORDERS:
        unit = seconds(calibration)
        taken = seconds(lambda order=order: Simulation(book, order).run())
        made = Simulation(book, order).run()
        kind = "joint" if joint else "plain"
        rate = f"{pods / taken:>8,.0f} a second {pods * unit / taken:>8,.0f} a loop"
        print(f"{nodes:>4} nodes {pods:>5} pods {kind} {order:15} {rate} {made.pending.total():>4} pending {digest(made)}")


def main() -> None:
    """Measure clusters of thirty to a hundred nodes, plain pods and pods that look at each other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rings", type=int, default=3)
    parser.add_argument("--profile", action="store_true")
    given = parser.parse_args()
    profile = cProfile.Profile(time.process_time)
    for joint in (False, True):
        for nodes in SIZES:
            (profile.runcall if given.profile else lambda work, *args, **named: work(*args, **named))(
                measure, nodes, given.rings, joint=joint
            )
    if given.profile:
        pstats.Stats(profile).sort_stats("tottime").print_stats(40)


if __name__ == "__main__":
    main()
