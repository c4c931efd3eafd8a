"""What is pending once nodes are lost, row by row, and that every other way is tried where the pods are few."""

import random
from collections import Counter
from dataclasses import replace
from itertools import product

import pytest

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster, Resident
from models.kubernetes.labels import Labels, LabelSelector, Taint
from models.kubernetes.node import Node
from models.kubernetes.pod import Container, HostPort, Pod, PodAffinityTerm, TopologySpreadConstraint
from models.kubernetes.resources import Resources
from models.kubernetes.storage import Claim, Volume
from planner.rules.placement import failure_repacking, placement_validity
from planner.rules.placement.cluster_state import World
from tests.soak import soak_after

ROOM = Resources({"cpu": 1000, "pods": 10})
ZONE, HOST = failure_repacking.ZONE, "host"
A1, A2, B1, C1 = (Node(n, Labels({ZONE: n[0], HOST: n}), allocatable=ROOM) for n in ("a1", "a2", "b1", "c1"))
NODES = (A1, A2, B1, C1)
X = LabelSelector(Labels({"app": "x"}))
Y = LabelSelector(Labels({"app": "y"}))


def pod(app="x", cpu=100, ports=(), **fields):
    container = Container(requests=Resources({"cpu": cpu}), host_ports=ports)
    return Pod(labels=Labels({"app": app}), containers=(container,), **fields)


def spread(app="x", key=ZONE, **fields):
    return pod(app, topology_spread_constraints=(TopologySpreadConstraint(1, key, label_selector=X, **fields),))


def near(app="x", selector=X, key=ZONE):
    return pod(app, pod_affinity=(PodAffinityTerm(key, selector),))


def away(app="x", selector=X, key=HOST):
    return pod(app, pod_anti_affinity=(PodAffinityTerm(key, selector),))


PORTED = pod(ports=(HostPort(80),))
FULL, HALF, THIRD = pod(cpu=1000), pod(cpu=500), pod(cpu=300)
ONE = TopologySpreadConstraint(1, ZONE, label_selector=X)
ROWS = [
    ("nothing is lost with an empty node", {}, 0),
    ("what fits elsewhere is not pending", {"a1": [HALF], "a2": [HALF], "b1": [HALF], "c1": [HALF]}, 0),
    ("what fits nowhere else is", {"a1": [HALF], "a2": [FULL], "b1": [FULL], "c1": [FULL]}, 1),
    ("only those without room are pending", {"a1": [HALF, HALF], "a2": [HALF], "b1": [FULL], "c1": [FULL]}, 1),
    ("each may go to another node", {"a1": [HALF, HALF], "a2": [HALF], "b1": [HALF], "c1": [FULL]}, 0),
    ("big before small, or the small ones are in the way",
     {"a1": [pod(cpu=100), pod(cpu=700)], "a2": [THIRD], "b1": [pod(cpu=900)], "c1": [FULL]}, 0),
    ("a filling that no order of first fit finds",
     {"a1": [pod(cpu=400), pod(cpu=400), THIRD, THIRD, pod(cpu=200), pod(cpu=400)], "c1": [FULL], "a2": [], "b1": []}, 0),
    ("a host port is free on one node only", {"a1": [PORTED], "a2": [PORTED], "b1": [PORTED]}, 0),
    ("a host port is taken everywhere", {n: [PORTED] for n in ("a1", "a2", "b1", "c1")}, 1),
    ("pods that keep apart need a node more", {"a1": [away()], "a2": [away()], "b1": [away()]}, 0),
    ("and have none", {n: [away()] for n in ("a1", "a2", "b1", "c1")}, 1),
    ("those that stay keep others away", {"a1": [pod("y")], **{n: [away("x", Y)] for n in ("a2", "b1", "c1")}}, 1),
    ("pods that stay are not judged", {"a1": [pod("y")], "a2": [spread()], "b1": [], "c1": [spread(), spread(), spread()]}, 0),
    ("pods that come are", {"a1": [spread()] * 2, "a2": [FULL], "b1": [pod("x", 800), spread()], "c1": [pod("z", 1000)]}, 2),
    ("a zone that is gone counts no longer", {"b1": [spread()], "a1": [], "c1": [spread()], "a2": [FULL]}, 0),
    ("too few domains are left", {name: [spread(min_domains=4)] for name in ("a1", "b1", "c1")}, 0),
    ("company that stays is enough", {"a1": [near("y")], "a2": [pod()]}, 0),
    ("company that is lost too comes first", {"a1": [near("y"), pod()]}, 0),
    ("the first of its kind needs nobody", {"a1": [near(), near()]}, 0),
    ("company without room for one more", {"a1": [near("y")], "a2": [pod("x", 950)]}, 1),
    ("higher priority first", {"a1": [HALF, replace(HALF, priority=9)], "a2": [HALF], "b1": [FULL], "c1": [FULL]}, 1),
]  # fmt: skip


def parties(placed, gone):
    return [guests(placed, [name]) for name in gone]


