"""Amounts, shares and sentences as a person reads them."""

from dataclasses import replace

import pytest

from models.answer.plan import Buy, Repair, Separation, Shortage, Unplaced
from models.frozen_map import FrozenMap
from models.kubernetes.labels import LabelSelector
from models.kubernetes.node import NodeShape
from models.kubernetes.resources import DISKS, DRIVERS, FEATURES, MIGRATED_TO, Resources
from models.kubernetes.workload import WorkloadId
from models.solver.outcome import Goal
from models.trust import RingNodes, Survive
from planner.view.format import amount, brief, clean, count, listed, percent
from planner.view.summary import phrases, separation
from tests.view import view_plans

GIB = 1 << 30
MORE = "More may be needed for kube-scheduler, which binds one by one."


@pytest.mark.parametrize(
    ("resource", "value", "words"),
    [
        ("cpu", 1500, "1.5 cores"),
        ("cpu", 1000, "1 core"),
        ("cpu", 250, "0.25 cores"),
        ("cpu", 5, "0.005 cores"),
        ("cpu", 0, "0 cores"),
        ("cpu", -500, "-0.5 cores"),
        ("cpu", 123456, "123.5 cores"),
        ("cpu", 1234567, "1,235 cores"),
        ("memory", 2 * GIB, "2 GiB"),
        ("memory", 64 << 20, "64 MiB"),
        ("memory", 1500, "1.46 KiB"),
        ("memory", 12, "12 B"),
        ("memory", 4096 * GIB, "4,096 GiB"),
        ("hugepages-2Mi", 2 << 20, "2 MiB"),
        ("pods", 1100, "1,100"),
        ("nvidia.com/gpu", 3, "3"),
    ],
)
def test_amounts_carry_their_unit(resource, value, words):
    assert amount(resource, value) == words


@pytest.mark.parametrize(
    ("resource", "value", "words"),
    [("cpu", 367900, "368"), ("cpu", 6900, "6.9"), ("memory", 3328 * GIB, "3,328"), ("pods", 12, "12")],
)
def test_a_picture_has_no_room_for_decimals_of_large_amounts(resource, value, words):
    assert brief(resource, value) == words


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0, "0 %"),
        (0.004, "<1 %"),
        (0.256, "26 %"),
        (0.997, "99 %"),
        (1, "100 %"),
        (1.25, "125 %"),
        (9.99, "999 %"),
        (20, ">999 %"),
    ],
)
def test_what_is_nearly_full_is_not_called_full(share, words):
    assert percent(share) == words


def test_counts_and_lists():
    assert [count(n, "node") for n in (0, 1, 2000)] == ["0 nodes", "1 node", "2,000 nodes"]
    assert listed(["a", "b", "c"], 2) == "a, b and 1 more"
    assert listed(["a", "b"], 2) == "a, b"


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("plain", "plain"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("right\u202eleft", "right\\u202eleft"),
        ("two\nlines", "two\\nlines"),
        ("half \ud800 pair", "half \\ud800 pair"),
        ("grün", "grün"),
    ],
)
def test_characters_that_mislead_are_shown(raw, words):
    assert clean(raw) == words


@pytest.mark.parametrize(
    ("cost", "words"),
    [
        (Separation(5, 5, 3, 3), "5 nodes are needed; without separation 3 would do: separation costs 2 nodes."),
        (Separation(4, 4, 3, 3), "4 nodes are needed; without separation 3 would do: separation costs 1 node."),
        (Separation(3, 3, 3, 3), "3 nodes are needed; without separation 3 would do: separation costs no node."),
        (Separation(1, 1, 1, 1), "1 node is needed; without separation 1 would do: separation costs no node."),
        (Separation(10, 9, 7, 6), "9 to 10 nodes are needed; without separation 6 to 7 would do: separation costs 2 to 4 nodes."),
        (Separation(3, 2, 3, 3), "2 to 3 nodes are needed; without separation 3 would do: separation costs no node."),
        (
            Separation(9, 0, 7, 0),
            "At most 9 nodes are needed, and how few is not known; without separation at most 7 would do: "
            "what separation costs is not known.",
        ),
        (
            Separation(9, 8, 7, 0),
            "8 to 9 nodes are needed; without separation at most 7 would do: separation costs 1 to 9 nodes.",
        ),
        (
            Separation(9, 0, 7, 6),
            "At most 9 nodes are needed, and how few is not known; without separation 6 to 7 would do: "
            "separation costs 0 to 3 nodes.",
        ),
        (Separation(0, 0, 0, 0), "0 nodes are needed; without separation 0 would do: separation costs no node."),
    ],
)
def test_what_separation_costs_is_a_range_until_it_is_proven(cost, words):
    assert separation.in_short(cost) == words


