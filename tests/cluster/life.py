"""A plan made true on a control plane, and what becomes of it: everything is watched from the first pod on."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from planner import pipeline
from planner.simulate.scheduler.pods import cast_of
from tests.cluster import written
from tests.cluster.bed import ControlPlane
from tests.cluster.client import MERGE
from tests.cluster.follow import Following
from tests.cluster.observe import (
    Key,
    controllers,
    ended_by,
    is_done,
    key_in_plan,
    key_of,
    mixtures,
    owner_of,
    refusal,
    rings,
    running,
    unfinished,
)
from tests.cluster.scenario import Scenario
from tests.cluster.stage import WORKLOADS, Stage

Object = dict[str, Any]
QUIET, SELDOM = 80, 10
"""After so many looks without a change, pods that are refused are taken to stay so: longer than QUICK lets a refused pod wait.

Meanwhile what controllers say is asked seldom: it costs most.
"""
QUICK = {"podMaxBackoffSeconds": 1}
"""What kube-scheduler is told where lives are lived: ten seconds without it."""
MINDFUL = {"kube-scheduler": ["--pod-max-in-unschedulable-pods-duration=10s"]}
"""And how long it may forget a pod that others were put out for, which happens on a busy machine: five minutes without it."""
FORGOTTEN = 800
"""After so many looks it has looked again at a pod that has a nomination, even if it had forgotten it: it does every 30 s."""
PATIENCE = 240
ASLEEP = 200
"""After so many looks without a change, with pods that nobody refuses, fake kubelets are taken to have missed something."""
COUNTED = ("Deployment", "StatefulSet", "ReplicaSet", "ReplicationController", "Pod")
HOSTNAME, RING = "kubernetes.io/hostname", "ringfence.node-restriction.kubernetes.io/ring"
BOUGHT, AS_HOST = "@", str.maketrans("@#", "--")
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

    @property
    def rings_that_run(self) -> set[str]:
        """Return the rings that have pods as long as no CronJob runs."""
        return {ring for (kind, _, _), ring in self.ring_of.items() if ring and kind != "CronJob"}

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

    def beyond(self) -> dict[Key, tuple[int, int]]:
        """Return the workloads that have more pods than the plan counts for them, with both numbers."""
        there = Counter(owner_of(pod, self.ring_of) for pod in list(self.pods.objects.values()) if not is_done(pod))
        planned = {key_in_plan(each): each["pods"] for each in self.plan["placements"]}
        return {key: (there[key], pods) for key, pods in planned.items() if there[key] > pods}

    def rest(self, *, twice: bool = False) -> Rest:
        """Wait until all that is wanted runs, or what does not is refused for good; `twice`: also if it had been forgotten."""
        wanted = [key_of(each) for each in self.patched if each["kind"] in WORKLOADS]
        seen: tuple[object, ...] = ()
        looks = idle = events = 0

        def resting() -> tuple[Rest] | None:
            nonlocal seen, looks, idle, events
            open_pods = {name: refusal(pod) for name, pod in list(self.pods.objects.items()) if not running(pod)}
            looks += 1
            if not all(open_pods.values()):
                looks, idle, events = 0, idle + 1 if events == len(self.pods.events) else 0, len(self.pods.events)
                if idle == ASLEEP:
                    self._wake(open_pods)
            elif not open_pods or looks % SELDOM == 0:
                found = controllers(self.plane)
                left = tuple(unfinished(found, wanted))
                listed = [thing for key, thing in found.items() if key[0] == "Pod"]
                if all(map(running, listed)) and not left and not any(count > 0 for count in self._short(found).values()):
                    return (Rest(),)
                state = (len(self.pods.events), left)
                looks = looks if state == seen else 0
                seen = state
                quiet = FORGOTTEN if twice else self._quiet(open_pods)
                return (Rest(open_pods, left),) if open_pods and looks > quiet else None
            return None

        try:
            return self.plane.wait(resting, "everything runs, or is refused", PATIENCE)[0]
        except TimeoutError as late:
            raise AssertionError(f"{late}: {self._open()}, {unfinished(controllers(self.plane), wanted)}") from late

    def _quiet(self, names: Iterable[tuple[str, str]]) -> int:
        pods = [self.pods.objects[name] for name in names if name in self.pods.objects]
        return FORGOTTEN if any(pod["status"].get("nominatedNodeName") for pod in pods) else QUIET

    def _wake(self, names: Iterable[tuple[str, str]]) -> None:
        """Let the fake kubelets look again at pods that they were given: of a node that has just been made they may miss some."""
        for namespace, name in names:
            body = {"metadata": {"annotations": {"ringfence.test/woken": str(len(self.pods.events))}}}
            self.plane.try_request("PATCH", f"/api/v1/namespaces/{namespace}/pods/{name}", body, MERGE)

    def last_seen(self, thing: Object) -> Object | None:
        """Return a bare pod as it was when something last happened to it; None if nothing did."""
        name = key_of(thing)[1:]
        seen = (pod for _, pod in reversed(self.pods.events) if (pod["metadata"]["namespace"], pod["metadata"]["name"]) == name)
        return next(seen, None)

    def make_again(self, *reasons: str) -> list[str]:
        """Make the bare pods again that were ended for one of these reasons, as whoever made them first would; return which."""
        gone = [each for each in self.patched if each["kind"] == "Pod" and key_of(each)[1:] not in self.pods.objects]
        again = [each for each in gone if (seen := self.last_seen(each)) and ended_by(seen) in reasons]
        self.plane.apply(again)
        return ["/".join(key_of(each)) for each in again]

    def short(self) -> dict[Key, int]:
        """Return how many pods of each workload are to run and do not, whether its controller knows that yet or not."""
        return self._short(controllers(self.plane))

    def _short(self, found: dict[Key, Object]) -> dict[Key, int]:
        there = Counter(owner_of(pod, self.ring_of) for key, pod in found.items() if key[0] == "Pod" and running(pod))
        mine = [key_of(each) for each in self.patched if each["kind"] in COUNTED]
        return {key: (1 if key[0] == "Pod" else found[key]["spec"]["replicas"]) - there[key] for key in mine}

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


def _bought(stage: Stage, name: str, plan: Object) -> list[Object]:
    """Return the nodes that a plan buys as they join a cluster, with label and taint, and count them among those of their rings.

    Whoever makes them names them; no node could have the name that the plan gives it.
    """
    cast = cast_of(pipeline.load(str(stage.folder / f"{name}.yaml")))
    found = [written.node(node) for node in cast.terrain.nodes if BOUGHT in node.name]
    for node in found:
        joined = node["metadata"]["name"].translate(AS_HOST)
        node["metadata"]["name"] = node["metadata"]["labels"][HOSTNAME] = joined
        ring = next(ring for ring in plan["rings"] if ring["name"] == node["metadata"]["labels"][RING])
        ring["nodes"].append(joined)
    return found


@contextmanager
def made_true(stage: Stage, scenario: Scenario, name: str, order: Random | None) -> Iterator[Life]:
    """Do what a user does with a plan that was made: patch, build, label and taint nodes, apply.

    Workloads come in random order; without one DaemonSets come first, as on a cluster that is there already.
    """
    plan, patch = stage.planned(name), stage.patch(name)
    bare, patched = stage.build(scenario.workloads), stage.build(scenario.workloads, patch)
    try:
        stage.nodes([*scenario.inventory(), *_bought(stage, name, plan)])
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
