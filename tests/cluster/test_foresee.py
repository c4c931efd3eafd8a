"""What planner.simulate says that kube-scheduler will do, it does: score by score, victim by victim, and ring by ring."""

import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest

from models.answer.plan import IsolationPlan
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import DisruptionBudget
from models.kubernetes.labels import LabelSelector
from models.kubernetes.workload import WorkloadId
from planner.simulate import pending_by_ring, run_of
from planner.simulate.scheduler.arrival_orders import arrivals
from planner.simulate.scheduler.disruption_budgets import Budgets
from planner.simulate.scheduler.filters import feasible
from planner.simulate.scheduler.pods import cast_of
from planner.simulate.scheduler.preemption import Eviction, Victim, eviction
from planner.simulate.scheduler.rulebook import Rulebook
from planner.simulate.scheduler.simulation import Simulation
from tests.cluster.agreement import TIES, Left, Row, Told, insist
from tests.cluster.bed import ControlPlane
from tests.cluster.conftest import StartPlane
from tests.cluster.lockstep import (
    ADDED,
    ALWAYS,
    NEVER,
    Lockstep,
    Object,
    Scores,
    as_can_be_made,
    log_since,
    log_size,
    priority_class,
    spoken_of,
    telling,
    told,
)
from tests.simulate.small_plans import APPS, random_plan

CLUSTERS = int(os.environ.get("RINGFENCE_FORESEEN", "12"))
FILLS = (0.6, 0.75, 0.85, 0.95)
QUIET = 40
"""After so many looks without a change, a cluster is taken to be at rest: longer than a refused pod's back-off."""
CALM = 6
"""After so many looks without a change, nobody else is taken to be put out for a pod."""


@pytest.fixture(scope="module")
def talkative(start_plane: StartPlane) -> Iterator[ControlPlane]:
    """Return a control plane without controllers whose scheduler tells the score of every node."""
    wishes = {"flags": {"kube-scheduler": ["--v=10"]}, "scheduler_config": {"podMaxBackoffSeconds": 1}}
    with start_plane(controllers=False, kwok=False, **wishes) as plane:
        plane.create_namespaces(["shop"], {"team": "shop"})
        plane.create_namespaces(["pay"], {"team": "pay"})
        plane.create([priority_class(1000, NEVER), priority_class(500, ALWAYS), priority_class(2000, ALWAYS)])
        yield plane


@pytest.mark.parametrize("seed", range(CLUSTERS))
def test_every_score_is_the_one_that_kube_scheduler_gives(talkative: ControlPlane, seed: int):
    step = Lockstep(talkative, as_can_be_made(random_plan(seed)))
    foreseen: dict[str, Scores] = {}
    different: list[str] = []
    try:
        step.prepare()
        talkative.restart("kube-scheduler")
        since = log_size(talkative)
        for number, at in enumerate(arrivals(step.cast, "random 1")):
            name = f"s{seed}-p{number:03}"
            names, scores = step.foreseen(at)
            chosen = step.arrive(at, name)
            if (chosen or "nowhere") not in (names or ["nowhere"]):
                different.append(f"{name}: {chosen or 'nowhere'} is not among {names}")
            foreseen[f"{step.cast.groups[at].pod.namespace}/{name}"] = telling(scores)
        said = told(talkative, since)
        different += [
            f"{name}:\n  foreseen {scores}\n  told     {telling(said.get(name, {}))}"
            for name, scores in foreseen.items()
            if scores != telling(said.get(name, {}))
        ]
    finally:
        step.clean()
    assert different == [], "\n".join(different)


def test_as_many_stay_pending_in_each_ring_as_on_kube_scheduler(talkative: ControlPlane, request: pytest.FixtureRequest):
    insist([_row(talkative, seed) for seed in range(CLUSTERS)], request.config)


def _row(plane: ControlPlane, seed: int) -> Row:
    fill = FILLS[seed % len(FILLS)]
    made = as_can_be_made(random_plan(seed, plain=seed % 2 == 0, nodes=12, workloads=10, fill=fill, spaces=("shop",)))
    first, again = (_run(plane, made, f"random {seed}") for _ in range(2))
    return Row(seed, fill, sum(one.pods for one in made.cluster.workloads), (first, again))


def _run(plane: ControlPlane, made: IsolationPlan, order: str) -> Told:
    step = Lockstep(plane, made)
    try:
        step.prepare()
        flow, left = _crowd(step, order)
    finally:
        step.clean()
    return Told(left, Counter(_foreseen(step.plan, flow, ties) for ties in range(TIES)))


def _crowd(step: Lockstep, order: str) -> tuple[list[WorkloadId], Left]:
    """Let all pods be there when kube-scheduler starts; return the order in which it saw them, and what is pending in the end."""
    plane = step.plane
    scheduler = plane.programs["kube-scheduler"]
    scheduler.stop()
    since = log_size(plane)
    groups = {f"p{number:04}": at for number, at in enumerate(arrivals(step.cast, order))}
    step.made += plane.create([step.thing(at, name) for name, at in groups.items()])
    scheduler.start()
    scheduler.until_ready(60)
    bound = _at_rest(plane)
    seen = [name.removeprefix("shop/") for name in ADDED.findall(log_since(plane, since))]
    left = Counter(step.plan.trust.members[str(_owner(step, groups[name]))].ring for name, node in bound.items() if not node)
    return [_owner(step, groups[name]) for name in seen if name in groups], tuple(sorted(left.items()))


