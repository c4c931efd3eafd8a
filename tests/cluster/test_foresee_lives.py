"""The random clusters of test_plans, packed as tightly as can be and not led: as many pods stay pending as is foreseen.

With all that is in them: DaemonSets, claims, controllers that make pods again, StatefulSets that make them one by one. Only Jobs
are left out, whose pods end at once here. A cluster is taken if there is a packing for it, also where `plan` promises nothing.
"""

import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from queue import SimpleQueue
from random import Random

import pytest

from models.answer.plan import IsolationPlan
from models.kubernetes.resources import CPU, MEMORY
from models.kubernetes.workload import WorkloadId
from planner import pipeline
from planner.rules.plugins import noderesources
from planner.simulate import pending_by_ring, run_of
from planner.simulate.scheduler.arrival_orders import Arrival
from planner.simulate.scheduler.pods import cast_of
from planner.simulate.scheduler.rulebook import Rulebook
from planner.simulate.scheduler.simulation import Simulation
from tests.cluster import losses
from tests.cluster.agreement import TIES, Left, Row, Told, insist
from tests.cluster.bed import ControlPlane
from tests.cluster.life import MINDFUL, QUICK, Life
from tests.cluster.lockstep import ADDED, log_since, log_size
from tests.cluster.observe import left_behind, node_meant, owner_of, rings, running
from tests.cluster.scenario import Scenario, of_seed
from tests.cluster.stage import Stage

CLUSTERS = int(os.environ.get("RINGFENCE_FORESEEN", "12"))
FIRST = int(os.environ.get("RINGFENCE_FIRST", "0"))
AT_ONCE = min(2, os.cpu_count() or 1)
ENDING = ("Job", "CronJob")
TELLING = {"kube-scheduler": [*MINDFUL["kube-scheduler"], "--v=3"]}
FEASIBLE = 0
WEIGHED = (CPU, MEMORY)
SECONDS = 30
STILL = 20
"""After so many looks without a new pod, controllers are taken to have made all that they make before any runs."""
Parts = list[list[Arrival]]


@dataclass(frozen=True, slots=True)
class Packed:
    """A random cluster with a plan that leads nobody, and the patches that make it true."""

    seed: int
    stage: Stage
    scenario: Scenario
    patch: Path
    plan: IsolationPlan

    @property
    def fill(self) -> float:
        """Return how full the fullest ring is: what its pods ask for of cpu or memory, as a share of what its nodes have."""
        cast = cast_of(self.plan)
        ring_of = {name: ring.name for ring in self.plan.rings for name in ring.nodes}
        asked, there = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
        for node in cast.terrain.nodes:
            there.update({(ring_of.get(node.name, ""), name): node.allocatable[name] for name in WEIGHED})
        homes = [(at, ring_of.get(cast.terrain.nodes[number].name, "")) for at, number in cast.daemons]
        homes += [(at, self.plan.trust.members[str(cast.groups[at].workload)].ring) for pods in cast.flow for at in pods]
        for at, ring in homes:
            request = noderesources.requests(cast.groups[at].pod)
            asked.update({(ring, name): request.get(name, 0) for name in WEIGHED})
        return max(asked[key] / there[key] for key in there if key[0])


@pytest.fixture(scope="module", name="planes")
def _planes(start_plane) -> Iterator[SimpleQueue[ControlPlane]]:
    with ExitStack() as stack:
        free: SimpleQueue[ControlPlane] = SimpleQueue()
        for _ in range(AT_ONCE):
            free.put(stack.enter_context(start_plane(flags=TELLING, scheduler_config=QUICK)))
        yield free


def test_as_many_stay_pending_in_each_ring_as_is_foreseen(planes, ringfence, kubectl_path, tmp_path, request):
    def row(seed: int) -> Row | None:
        plane = planes.get()
        try:
            plane.wait(lambda: not left_behind(plane), "what was here before is gone")
            made = _packed(Stage(plane, ringfence, tmp_path / str(seed), kubectl_path), seed)
            return made and _row(made)
        finally:
            planes.put(plane)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        rows = [found for found in pool.map(row, range(FIRST, FIRST + CLUSTERS)) if found]
    assert 2 * len(rows) >= CLUSTERS
    assert any(run.left for row in rows for run in row.runs)
    insist(rows, request.config)


