"""What each ring can lose: which losses are looked at, which hurt, and who is tied."""

from collections import Counter
from dataclasses import replace

import pytest

from models.answer.plan import Lost, Outlook
from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Labels, LabelSelector
from models.kubernetes.node import Node
from models.kubernetes.pod import Container, Pod
from models.kubernetes.resources import Resources
from models.trust import PolicyNodes
from planner.rules import ring_membership
from planner.rules.placement.cluster_state import World
from planner.rules.placement.failure_repacking import ZONE
from planner.rules.placement.failure_report import MOST_FAILING, Prospect

POLICY = PolicyNodes("ring", "taint", LabelSelector(Labels({"role": "master"})))


def node(name, **labels):
    room = Resources({"cpu": 1000, "pods": 10})
    return Node(name, Labels({ZONE: name[0], "host": name, **labels}), allocatable=room)


NODES = (node("a1"), node("a2"), node("b1"), node("b2"), node("c1", role="master"))


def pod(cpu=500, **fields):
    made = Pod(labels=Labels({"app": "x"}), containers=(Container(requests=Resources({"cpu": cpu})),), **fields)
    return ring_membership.ring_pod(made, "r", POLICY)


def outlooks(placed, nodes=NODES, rings=None):
    rings = rings or {"r": [n.name for n in nodes if n.name in placed]}
    ring_of = {name: home for home, names in rings.items() for name in names}
    cluster = Cluster(nodes=nodes)
    guests = {name: Counter((f"of {one.labels['app']}", one) for one in pods) for name, pods in placed.items()}
    world = World(ring_membership.final_nodes(nodes, ring_of, POLICY), cluster, placed)
    return Prospect(world, cluster, POLICY, rings, guests).outlooks()


PINNED = pod(node_selector=Labels({"host": "a1"}))
IN_A = pod(node_selector=Labels({ZONE: "a"}))
ANYWHERE = pod()
ROWS = [
    ("room for every node, not for every zone",
     {"a1": [ANYWHERE], "a2": [ANYWHERE], "b1": [ANYWHERE]},
     [Outlook("r", "node", 3, 3), Outlook("r", "zone", 2, 2, 1, 0, (Lost("a", {"of x": 1}),))]),
    ("pods that one node alone lets in are tied to it",
     {"a1": [PINNED], "a2": []},
     [Outlook("r", "node", 2, 2, 0, 1, (Lost("a1", {}, {"of x": 1}),)),
      Outlook("r", "zone", 1, 1, 0, 1, (Lost("a", {}, {"of x": 1}),))]),
    ("pods of one zone are tied to it, and to none of its nodes",
     {"a1": [IN_A], "a2": [IN_A], "b1": []},
     [Outlook("r", "node", 3, 3), Outlook("r", "zone", 2, 2, 0, 1, (Lost("a", {}, {"of x": 2}),))]),
    ("a node of another ring is one that lets in, so nobody is tied",
     {"a1": [IN_A]},
     [Outlook("r", "node", 1, 1, 1, 0, (Lost("a1", {"of x": 1}),)),
      Outlook("r", "zone", 1, 1, 0, 1, (Lost("a", {}, {"of x": 1}),))]),
    ("a ring without pods has nothing to lose", {"a1": [], "a2": []}, []),
]  # fmt: skip


@pytest.mark.parametrize(("placed", "found"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_outlooks(placed, found) -> None:
    assert list(outlooks(placed)) == found


def test_without_zones_only_nodes_are_lost() -> None:
    nodes = tuple(replace(one, labels=Labels({"host": one.name})) for one in NODES)
    assert [one.of for one in outlooks({"a1": [ANYWHERE], "b1": []}, nodes)] == ["node"]


def test_excluded_nodes_let_nobody_in() -> None:
    only = pod(node_selector=Labels({"kind": "special"}))
    nodes = (node("a1", kind="special"), node("b1"), node("c1", kind="special", role="master"))
    assert outlooks({"a1": [only], "b1": []}, nodes)[0].tying == 1


def test_a_ring_that_often_fails_is_not_tried_to_the_end() -> None:
    nodes = tuple(node(f"a{at:02}") for at in range(40))
    placed = {one.name: [pod(1000)] for one in nodes}
    first = outlooks(placed, nodes)[0]
    assert (first.count, first.tried, first.failing, len(first.worst)) == (40, MOST_FAILING, MOST_FAILING, MOST_FAILING)


def test_the_fullest_nodes_come_first_and_the_worst_is_named_first() -> None:
    placed = {"a1": [pod(400)], "a2": [pod(225)] * 4, "b1": [pod(450)] * 2, "b2": [pod(1000)]}
    assert outlooks(placed)[0].worst[0].name == "a2"


def test_rings_are_looked_at_one_by_one() -> None:
    rings = {"q": ["b1", "b2"], "r": ["a1", "a2"]}
    other = ring_membership.ring_pod(
        Pod(labels=Labels({"app": "y"}), containers=(Container(requests=Resources({"cpu": 600})),)), "q", POLICY
    )
    found = outlooks({"a1": [ANYWHERE], "b1": [other], "b2": [other]}, rings=rings)
    assert [(one.ring, one.of, one.failing) for one in found] == [
        ("q", "node", 2),
        ("q", "zone", 1),
        ("r", "node", 0),
        ("r", "zone", 1),
    ]
