import pytest

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster, Resident
from models.kubernetes.labels import Labels, LabelSelector
from models.kubernetes.node import Node
from models.kubernetes.pod import Container, HostPort, Pod, PodAffinityTerm, TopologySpreadConstraint
from models.kubernetes.resources import Resources
from models.kubernetes.storage import Claim
from planner.rules.placement.cluster_state import World

ROOM = Resources({"cpu": 1000, "pods": 3})
A, B = Node("a", Labels({"zone": "a"}), allocatable=ROOM), Node("b", Labels({"zone": "b"}), allocatable=ROOM)
WEB = LabelSelector(Labels({"app": "web"}))
POD = Pod(labels=Labels({"app": "web"}), containers=(Container(requests=Resources({"cpu": 300}), host_ports=(HostPort(80),)),))


def test_pods_take_room_slots_and_ports() -> None:
    world = World([A, B], Cluster(), {"a": [POD, POD]})
    assert world.sites["a"].free == {"cpu": 400, "pods": 1}
    assert world.sites["a"].ports[HostPort(80)] == 2
    assert world.sites["b"].free == {"cpu": 1000, "pods": 3}


def test_what_is_removed_gives_back_all_it_took() -> None:
    world = World([A], Cluster())
    world.add(POD, "a", 2)
    world.remove(POD, "a")
    world.remove(POD, "a")
    assert world.sites["a"].free == {"cpu": 1000, "pods": 3}
    assert not world.sites["a"].ports[HostPort(80)]
    assert not list(world.placed())


def test_more_than_there_is_cannot_be_removed() -> None:
    world = World([A], Cluster(), {"a": [POD]})
    with pytest.raises(ValueError, match="holds 1 such pods"):
        world.remove(POD, "a", 2)


def test_pods_on_nodes_that_do_not_exist_are_refused() -> None:
    with pytest.raises(KeyError):
        World([A], Cluster()).add(POD, "z")


def test_a_resource_that_the_node_lacks_is_owed() -> None:
    gpu = Pod(containers=(Container(requests=Resources({"nvidia.com/gpu": 2})),))
    assert World([A], Cluster(), {"a": [gpu]}).sites["a"].free["nvidia.com/gpu"] == -2


def test_residents_are_there_from_the_start_but_are_not_judged() -> None:
    cluster = Cluster(residents=(Resident("static", "a", POD), Resident("elsewhere", "gone", POD)))
    world = World([A], cluster, {"a": [POD]})
    assert [(site.node.name, count) for site, _, count in world.placed()] == [("a", 2)]
    assert [(site.node.name, count) for site, _, count in world.judged()] == [("a", 1)]


def test_a_world_of_residents_alone_has_nothing_to_judge() -> None:
    assert not list(World([A], Cluster(residents=(Resident("static", "a", POD),))).judged())


def test_equal_pods_are_one_kind_and_others_are_not() -> None:
    world = World([A], Cluster())
    twin = Pod(labels=Labels({"app": "web"}), containers=POD.containers)
    assert world.kind(POD) is world.kind(twin)
    assert world.kind(POD) is not world.kind(Pod())


def test_users_of_a_claim_for_one_pod_are_counted() -> None:
    cluster = Cluster(claims=FrozenMap({"default/c": Claim("default", "c", access_modes=("ReadWriteOncePod",))}))
    world = World([A, B], cluster, {"a": [Pod(claims=("c",))]})
    assert world.claim_users["default/c"] == 1
    world.add(Pod(claims=("c",), priority=1), "b")
    assert world.claim_users["default/c"] == 2
    world.remove(Pod(claims=("c",)), "a")
    assert world.claim_users["default/c"] == 1


AWAY = Pod(labels=Labels({"app": "web"}), pod_anti_affinity=(PodAffinityTerm("zone", WEB),))
NEAR = Pod(pod_affinity=(PodAffinityTerm("zone", WEB),))
EVEN = Pod(labels=Labels({"app": "web"}), topology_spread_constraints=(TopologySpreadConstraint(1, "zone", label_selector=WEB),))


@pytest.mark.parametrize("asked_first", [True, False], ids=["asked before the pods come", "asked after the pods came"])
def test_counts_do_not_depend_on_when_they_are_first_asked_for(asked_first: bool) -> None:
    world = World([A, B], Cluster())

    def counts() -> list[int]:
        tallies = [
            world.attraction(world.kind(NEAR)),
            world.repulsion(world.kind(AWAY))[0][1],
            world.spread(world.kind(EVEN))[0][1],
        ]
        tallies += [tally for _, tally in world.repelled_by(world.kind(POD))]
        return [tally.at(("zone", "a")) for tally in tallies]

    if asked_first:
        assert counts() == [0, 0, 0, 0]
    for pod in (POD, AWAY, AWAY, EVEN, NEAR):
        world.add(pod, "a")
    world.remove(AWAY, "a")
    assert counts() == [3, 3, 3, 1]


def test_a_pod_is_repelled_by_terms_that_came_after_it_was_met() -> None:
    world = World([A, B], Cluster())
    assert world.repelled_by(world.kind(POD)) == []
    world.add(AWAY, "b")
    assert [tally.at(("zone", "b")) for _, tally in world.repelled_by(world.kind(POD))] == [1]