def guests(placed, gone):
    return Counter((f"of {one.labels['app']}", one) for name in gone for one in placed.get(name, []))


@pytest.mark.parametrize(("placed", "number"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_pods_pending_once_a1_is_gone(placed, number) -> None:
    world = World(NODES, Cluster(nodes=NODES), placed)
    left = failure_repacking.repack(world, ["a1"], ["a2", "b1", "c1"], parties(placed, ["a1"])).left
    assert left.total() == number


def test_a_zone_takes_all_its_nodes() -> None:
    placed = {"a1": [HALF], "a2": [HALF, HALF], "b1": [HALF], "c1": [HALF]}
    world = World(NODES, Cluster(nodes=NODES), placed)
    assert failure_repacking.repack(world, ["a1", "a2"], ["b1", "c1"], parties(placed, ["a1", "a2"])).left == {("of x", HALF): 1}


@pytest.fixture
def many(monkeypatch):
    """Take all pods for so many that neither mixtures nor all ways are tried."""
    monkeypatch.setattr(failure_repacking, "NOT_MANY", 0)
    monkeypatch.setattr(failure_repacking, "MOST_PODS", 0)


@pytest.mark.parametrize(
    ("b1", "number"),
    [
        pytest.param([], 0, id="to nodes that take them all"),
        pytest.param([pod(cpu=1)], 1, id="and one by one where there is none"),
    ],
)
@pytest.mark.usefixtures("many")
def test_of_many_pods_those_of_a_node_move_together(b1, number) -> None:
    """In order of size 500 and 400 come together, then 400, 300 and 200, and the other 200 has no place."""
    placed = {"a1": [pod(cpu=500), pod(cpu=300), pod(cpu=200)], "a2": [pod(cpu=400), pod(cpu=400), pod(cpu=200)], "b1": b1}
    world = World(NODES, Cluster(nodes=NODES), placed)
    before = {name: dict(site.free) for name, site in world.sites.items()}
    assert failure_repacking.repack(world, ["a1", "a2"], ["b1", "c1"], parties(placed, ["a1", "a2"])).left.total() == number
    assert {name: dict(site.free) for name, site in world.sites.items()} == before


@pytest.mark.usefixtures("many")
def test_pods_that_keep_apart_do_not_move_together_but_to_where_they_may_be() -> None:
    placed = {"a1": [pod("y", 100), away("x", Y)], "a2": []}
    world = World(NODES, Cluster(nodes=NODES), {"a1": placed["a1"]})
    before = {name: dict(site.free) for name, site in world.sites.items()}
    assert not failure_repacking.repack(world, ["a1", "a2"], ["b1", "c1"], parties(placed, ["a1", "a2"])).left
    assert {name: dict(site.free) for name, site in world.sites.items()} == before


def test_a_zone_that_is_gone_is_no_domain_any_more() -> None:
    """Were zone a still counted, with no pod in it, a second pod in zone b or c would be one too many."""
    placed = {name: [spread()] for name in ("a1", "b1", "c1")}
    world = World(NODES, Cluster(nodes=NODES), placed)
    assert not list(placement_validity.broken(world))  # which makes the world count zones before one goes
    assert not failure_repacking.repack(world, ["a1", "a2"], ["b1", "c1"], parties(placed, ["a1"])).left


def test_pods_that_nothing_may_take_are_all_pending() -> None:
    world = World(NODES, Cluster(nodes=NODES), {"a1": [HALF, HALF]})
    assert failure_repacking.repack(world, ["a1"], [], [Counter({("x", HALF): 2})]).left.total() == 2


def test_of_pods_left_those_of_lower_priority_wait() -> None:
    high = replace(HALF, priority=9)
    world = World(NODES, Cluster(nodes=NODES), {"a1": [HALF, high], "a2": [HALF], "b1": [FULL], "c1": [FULL]})
    assert failure_repacking.repack(world, ["a1"], ["a2", "b1", "c1"], [Counter({("x", HALF): 1, ("x", high): 1})]).left == {
        ("x", HALF): 1
    }


def test_of_pods_too_many_to_try_everything_a_big_one_may_wait_for_many_small_ones() -> None:
    """In order of size the big one takes all there is, and leaves all 18 others pending; 8 of these can be there instead."""
    small = pod(cpu=120)
    placed = {"a1": [FULL, *[small] * 18], "b1": [FULL], "c1": [FULL], "a2": []}
    world = World(NODES, Cluster(NODES), placed)
    found = failure_repacking.repack(world, ("a1",), ("a2", "b1", "c1"), parties(placed, ("a1",))).left
    assert found.total() == 11


def test_the_world_is_as_it_was() -> None:
    placed = {"a1": [PORTED, spread(), near("y"), away("z", Y)], "b1": [spread()], "c1": [pod(claims=("solo",))]}
    claims = FrozenMap({"default/solo": Claim("default", "solo", access_modes=("ReadWriteOncePod",))})
    static = Resident("static", "a1", pod("static"))
    world = World(NODES, Cluster(nodes=NODES, claims=claims, residents=(static,)), placed)
    before = [state(world)]
    for gone, homes in ((["a1"], ["a2", "b1"]), (["a1", "a2"], ["b1"]), (["c1"], ["a1"])):
        failure_repacking.repack(world, gone, homes, parties(placed, gone))
        before.append(state(world))
    assert all(one == before[0] for one in before)


def state(world):
    kinds = [kind for _, kind, _ in world.placed()]
    tallies = sorted((sorted(t.counts.items()), t.lowest(1)) for kind in kinds for _, t in world.spread(kind))
    sites = sorted(
        (name, sorted(site.free.items()), sorted((str(kind.pod), count) for kind, count in site.kinds.items()))
        for name, site in world.sites.items()
    )
    return sites, tallies, +world.claim_users, sorted(map(repr, placement_validity.broken(world)))


def test_a_user_of_a_claim_that_stays_shuts_the_others_out() -> None:
    claims = FrozenMap({"default/solo": Claim("default", "solo", access_modes=("ReadWriteOncePod",))})
    user = pod(claims=("solo",))
    cluster = Cluster(nodes=NODES, claims=claims)
    alone = World(NODES, cluster, {"a1": [user]})
    assert not failure_repacking.repack(alone, ["a1"], ["a2"], [Counter({("x", user): 1})]).left


VOLUMES = {"pv": Volume("pv", Labels({ZONE: "a"}))}
LETS = [
    ("any node lets a plain pod in", pod(), A1, True),
    ("a selector shuts others out", pod(node_selector=Labels({HOST: "a2"})), A1, False),
    ("so does a taint", pod(), replace(A1, taints=(Taint("dedicated", "x", "NoSchedule"),)), False),
    ("and a cordon", pod(), replace(A1, unschedulable=True), False),
    ("a volume is reached in its zone", pod(claims=("data",)), A1, True),
    ("and in no other", pod(claims=("data",)), B1, False),
    ("nodeName names one node", pod(node_name="a2"), A1, False),
    ("a node without the key of a spread", spread(key="rack"), A1, False),
    ("a node without the key of an affinity", near(key="rack"), A1, False),
    ("a full node lets in as an empty one does", pod(cpu=9000), A1, True),
]


@pytest.mark.parametrize(("one", "node", "answer"), [row[1:] for row in LETS], ids=[row[0] for row in LETS])
def test_who_is_let_in(one, node, answer) -> None:
    claims = FrozenMap({"default/data": Claim("default", "data", "pv")})
    assert failure_repacking.lets_in(one, node, Cluster(claims=claims, volumes=FrozenMap(VOLUMES))) == answer


def test_nodes_without_the_label_are_in_no_zone() -> None:
    assert failure_repacking.zones([B1, A2, Node("bare"), A1]) == [("a", ("a1", "a2")), ("b", ("b1",))]


def random_pods(rng):
    kinds = [
        pod("x", rng.choice((200, 300, 500))), pod("y", rng.choice((100, 400, 600))), away(), spread(), spread("y"), near("y"),
        near(), away("y", Y, ZONE), PORTED, replace(THIRD, priority=rng.choice((0, 5))),
    ]  # fmt: skip
    return [rng.choice(kinds) for _ in range(rng.randint(1, 4))]


@pytest.mark.parametrize("first", soak_after(3, range(0, 300, 50)))
def test_the_fewest_pending_are_those_that_trying_everything_leaves(first) -> None:
    for seed in range(first, first + 50):
        rng = random.Random(seed)
        placed = {name: random_pods(rng) for name in ("a1", "a2", "b1", "c1")}
        gone = rng.choice((["a1"], ["a1", "a2"], ["b1"]))
        homes = [node.name for node in NODES if node.name not in gone]
        lost = [one for name in gone for one in placed[name]][:5]
        placed = {name: pods for name, pods in placed.items() if name not in gone} | {gone[0]: lost}
        world = World(NODES, Cluster(nodes=NODES), placed)
        left = failure_repacking.repack(world, gone, homes, parties(placed, gone)).left
        assert tiers(left.elements()) == fewest(placed, gone, homes, lost), seed


def tiers(left):
    counts = Counter(one.priority for _, one in left)
    return counts[5], counts[0]


def fewest(placed, gone, homes, lost):
    """Try every place for every lost pod, and none, with those that stay as residents."""
    stays = tuple(Resident("stays", name, one) for name, pods in placed.items() if name not in gone for one in pods)
    cluster = Cluster(nodes=tuple(node for node in NODES if node.name not in gone), residents=stays)
    best = tiers(("", one) for one in lost)
    for on in product((None, *homes), repeat=len(lost)):
        score = tiers(("", one) for one, name in zip(lost, on, strict=True) if name is None)
        if score < best:
            made = {name: [one for one, at in zip(lost, on, strict=True) if at == name] for name in homes}
            best = score if not list(placement_validity.violations(cluster, made)) else best
    return best
