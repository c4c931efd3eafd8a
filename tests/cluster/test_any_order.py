"""In a ring that is proven for every order of arrival, the real kube-scheduler leaves no pod pending, whatever it prefers."""

import random
from collections.abc import Iterator
from typing import Any

import pytest

from models.answer.plan import IsolationPlan
from planner.simulate.any_order_proof import certify, nodes_to_prove
from tests.cluster import written
from tests.cluster.bed import ControlPlane
from tests.cluster.conftest import StartPlane
from tests.cluster.follow import Following
from tests.simulate.certificate_rings import CRITICAL, Arrivals, grown, larger_plan, node, plan_of, workload

RINGS = 3
ORDERS = ("random", "small first", "one kind last")
SCORINGS = {"spreads": "LeastAllocated", "packs": "MostAllocated"}
Object = dict[str, Any]


@pytest.fixture(scope="module", params=SCORINGS, ids=list(SCORINGS))
def scheduler(start_plane: StartPlane, request: pytest.FixtureRequest) -> Iterator[ControlPlane]:
    """Return a control plane without controllers, whose scheduler prefers empty nodes or full ones."""
    resources = [{"name": "cpu", "weight": 1}, {"name": "memory", "weight": 1}]
    strategy = {"type": SCORINGS[request.param], "resources": resources}
    fit = {"name": "NodeResourcesFit", "args": {"scoringStrategy": strategy}}
    profile = {"schedulerName": "default-scheduler", "pluginConfig": [fit]}
    with start_plane(controllers=False, kwok=False, scheduler_config={"profiles": [profile]}) as plane:
        plane.create_namespaces(["shop"])
        yield plane


class Arrival:
    """Lets the pods of a ring arrive on a control plane, and makes those again that are evicted, as a controller would."""

    def __init__(self, plane: ControlPlane, plan: IsolationPlan) -> None:
        self.plane, self.scene = plane, Arrivals(plan)
        self.nodes = [written.node(one) for one in self.scene.nodes]
        self.made: dict[str, int] = {}
        self.things: list[Object] = []

    def run(self, order: list[int]) -> list[str]:
        """Return the pods that kube-scheduler ever found no node for; a critical daemon may wait for its victims."""
        self.plane.apply(self.nodes)
        try:
            with self.plane.follow("/api/v1/pods") as pods:
                half = len(order) // 2
                for part in (order[:half], order[half:-1], order[-1:]):
                    self._create(part)
                    self._settle(pods)
                return sorted({name for name in map(self._refused, (thing for _, thing in pods.events)) if name})
        finally:
            self.plane.delete([*self.things, *self.nodes])

    def _create(self, kinds: list[int]) -> None:
        things = []
        for at in kinds:
            pod, nodes, _ = self.scene.kinds[at]
            name = f"{pod.labels['app']}-{len(self.things)}"
            self.made[name] = at
            thing = written.pod(pod, name)
            if pod.priority:
                thing["spec"] |= {"priorityClassName": "system-node-critical", "affinity": _pinned(nodes[0].name)}
            things.append(thing)
            self.things.append(thing)
        self.plane.create(things)

    def _settle(self, pods: Following) -> None:
        """Wait until every pod that is to be there has a node or was refused for good, and make evicted ones again."""
        while self._evicted(pods):
            pass

    def _evicted(self, pods: Following) -> bool:
        pods.wait(
            lambda: self._gone(pods) or (len(pods.objects) == len(self.made) and all(map(_spoken, pods.objects.values()))),
            "every pod has a verdict",
        )
        gone = self._gone(pods)
        again = [self.made.pop(name) for name in gone]
        self._create(again)
        return bool(again)

    def _gone(self, pods: Following) -> list[str]:
        gone = {thing["metadata"]["name"] for kind, thing in list(pods.events) if kind == "DELETED"}
        return sorted(gone & set(self.made))

    def _refused(self, thing: Object) -> str:
        return "" if thing["spec"].get("priority") or not _pending(thing) else str(thing["metadata"]["name"])


def _pinned(name: str) -> Object:
    field = {"key": "metadata.name", "operator": "In", "values": [name]}
    term = {"matchFields": [field]}
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}}


def _pending(thing: Object) -> bool:
    conditions = thing.get("status", {}).get("conditions", ())
    return any(one["type"] == "PodScheduled" and one.get("reason") == "Unschedulable" for one in conditions)


def _spoken(thing: Object) -> bool:
    """A critical daemon is to have a node in the end; any other pod may have been refused, which the test then reports."""
    return bool(thing["spec"].get("nodeName") or (_pending(thing) and not thing["spec"].get("priority")))


def _tight(seed: int) -> IsolationPlan:
    """Make a ring with as many nodes as its proof needs, and not one more where it needs more than it had."""
    plan = larger_plan(seed)
    return grown(plan, nodes_to_prove(plan, "inner", plan.cluster.nodes[0].name) or 0)


def _order(scene: Arrivals, name: str, seed: int) -> list[int]:
    rng = random.Random(f"{name} {seed}")
    pods = [at for at, (_, _, count) in enumerate(scene.kinds) for _ in range(count)]
    rng.shuffle(pods)
    last = rng.choice(pods)
    size = {at: sum(sum(one.requests.values()) for one in pod.containers) for at, (pod, _, _) in enumerate(scene.kinds)}
    by = {"random": lambda at: 0, "small first": lambda at: size[at], "one kind last": lambda at: at == last}
    return sorted(pods, key=by[name])


@pytest.mark.parametrize("seed", range(RINGS))
def test_no_pod_of_a_proven_ring_is_ever_pending(scheduler: ControlPlane, seed: int) -> None:
    plan = _tight(seed)
    assert certify(plan)["inner"] is None
    for name in ORDERS:
        arrival = Arrival(scheduler, plan)
        assert arrival.run(_order(arrival.scene, name, seed)) == [], name


def test_a_ring_that_is_not_proven_can_leave_a_pod_pending(start_plane: StartPlane) -> None:
    """Where this test passes, those above can fail."""
    plan = plan_of([node("a"), node("b")], [workload("big", 1, {"cpu": 2500}), workload("web", 2, {"cpu": 2000})])
    assert certify(plan)["inner"] is not None
    with start_plane(controllers=False, kwok=False) as plane:
        plane.create_namespaces(["shop"])
        assert Arrival(plane, plan).run([1, 1, 0]) == ["big-2"]


def test_a_critical_daemon_makes_room_and_those_it_evicts_find_another_node(scheduler: ControlPlane) -> None:
    agent = workload("agent", 0, {"cpu": 1000}, "DaemonSet", namespace="kube-system", priority=CRITICAL)
    plan = plan_of([node(name) for name in "abc"], [agent, workload("web", 8, {"cpu": 1000})])
    assert certify(plan)["inner"] is None
    arrival = Arrival(scheduler, plan)
    assert arrival.run([3] * 8 + [0, 1, 2]) == []