def _owner(step: Lockstep, at: int) -> WorkloadId:
    return step.cast.groups[at].workload


def _at_rest(plane: ControlPlane) -> dict[str, str]:
    """Wait until every pod is bound or refused and nothing has changed for a while."""
    last: dict[str, str] = {}
    looks = 0

    def rests() -> bool:
        nonlocal last, looks
        pods: list[Object] = [pod for pod in plane.items("/api/v1/namespaces/shop/pods") if pod["metadata"]["name"][0] == "p"]
        now = {pod["metadata"]["name"]: pod["spec"].get("nodeName", "") for pod in pods}
        looks = looks + 1 if now == last and all(map(spoken_of, pods)) else 0
        last = now
        return looks > QUIET

    plane.wait(rests, "the cluster is at rest", seconds=120)
    return last


def _foreseen(made: IsolationPlan, flow: list[WorkloadId], ties: int) -> Left:
    cast = cast_of(made)
    groups = {group.workload: group.number for group in cast.groups}
    order = sorted((groups[one] for one in flow), key=lambda at: -cast.groups[at].pod.priority)
    run = run_of(Simulation(Rulebook(cast), f"ties {ties}").run([[[(at, None) for at in order]]]))
    return tuple(sorted((ring, count) for ring, count in pending_by_ring(made, run).items() if count))


@pytest.mark.parametrize("seed", range(CLUSTERS))
def test_those_put_out_are_as_few_and_as_unimportant_as_kube_scheduler_finds(talkative: ControlPlane, seed: int):
    step = Lockstep(
        talkative, _with_priorities(random_plan(seed, plain=True, nodes=6, workloads=8, fill=1.3, spaces=("shop",)), seed)
    )
    different: list[str] = []
    try:
        step.prepare()
        talkative.restart("kube-scheduler")
        there: dict[str, tuple[int, int, int]] = {}
        for number, at in enumerate(arrivals(step.cast, "lowest priority first")):
            name = f"p{number:04}"
            wish = None if len(feasible(step.state, at)) else eviction(step.state, at, Budgets(step.cast), lambda _: 0)
            chosen = step.arrive(at, name)
            gone = _gone(step, there, CALM if wish else 1)
            broken = sum(Budgets(step.cast).broken_by(step.state, [at for at, _, _ in gone]))
            different += _compare(step, name, wish, gone, chosen, broken)
            if chosen:
                there[name] = (at, step.cast.terrain.index[chosen], step.state.clock)
    finally:
        step.clean()
    assert different == [], "\n".join(different)


def _with_priorities(plan: IsolationPlan, seed: int) -> IsolationPlan:
    rng = random.Random(f"priorities {seed}")
    workloads = tuple(
        replace(
            one,
            id=WorkloadId("Pod", one.id.namespace, one.id.name),
            template=replace(one.template, priority=rng.choice((0, 0, 500, 2000))),
        )
        for one in plan.cluster.workloads
    )
    members = {str(one.id): plan.trust.members[str(old.id)] for one, old in zip(workloads, plan.cluster.workloads, strict=True)}
    trust = replace(plan.trust, members=type(plan.trust.members)(members))
    budgets = tuple(
        DisruptionBudget("shop", f"kept-{app}", LabelSelector(FrozenMap({"app": app})), max_unavailable="0")
        for app in rng.sample(APPS, rng.choice((0, 1, 2)))
    )
    return replace(plan, cluster=replace(plan.cluster, workloads=workloads, budgets=budgets), trust=trust)


def _gone(step: Lockstep, there: dict[str, tuple[int, int, int]], looks: int) -> list[tuple[int, int, int]]:
    """Take off those that are there no more, and return them."""
    left = _unchanging(step.plane, looks)
    found = [there.pop(name) for name in list(there) if name not in left]
    for at, node, since in found:
        step.state.take(at, node, since)
    return found


def _unchanging(plane: ControlPlane, looks: int) -> set[str]:
    """Name the pods that are there once the last of those put out is gone; the one they make room for may be bound before."""
    last: list[set[str]] = []

    def is_over() -> bool:
        last.append({pod["metadata"]["name"] for pod in plane.items("/api/v1/namespaces/shop/pods")})
        return len(last) >= looks and all(one == last[-1] for one in last[-looks:])

    plane.wait(is_over, "nobody is put out any more")
    return last[-1]


def _compare(
    step: Lockstep, name: str, wish: Eviction | None, gone: list[tuple[int, int, int]], chosen: str, broken: int
) -> Iterator[str]:
    if wish is None:
        if gone:
            yield f"{name}: {len(gone)} pods were put out, none was foreseen"
        return
    victims = [Victim(at, since, step.cast.groups[at].pod.priority) for at, _, since in gone]
    victims.sort(key=lambda one: (-one.priority, one.since))
    real = Eviction(step.cast.terrain.index.get(chosen, -1), tuple(victims), broken).cost()[:4] if victims else None
    if real != wish.cost()[:4]:
        yield f"{name}: put out {real}, foreseen {wish.cost()[:4]}"
