from dataclasses import replace

import pytest

from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Labels, LabelSelector, NodeSelectorTerm, Requirement, Taint, Toleration
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod, TopologySpreadConstraint
from models.trust import PolicyNodes
from planner.rules import FILTERS, ring_membership

NODES = PolicyNodes("x/ring", "x/taint")
ADDED = Toleration("x/taint", "Equal", "red")
EVERY = Toleration("x/taint", "Exists")

COVERED = [
    ("no toleration: one is added", (), (ADDED,)),
    ("an equal one: none is added", (ADDED,), (ADDED,)),
    ("one that tolerates everything: none is added", (Toleration("", "Exists"),), (Toleration("", "Exists"),)),
    ("one of the key: none is added", (EVERY,), (EVERY,)),
    ("one of the key for NoSchedule: none is added", (Toleration("x/taint", "Exists", "", "NoSchedule"),),
     (Toleration("x/taint", "Exists", "", "NoSchedule"),)),
    ("one for NoExecute only: one is added", (Toleration("", "Exists", "", "NoExecute"),),
     (Toleration("", "Exists", "", "NoExecute"), ADDED)),
    ("one of another ring: one is added", (Toleration("x/taint", "Equal", "blue"),),
     (Toleration("x/taint", "Equal", "blue"), ADDED)),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), [row[1:] for row in COVERED], ids=[row[0] for row in COVERED])
def test_a_ring_pod_tolerates_its_ring(before: tuple[Toleration, ...], after: tuple[Toleration, ...]) -> None:
    assert ring_membership.ring_pod(Pod(tolerations=before), "red", NODES).tolerations == after


def test_a_ring_pod_keeps_its_selector_and_gains_the_ring() -> None:
    pod = ring_membership.ring_pod(Pod(node_selector=Labels({"disk": "ssd"})), "red", NODES)
    assert pod.node_selector == {"disk": "ssd", "x/ring": "red"}


IN_RED = Requirement("x/ring", "In", ("red",))
CORRECTED = [
    ("one that asks for another ring gives way", Requirement("x/ring", "In", ("blue",)), IN_RED),
    ("one that excludes the ring gives way", Requirement("x/ring", "NotIn", ("red", "blue")), IN_RED),
    ("one that asks for no ring gives way", Requirement("x/ring", "DoesNotExist"), IN_RED),
    ("one that compares numbers gives way", Requirement("x/ring", "Gt", ("3",)), IN_RED),
    ("one that admits the ring among others stays", Requirement("x/ring", "In", ("blue", "red")), None),
    ("one that excludes another ring stays", Requirement("x/ring", "NotIn", ("blue",)), None),
    ("one that asks for any ring stays", Requirement("x/ring", "Exists"), None),
    ("one over another label stays", Requirement("disk", "In", ("blue",)), None),
]


@pytest.mark.parametrize(("before", "after"), [row[1:] for row in CORRECTED], ids=[row[0] for row in CORRECTED])
def test_of_the_node_affinity_only_what_asks_for_another_ring_gives_way(before: Requirement, after: Requirement | None) -> None:
    ssd, name = Requirement("disk", "In", ("ssd",)), Requirement("metadata.name", "In", ("n",))

    def terms(one: Requirement) -> tuple[NodeSelectorTerm, ...]:
        return NodeSelectorTerm((ssd, one), (name,)), NodeSelectorTerm((ssd,)), NodeSelectorTerm()

    assert ring_membership.ring_pod(Pod(node_affinity=terms(before)), "red", NODES).node_affinity == terms(after or before)


def test_a_number_compares_with_a_ring_that_is_one() -> None:
    terms = (NodeSelectorTerm((Requirement("x/ring", "Gt", ("3",)),)),)
    assert ring_membership.ring_pod(Pod(node_affinity=terms), "7", NODES).node_affinity == terms
    assert ring_membership.ring_pod(Pod(node_affinity=terms), "3", NODES).node_affinity != terms


def test_a_node_selector_of_another_ring_gives_way() -> None:
    assert ring_membership.ring_pod(Pod(node_selector=Labels({"x/ring": "blue"})), "red", NODES).node_selector == {
        "x/ring": "red"
    }


def test_no_node_affinity_stays_none() -> None:
    assert ring_membership.ring_pod(Pod(), "red", NODES).node_affinity is None


def test_patching_twice_changes_nothing_more() -> None:
    once = ring_membership.ring_pod(Pod(), "red", NODES)
    assert ring_membership.ring_pod(once, "red", NODES) == once


SPREAD = [
    ("affinity honoured: the ring's selector leaves other rings out", "DoNotSchedule", "Honor", "Ignore"),
    ("affinity ignored: taints must leave them out", "DoNotSchedule", "Ignore", "Honor"),
    ("a soft constraint stays as it is", "ScheduleAnyway", "Ignore", "Ignore"),
]


@pytest.mark.parametrize(("when", "affinity", "expected"), [row[1:] for row in SPREAD], ids=[row[0] for row in SPREAD])
def test_a_spread_constraint_does_not_count_other_rings(when: str, affinity: str, expected: str) -> None:
    one = TopologySpreadConstraint(1, "zone", when, LabelSelector(), node_affinity_policy=affinity)
    patched = ring_membership.ring_pod(Pod(topology_spread_constraints=(one,)), "red", NODES)
    assert patched.topology_spread_constraints == (replace(one, node_taints_policy=expected),)


