"""A plan made true on a control plane, and what becomes of it: everything is watched from the first pod on."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from planner import pipeline
from planner.foresee import ORDERS, foresee
from tests.cluster.bed import ControlPlane
from tests.cluster.follow import Following
from tests.cluster.observe import Key, key_of, mixtures, owner_of, refusal, rings, running, unfinished
from tests.cluster.scenario import Scenario, of_seed
from tests.cluster.stage import WORKLOADS, Stage

Object = dict[str, Any]
QUIET = 80
"""After so many looks without a change, pods that are refused are taken to stay so: longer than a refused pod's back-off."""
PATIENCE = 240
HALF, TRIES = 0.5, 20
COUNTED = ("Deployment", "StatefulSet", "ReplicaSet", "ReplicationController", "Pod")
STRANGER = "probe-"
"""How the names of pods begin that no plan knows."""


@dataclass(frozen=True, slots=True)
class Rest:
    """How a cluster has come to rest: what kube-scheduler says of the pods it refuses, and whose controllers wait for them."""

    pending: dict[tuple[str, str], str] = field(default_factory=dict)
    waiting: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Say whether anything is left open."""
        return bool(self.pending or self.waiting)


@dataclass(slots=True)
class Life:
    """A scenario, its plan, the objects with and without the patches, and every pod since the beginning."""

    stage: Stage
    scenario: Scenario
    plan: Object
    patch: Path
    bare: list[Object]
    patched: list[Object]
    before: dict[str, Object]
    pods: Following
    ring_of: dict[Key, str | None]

    @property
    def plane(self) -> ControlPlane:
        """Return the control plane."""
        return self.stage.plane

    def ring(self, pod: Object) -> str | None:
        """Return the ring of a pod; None for a resident of every ring, and for what no plan knows."""
        if pod["metadata"]["name"].startswith(STRANGER):
            return None
        return self.ring_of[owner_of(pod, self.ring_of)]

    def mixtures(self) -> list[str]:
        """Say when a node held pods of two rings, and which pods were outside the nodes of their ring."""
        planned = {(node, ring["name"]) for ring in self.plan["rings"] for node in ring["nodes"]}
        homes = {(pod["spec"].get("nodeName"), self.ring(pod)) for _, pod in self.pods.events}
        strays = {home for home in homes if None not in home} - planned
        return [*mixtures(self.pods.events, self.ring), *(f"{node} is not of ring {ring}" for node, ring in sorted(strays))]

    def rest(self) -> Rest:
        """Wait until all that is wanted runs, or what does not is refused for good."""
        wanted = [key_of(each) for each in self.patched if each["kind"] in WORKLOADS]
        seen: tuple[object, ...] = ()
        looks = 0

        def resting() -> tuple[Rest] | None:
            nonlocal seen, looks
            now = list(self.pods.objects.items())
            open_pods = {name: refusal(pod) for name, pod in now if not running(pod)}
            left = tuple(unfinished(self.plane, wanted))
            if not open_pods and not left and not any(count > 0 for count in self.short().values()):
                return (Rest(),)
            state = (len(self.pods.events), left)
            looks = looks + 1 if state == seen and all(open_pods.values()) else 0
            seen = state
            return (Rest(open_pods, left),) if looks > QUIET else None

        try:
            return self.plane.wait(resting, "everything runs, or is refused", PATIENCE)[0]
        except TimeoutError as late:
            raise AssertionError(f"{late}: {self._open()}, {unfinished(self.plane, wanted)}") from late

    def short(self) -> dict[Key, int]:
        """Return how many pods of each workload are to run and do not, whether its controller knows that yet or not."""
        there = Counter(owner_of(pod, self.ring_of) for pod in list(self.pods.objects.values()) if running(pod))
        mine = [each for each in self.patched if each["kind"] in COUNTED]
        return {key_of(each): self._wanted(each) - there[key_of(each)] for each in mine}

    def _wanted(self, thing: Object) -> int:
        if thing["kind"] == "Pod":
            return 1
        replicas: int = self.plane.request("GET", self.plane.client.path(thing))["spec"]["replicas"]
        return replicas

    def _open(self) -> list[str]:
        return [f"{name}: {pod['status']}" for name, pod in self.pods.objects.items() if not running(pod)][:20]


def nodes_of(plane: ControlPlane) -> dict[str, Object]:
    """Return what a person may change on nodes: labels, and what their spec says.

    The old names of arch and os are left out: the node-lifecycle controller adds them, when it comes to it.
    """
    found = plane.items("/api/v1/nodes")
    return {each["metadata"]["name"]: {"labels": _given(each["metadata"]["labels"]), "spec": each["spec"]} for each in found}


def _given(labels: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in labels.items() if not key.startswith("beta.kubernetes.io/")}


def first_that_fits(stage: Stage, number: int) -> Scenario:
    """Return a half full random cluster that is feasible, and where no order of arrival is foreseen to leave a pod pending."""
    for seed in range(1000 + TRIES * number, 1000 + TRIES * (number + 1)):
        scenario = of_seed(seed, stage.folder / str(seed), HALF)
        if stage.try_plan("plan", *scenario.arguments(), "--time-limit", 10) == 0:
            forecast = foresee(pipeline.load(str(stage.folder / "plan.yaml")), ORDERS[:3])
            if not any(run.pending for run in forecast.runs):
                return scenario
    raise AssertionError(f"none of {TRIES} random clusters fits")


@contextmanager
def made_true(stage: Stage, scenario: Scenario, name: str, order: Random | None) -> Iterator[Life]:
    """Do what a user does with a plan that was made: patch, build, label and taint nodes, apply.

    Workloads come in random order; without one DaemonSets come first, as on a cluster that is there already.
    """
    plan, patch = stage.planned(name), stage.patch(name)
    bare, patched = stage.build(scenario.workloads), stage.build(scenario.workloads, patch)
    try:
        stage.nodes(scenario.inventory())
        before = nodes_of(stage.plane)
        stage.script(patch / "nodes" / "apply.sh")
        with stage.plane.follow("/api/v1/pods") as pods:
            stage.setting(patched)
            daemons = [each for each in patched if each["kind"] == "DaemonSet" and order is None]
            stage.workloads(daemons, Random(0))
            stage.workloads([each for each in patched if each not in daemons], order or Random(0))
            yield Life(stage, scenario, plan, patch, bare, patched, before, pods, rings(plan))
    finally:
        stage.clear()