def _packed(stage: Stage, seed: int) -> Packed | None:
    stage.folder.mkdir()
    scenario = of_seed(seed, stage.folder)
    scenario.leave_out(ENDING)
    policy = scenario.amended(stage.folder / "steady.json", demand=losses.STEADY)
    if stage.try_plan("plan", *scenario.arguments(policy), "--packing", "exact", "--time-limit", SECONDS) != FEASIBLE:
        return None
    made = pipeline.load(str(stage.folder / "plan.yaml"))
    made = replace(made, cluster=replace(made.cluster, kubernetes=stage.plane.version))
    return Packed(seed, stage, scenario, stage.patch("plan"), made)


def _row(made: Packed) -> Row:
    book = Rulebook(cast_of(made.plan))
    first, again = (_told(made, book, *_lived(made)) for _ in range(2))
    return Row(made.seed, made.fill, sum(group.size for group in book.cast.groups), (first, again))


def _told(made: Packed, book: Rulebook, parts: Parts, left: Left) -> Told:
    runs = (run_of(Simulation(book, f"ties {ties}").run([parts])) for ties in range(TIES))
    return Told(left, Counter(_by_ring(pending_by_ring(made.plan, run)) for run in runs))


def _by_ring(counts: Counter[str]) -> Left:
    return tuple(sorted((ring, count) for ring, count in counts.items() if count))


def _lived(made: Packed) -> tuple[Parts, Left]:
    """Let what controllers make at once be there when kube-scheduler starts; say who came when, and what stays pending."""
    stage, plane = made.stage, made.stage.plane
    patched = stage.build(made.scenario.workloads, made.patch)
    try:
        stage.nodes(made.scenario.inventory())
        stage.script(made.patch / "nodes" / "apply.sh")
        stage.setting(patched)
        with plane.follow("/api/v1/pods") as pods:
            since = log_size(plane)
            with plane.without("kube-scheduler"):
                stage.workloads(patched, Random(f"order {made.seed}"))
                plane.until_still(pods, STILL)
                there = {f"{space}/{name}" for space, name in list(pods.objects)}
            plan = stage.planned("plan")
            life = Life(stage, made.scenario, plan, made.patch, [], patched, {}, pods, rings(plan))
            life.rest()
            assert pods.gaps == 0
            return _parts(made.plan, life, there, ADDED.findall(log_since(plane, since))), _by_ring(_left(life))
    finally:
        stage.clear()


def _left(life: Life) -> Counter[str]:
    """Count by ring the pods that are to run and do not, DaemonSets' among them."""
    counts = Counter({ring: found.total() for ring, found in losses.missing(life).items()})
    daemons = [pod for pod in list(life.pods.objects.values()) if node_meant(pod)]
    counts.update(losses.stuck_in(life, pod) or "" for pod in daemons if not running(pod))
    return counts


def _parts(plan: IsolationPlan, life: Life, there: set[str], names: list[str]) -> Parts:
    """Return the pods that kube-scheduler saw: first those that were there, then one by one.

    Last are those that a StatefulSet has not come to make. Beside them it must be all that the simulation knows, and no others:
    nobody is put out in these clusters, and comes once more.
    """
    cast = cast_of(plan)
    nodes = cast.terrain.nodes
    waiting = {cast.groups[pods[0]].workload: [(at, None) for at in reversed(pods)] for pods in cast.flow}
    meant = {(cast.groups[at].workload, nodes[number].name): (at, number) for at, number in cast.daemons}
    pod_of = {f"{pod['metadata']['namespace']}/{pod['metadata']['name']}": pod for _, pod in life.pods.events}
    first: list[Arrival] = []
    later: Parts = []
    for name in dict.fromkeys(names):
        owner, home = WorkloadId(*owner_of(pod_of[name], life.ring_of)), node_meant(pod_of[name])
        found = meant.pop((owner, home)) if home else waiting[owner].pop()
        if name in there:
            first.append(found)
        else:
            later.append([found])
    assert not meant
    assert {owner.kind for owner, pods in waiting.items() if pods} <= {"StatefulSet"}
    first.sort(key=lambda one: -cast.groups[one[0]].pod.priority)
    return [first, *later, [one for pods in waiting.values() for one in reversed(pods)]]
