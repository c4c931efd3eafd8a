"""Whom the plan leads where: to kinds of nodes, never to single ones, and only where that says anything."""

from dataclasses import replace

import pytest

from models.answer.plan import IsolationPlan, Placement, RingPlan
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Labels, LabelSelector
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod, TopologySpreadConstraint
from models.kubernetes.resources import Resources
from models.kubernetes.workload import Workload, WorkloadId
from models.trust import Trust, TrustPolicy
from planner.refine.hints.affinity_hints import guides, telling_key, ways

TYPE = "node.kubernetes.io/instance-type"
RING_KEY = "ringfence.dev/ring"


def node(name: str, cpu: int, **labels: str) -> Node:
    own = {"kubernetes.io/hostname": name, RING_KEY: "r", **{key.replace("_", "/"): value for key, value in labels.items()}}
    return Node(name, Labels(own), allocatable=Resources({"cpu": cpu, "pods": 110}))


def typed(name: str, cpu: int, kind: str) -> Node:
    found = node(name, cpu)
    return replace(found, labels=Labels({**found.labels, TYPE: kind}))


KEYS = {
    "the instance type is what everybody knows": ([typed("a", 1, "s"), typed("b", 2, "l"), typed("c", 2, "l")], TYPE),
    "a label of one's own does, where each value means one shape": (
        [node("a", 1, pool="s"), node("b", 2, pool="l"), node("c", 2, pool="l")],
        "pool",
    ),
    "not where a value means two shapes": ([node("a", 1, pool="x"), node("b", 2, pool="x"), node("c", 3, pool="y")], None),
    "not where not all bear it": ([node("a", 1, pool="s"), node("b", 2, pool="l"), node("c", 2)], None),
    "not where each node has a value of its own": ([node("a", 1, pool="s"), node("b", 2, pool="l")], None),
    "nodes of one shape need no guide": ([node("a", 1, pool="s"), node("b", 1, pool="l"), node("c", 1, pool="l")], None),
    "the name of the host is no kind": ([node("a", 1), node("b", 2), node("c", 2)], None),
}


@pytest.mark.parametrize(("nodes", "key"), KEYS.values(), ids=KEYS)
def test_a_label_that_tells_shapes_apart(nodes, key):
    assert telling_key(nodes, RING_KEY) == key


NODES = (typed("a", 1, "s"), typed("b", 2, "l"), typed("c", 2, "l"))
SPREAD = TopologySpreadConstraint(1, "zone", label_selector=LabelSelector())


def workload(name: str, kind: str = "Deployment", **pod: object) -> Workload:
    return Workload(WorkloadId(kind, "shop", name), "apps/v1", Pod("shop", **pod), 2)


def plan(*placed: tuple[Workload, dict[str, int]]) -> IsolationPlan:
    return IsolationPlan(
        "p",
        "feasible",
        TrustPolicy("p", ("x",)),
        Cluster(NODES, tuple(one for one, _ in placed)),
        Trust((), (), FrozenMap()),
        rings=(RingPlan("r", ("x",), ("a", "b", "c")),),
        placements=tuple(Placement(one.id, "x", "r", 2, FrozenMap(on)) for one, on in placed),
    )


LED = {
    "who has one kind is led there": (workload("web"), {"b": 1, "c": 1}, ("l",)),
    "who has both is not": (workload("web"), {"a": 1, "b": 1}, None),
    "a DaemonSet goes everywhere": (workload("web", "DaemonSet"), {"b": 1}, None),
    "who has volumes follows them": (workload("web", claims=("data",)), {"b": 2}, None),
}


@pytest.mark.parametrize(("one", "on", "values"), LED.values(), ids=LED)
@pytest.mark.parametrize("required", [False, True])
def test_who_is_led(one, on, values, required):
    found = guides(plan((one, on)), {"r"}, required)
    assert [(guide.key, guide.values, guide.required) for guide in found] == ([(TYPE, values, required)] if values else [])


@pytest.mark.parametrize(("required", "led"), [(False, 1), (True, 0)])
def test_who_is_spread_counts_the_nodes_that_its_affinity_requires_whatever_it_prefers(required, led):
    one = workload("web", topology_spread_constraints=(SPREAD,))
    assert len(guides(plan((one, {"b": 2})), {"r"}, required)) == led


def test_rings_that_were_not_asked_for_are_left_alone():
    assert guides(plan((workload("web"), {"b": 2})), {"other"}, True) == ()


def test_ways_to_lead_are_labels_that_tell_some_nodes_from_others():
    zone = {"topology.kubernetes.io/zone": "z", "kubernetes.io/os": "linux"}
    nodes = [typed(name, 1, kind) for name, kind in (("a", "s"), ("b", "m"), ("c", "l"))]
    nodes += [replace(node(name, 1), labels=Labels({**node(name, 1).labels, "pool": "x"})) for name in ("d", "e")]
    nodes = [replace(one, labels=Labels({**one.labels, **zone})) for one in nodes]
    nodes[0] = replace(nodes[0], labels=Labels({**nodes[0].labels, "topology.kubernetes.io/zone": "y", "serial": "1"}))
    nodes[1] = replace(nodes[1], labels=Labels({**nodes[1].labels, "serial": "2"}))
    found = list(ways(nodes, RING_KEY))
    assert found == [
        *((TYPE, (kind,)) for kind in ("l", "m", "s")),
        *((TYPE, pair) for pair in (("m", "s"), ("l", "s"), ("l", "m"))),
        ("pool", ("x",)),
    ]