@pytest.mark.parametrize(
    ("cost", "nodes", "survive", "words"),
    [
        pytest.param(
            Separation(9, 9, 8, 8),
            42,
            Survive(),
            "42 nodes are divided; by packing alone 9 would do, 8 without separation.",
            id="both are proven",
        ),
        pytest.param(
            Separation(1, 1, 1, 1),
            1,
            Survive(),
            "1 node is divided; by packing alone 1 would do, 1 without separation.",
            id="one node",
        ),
        pytest.param(
            Separation(10, 9, 7, 6),
            12,
            Survive(),
            "12 nodes are divided; by packing alone 9 to 10 would do, 6 to 7 without separation: separation costs 2 to 4 nodes.",
            id="neither is proven",
        ),
        pytest.param(
            Separation(9, 0, 7, 7),
            9,
            Survive(nodes=1),
            "9 nodes are divided; by packing alone at most 9 would do (how few is not known), 7 without separation: "
            "separation costs 0 to 2 nodes, not counting what rings may lose.",
            id="how few is not known, and losses come on top",
        ),
    ],
)
def test_that_all_nodes_are_divided_and_fewer_would_do_is_said(cost, nodes, survive, words):
    assert separation.divided(cost, nodes, survive) == words


@pytest.mark.parametrize(
    ("cost", "words"),
    [
        pytest.param(Separation(9, 9, 8, 8), "9 would do by packing if groups were divided, 8 without separation.", id="proven"),
        pytest.param(
            Separation(9, 0, 7, 7),
            "at most 9 would do by packing if groups were divided (how few is not known), 7 without separation: "
            "separation costs 0 to 2 nodes.",
            id="how few is not known",
        ),
    ],
)
def test_where_groups_are_whole_it_is_said_that_single_nodes_were_counted(cost, words):
    assert separation.divided(cost, 42, whole_groups=True) == f"42 nodes are divided; {words}"


@pytest.mark.parametrize(
    ("short", "words"),
    [
        (Shortage("r", "cpu", 9000, 8000), "Ring r lacks 1 core: its pods ask for 9 cores, its nodes have 8 cores."),
        (Shortage("r", "memory", 3 * GIB, GIB), "Ring r lacks 2 GiB of memory: its pods ask for 3 GiB, its nodes have 1 GiB."),
        (Shortage("r", "pods", 120, 110), "Ring r lacks 10 pod slots: its pods ask for 120, its nodes have 110."),
        (Shortage("r", f"{FEATURES}Restart", 3, 0), "Ring r has too few nodes whose kubelets declare Restart."),
        (Shortage("r", f"{DRIVERS}x.dev", 3, 0), "Ring r has too few nodes on which CSI driver x.dev is installed."),
        (Shortage("r", f"{MIGRATED_TO}x.dev", 3, 0), "Ring r has too few nodes on which CSI driver x.dev is installed."),
        (
            Shortage("r", f"{DISKS}ebs/v", 3_000_000, 1_000_000),
            "Ring r has too few nodes for disk ebs/v: a pod that writes it shares a node with no other that has it.",
        ),
    ],
)
def test_shortages(short, words):
    assert phrases.shortage(short) == words


def test_repairs():
    assert phrases.repair(Repair("big", 1)) == "one more node like big"
    assert phrases.repair(Repair("big", 11, "r")) == "11 more nodes like big in ring r"


def test_a_repair_of_rings_that_must_survive_is_not_said_to_be_the_least():
    plan = replace(view_plans.infeasible_shop(), repairs=(Repair("big", 16),))
    surviving = replace(plan, policy=replace(plan.policy, survive=Survive(nodes=1)))
    assert phrases.repairs(plan) == f"It can be packed with 16 more nodes like big. {MORE}"
    assert phrases.repairs(surviving).startswith(f"It can be packed with 16 more nodes like big. {MORE} Fewer may do")


def test_a_repair_of_some_rings_is_a_packing_too():
    plan = replace(view_plans.infeasible_shop(), repairs=(Repair("big", 1, "untrusted"),))
    none = "No number of nodes like these was found that makes ring restricted fit."
    assert phrases.repairs(plan) == f"Ring untrusted can be packed with one more node like big. {MORE} {none}"
    assert MORE not in phrases.repairs(replace(plan, repairs=()))


