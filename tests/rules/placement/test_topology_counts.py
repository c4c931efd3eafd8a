from models.kubernetes.labels import Labels
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from planner.rules.placement.topology_counts import Ground, Tally, domain_of

A1, A2, B, BARE = (
    Node(name, Labels({"zone": zone} if zone else {})) for name, zone in (("a1", "a"), ("a2", "a"), ("b", "b"), ("c", ""))
)


def by_zone() -> Tally:
    return Tally(lambda pod: pod.namespace == "x", Ground(lambda node: domain_of(node, "zone"), [A1, A2, B, BARE]))


def test_nodes_of_one_value_share_a_domain() -> None:
    tally = by_zone()
    tally.add(A1, 2)
    tally.add(A2, 1)
    assert tally.at(("zone", "a")) == 3
    assert tally.at(("zone", "b")) == 0


def test_a_node_without_the_label_counts_in_no_domain() -> None:
    tally = by_zone()
    tally.add(BARE, 5)
    assert not tally.any()


def test_open_domains_are_there_with_no_pods_in_them() -> None:
    tally = by_zone()
    tally.add(A1, 2)
    assert tally.lowest(1) == 0
    tally.add(B, 1)
    assert tally.lowest(1) == 1


def test_the_lowest_count_follows_what_goes() -> None:
    tally = by_zone()
    tally.add(A1, 2)
    tally.add(B, 2)
    assert tally.lowest(2) == 2
    tally.add(B, -1)
    assert tally.lowest(2) == 1


def test_with_fewer_domains_than_asked_for_the_lowest_count_is_nought() -> None:
    tally = by_zone()
    tally.add(A1, 4)
    tally.add(B, 4)
    assert tally.lowest(3) == 0


def test_without_any_domain_the_lowest_count_is_nought() -> None:
    assert Tally(lambda pod: True, Ground(lambda node: (), [A1, B])).lowest(0) == 0


def test_a_domain_that_is_not_known_has_none() -> None:
    assert by_zone().at(("zone", "z")) == 0


def test_any_sees_pods_and_forgets_those_that_went() -> None:
    tally = by_zone()
    tally.add(B, 1)
    assert tally.any()
    tally.add(B, -1)
    assert not tally.any()


def test_wants_is_asked_of_pods() -> None:
    assert by_zone().wants(Pod("x"))
    assert not by_zone().wants(Pod("y"))


def test_one_ground_bears_several_tallies() -> None:
    ground = Ground(lambda node: domain_of(node, "zone"), [A1, A2, B, BARE])
    first, second = Tally(lambda pod: True, ground), Tally(lambda pod: True, ground)
    first.add(A1, 1)
    assert (first.at(("zone", "a")), second.at(("zone", "a"))) == (1, 0)
    assert ground.of(A2) == (("zone", "a"),)
    assert ground.of(BARE) == ()
    assert list(ground.all) == [("zone", "a"), ("zone", "b")]