EVERYWHERE = [
    ("no toleration: one is added", (), (EVERY,)),
    ("one of the key: none is added", (EVERY,), (EVERY,)),
    ("one that tolerates everything: none is added", (Toleration("", "Exists"),), (Toleration("", "Exists"),)),
    ("one ring's: one is added", (ADDED,), (ADDED, EVERY)),
    (
        "NoExecute only: one is added",
        (Toleration("", "Exists", "", "NoExecute"),),
        (Toleration("", "Exists", "", "NoExecute"), EVERY),
    ),
]


@pytest.mark.parametrize(("before", "after"), [row[1:] for row in EVERYWHERE], ids=[row[0] for row in EVERYWHERE])
def test_a_shared_resident_tolerates_every_ring(before: tuple[Toleration, ...], after: tuple[Toleration, ...]) -> None:
    patched = ring_membership.everywhere_pod(Pod(tolerations=before), NODES)
    assert patched == Pod(tolerations=after)


def test_a_ring_node_bears_label_and_taint_and_loses_those_of_another_ring() -> None:
    old = Node("n", Labels({"x/ring": "blue", "zone": "a"}), (Taint("x/taint", "blue", "NoExecute"), Taint("gpu")))
    assert ring_membership.ring_node(old, "red", NODES) == Node(
        "n", Labels({"x/ring": "red", "zone": "a"}), (Taint("gpu"), Taint("x/taint", "red", "NoSchedule"))
    )


def test_a_ringless_node_bears_neither() -> None:
    old = Node("n", Labels({"x/ring": "blue", "zone": "a"}), (Taint("x/taint", "blue"), Taint("gpu")))
    assert ring_membership.ringless_node(old, NODES) == Node("n", Labels({"zone": "a"}), (Taint("gpu"),))
    assert ring_membership.ringless_node(Node("m"), NODES) == Node("m")
    assert ring_membership.ringless_node(replace(old, labels=Labels()), NODES) == Node("n", taints=(Taint("gpu"),))
    assert ring_membership.ringless_node(replace(old, taints=()), NODES) == Node("n", Labels({"zone": "a"}))


def test_final_nodes_are_in_their_rings_or_in_none_and_excluded_ones_stay() -> None:
    policy = replace(NODES, exclude=LabelSelector(Labels({"role": "master"})))
    stale = Labels({"x/ring": "blue"})
    master = Node("m", Labels({"role": "master", "x/ring": "blue"}))
    found = ring_membership.final_nodes([Node("a"), Node("b", stale), master], {"a": "red"}, policy)
    assert found == (ring_membership.ring_node(Node("a"), "red", policy), Node("b"), master)


def test_no_policy_excludes_no_node() -> None:
    assert not ring_membership.is_excluded(Node("n"), NODES)
    assert ring_membership.is_excluded(Node("n"), replace(NODES, exclude=LabelSelector()))


PODS = {
    "red": ring_membership.ring_pod(Pod(), "red", NODES),
    "blue": ring_membership.ring_pod(Pod(), "blue", NODES),
    "stranger": Pod(),
}


@pytest.mark.parametrize("who", PODS)
def test_only_the_rings_own_pods_get_onto_its_nodes(who: str) -> None:
    node = ring_membership.ring_node(Node("n"), "red", NODES)
    assert any(rejects(PODS[who], node, Cluster()) for rejects in FILTERS.values()) is (who != "red")


def test_a_pod_that_tolerates_everything_still_stays_in_its_ring() -> None:
    wild = ring_membership.ring_pod(Pod(tolerations=(Toleration("", "Exists"),)), "blue", NODES)
    node = ring_membership.ring_node(Node("n"), "red", NODES)
    assert any(rejects(wild, node, Cluster()) for rejects in FILTERS.values())


ENTERS = [
    ("everything tolerated", Toleration("", "Exists"), True),
    ("every ring tolerated", Toleration("x/taint", "Exists"), True),
    ("another ring tolerated", Toleration("x/taint", "Equal", "blue"), True),
    ("its own ring only", Toleration("x/taint", "Equal", "red"), False),
    ("another taint", Toleration("gpu", "Exists"), False),
    ("another effect", Toleration("", "Exists", "", "NoExecute"), False),
]


@pytest.mark.parametrize(("toleration", "enters"), [row[1:] for row in ENTERS], ids=[row[0] for row in ENTERS])
def test_where_taints_do_not_keep_a_pod_out_only_its_affinity_leaves_other_rings_uncounted(
    toleration: Toleration, enters: bool
) -> None:
    assert NODES.taint_key == "x/taint"
    one = TopologySpreadConstraint(1, "zone", label_selector=LabelSelector(), node_affinity_policy="Ignore")
    patched = ring_membership.ring_pod(Pod(tolerations=(toleration,), topology_spread_constraints=(one,)), "red", NODES)
    (found,) = patched.topology_spread_constraints
    assert (found.node_affinity_policy, found.node_taints_policy) == (("Honor", "Ignore") if enters else ("Ignore", "Honor"))


STALE = Pod(
    node_selector=Labels({"x/ring": "blue"}),
    node_affinity=(NodeSelectorTerm((Requirement("x/ring", "In", ("blue",)),)),),
    tolerations=(Toleration("x/taint", "Equal", "blue"),),
)


@pytest.mark.parametrize("name", ["red", "blue", None])
def test_a_pod_that_was_in_another_ring_gets_onto_the_nodes_of_its_new_one_only(name: str | None) -> None:
    node = ring_membership.ring_node(Node("n"), name, NODES) if name else Node("n")
    moved = ring_membership.ring_pod(STALE, "red", NODES)
    assert any(rejects(moved, node, Cluster()) for rejects in FILTERS.values()) is (name != "red")