@pytest.mark.parametrize(
    ("bought", "said"),
    [
        pytest.param((4, 3), True, id="as many as there may be, in two zones"),
        pytest.param((4, 2), False, id="fewer"),
    ],
)
def test_a_shape_of_which_all_is_bought_is_named_where_pods_have_no_place(bought, said):
    plan = view_plans.infeasible_shop()
    shapes = (NodeShape("m5", Resources({}), ("a", "b"), 1, max=7), NodeShape("endless", Resources({}), ("a",), 1))
    buys = (*(Buy("m5", zone, number) for zone, number in zip("ab", bought, strict=True)), Buy("endless", "a", 9))
    rings = (replace(plan.rings[0], buy=buys), *plan.rings[1:])
    short = replace(plan, rings=rings, cluster=replace(plan.cluster, shapes=shapes))
    words = "All that may be bought is bought of m5 (max 7)."
    assert (words in phrases.repairs(short)) is said
    assert words not in phrases.repairs(replace(short, unplaced=()))


def test_limits_of_the_policy_are_said_where_they_are_what_is_in_the_way():
    plan = replace(view_plans.infeasible_shop(), repairs=())
    none = "No number of nodes like these was found that makes ring restricted fit."
    assert none in phrases.repairs(plan)
    size = next(len(ring.nodes) for ring in plan.rings if ring.name == "restricted")
    limited = replace(plan, policy=replace(plan.policy, ring_nodes=(RingNodes(max=size, groups=("restricted",)),)))
    assert f"Ring restricted has all the nodes that ringNodes lets it have ({size})." in phrases.repairs(limited)
    assert none not in phrases.repairs(limited)
    roomy = replace(plan, policy=replace(plan.policy, ring_nodes=(RingNodes(max=size + 1, groups=("restricted",)),)))
    assert none in phrases.repairs(roomy)


def test_no_nodes_like_these_are_spoken_of_where_there_are_none():
    plan = replace(view_plans.infeasible_shop(), repairs=())
    assert phrases.repairs(replace(plan, cluster=replace(plan.cluster, nodes=()))) == ""


REFUSALS = [
    ("0/2 nodes are available: 2 x.", "", "0/2 nodes are available: 2 x."),
    ("0/2 nodes: 2 x.", "0/2 nodes: 2 y.", "0/2 nodes: 2 x. With every node to itself: 0/2 nodes: 2 y."),
    ("no nodes", "0/2 nodes: 2 y.", "no nodes. With every node to itself: 0/2 nodes: 2 y."),
    ("no nodes available to schedule pods", "no nodes available to schedule pods", "no nodes available to schedule pods"),
]


@pytest.mark.parametrize(("message", "alone", "said"), REFUSALS)
def test_what_is_said_of_empty_nodes_is_a_sentence_of_its_own_and_nothing_is_said_twice(message, alone, said):
    pending = Unplaced(WorkloadId("Deployment", "shop", "web"), 1, message, FrozenMap(), alone)
    plan = view_plans.infeasible_shop()
    assert phrases.refusal(plan, pending) == said
    for most, more in ((None, " and one of each shape and zone to be had"), (0, "")):
        shapes = (NodeShape("s", Resources({}), ("z",), 1, max=most),)
        offered = replace(plan, cluster=replace(plan.cluster, shapes=shapes))
        assert phrases.refusal(offered, pending) == said.replace("to itself:", f"to itself{more}:")


def test_nodes_that_the_policy_leaves_alone_are_counted_where_something_does_not_fit():
    plan = view_plans.infeasible_shop()
    one = plan.cluster.nodes[0]  # and two that have its labels
    policy = replace(plan.policy, nodes=replace(plan.policy.nodes, exclude=LabelSelector(FrozenMap(one.labels))))
    assert phrases.repairs(replace(plan, policy=policy)).endswith(" 3 nodes are left alone by nodes.exclude.")
    assert "nodes.exclude" not in phrases.repairs(plan)


def test_a_goal_is_proven_only_without_a_gap():
    assert phrases.goal(Goal("moves", 12, 10)) == ("running pods that move", "12", "10", "gap 16.67 %")
    assert phrases.goal(Goal("something", 0.5, 0.5)) == ("something", "0.5", "0.5", "proven best")
