"""Whole node groups get label and taint by one line each, which stops where a node is met that the plan does not know."""

import re
from dataclasses import replace

import pytest

from models.kubernetes.labels import LabelSelector, Requirement, Taint
from models.kubernetes.node_group import CLUSTER_API
from planner.emit.patch import patches
from planner.rules.ring_membership import final_nodes
from tests.emit.emit_plans import RING, TAINT, node, plan
from tests.emit.node_shell import Shell, state_of

GROUP = {"eks.amazonaws.com/nodegroup": "web"}
OTHER = {"eks.amazonaws.com/nodegroup": "odd group's"}
NODES = (
    node("a1", **GROUP),
    node("a2", **GROUP),
    node("b1", RING, **OTHER),
    node("b2", None, Taint(TAINT, RING, "NoSchedule"), **OTHER),
    node("lone"),
)
PLAN = plan([], nodes=NODES, ring_nodes={RING: ("a1", "a2", "b1", "b2"), "internal": ("lone",)})


@pytest.fixture
def shell(tmp_path):
    return Shell(tmp_path, PLAN)


def changing(log):
    return [line for line in log if not line.startswith("get")]


def test_a_group_is_labelled_and_tainted_by_one_command_each(shell):
    assert shell.run("apply.sh").returncode == 0
    key = PLAN.policy.nodes.label_key
    assert changing(shell.log()) == [
        f"label nodes {key}={RING} --overwrite -l eks.amazonaws.com/nodegroup=odd group's",
        f"label nodes {key}={RING} --overwrite -l eks.amazonaws.com/nodegroup=web",
        f"label node lone {key}=internal --overwrite",
        f"taint nodes {TAINT}={RING}:NoSchedule --overwrite -l eks.amazonaws.com/nodegroup=odd group's",
        f"taint nodes {TAINT}={RING}:NoSchedule --overwrite -l eks.amazonaws.com/nodegroup=web",
        f"taint node lone {TAINT}=internal:NoSchedule --overwrite",
    ]
    ring_of = {name: ring.name for ring in PLAN.rings for name in ring.nodes}
    assert shell.load() == state_of(final_nodes(NODES, ring_of, PLAN.policy.nodes))


@pytest.mark.parametrize("times", [1, 2])
def test_undo_restores_exactly_what_was_there_and_both_may_run_again(shell, times):
    for _ in range(times):
        assert shell.run("apply.sh").returncode == 0
    for _ in range(times):
        done = shell.run("undo.sh")
        assert (done.returncode, done.stderr) == (0, "")
    assert shell.load() == state_of(NODES)


@pytest.mark.parametrize("step", ["label", "taint"])
def test_a_node_that_says_it_is_of_the_group_and_is_not_in_the_plan_gets_no_ring(shell, step):
    shell.save((*NODES, node("zz", **GROUP)))
    done = shell.run("apply.sh", step)
    assert done.returncode == 1
    assert done.stderr == (
        "eks.amazonaws.com/nodegroup=web selects node/zz, which the plan does not know: export the nodes and plan again\n"
    )
    assert shell.load()["zz"] == (GROUP, [])


def test_it_stops_where_the_nodes_of_a_group_cannot_be_listed(shell):
    done = shell.run("apply.sh", fails="get nodes")
    assert done.returncode != 0
    assert shell.load() == state_of(NODES)


def test_a_node_that_is_gone_stops_nothing(shell):
    shell.save(tuple(each for each in NODES if each.name != "a2"))
    assert shell.run("apply.sh", "label").returncode == 0


def by_name(nodes, ring_nodes, **more):
    made = patches(plan([], nodes=nodes, ring_nodes=ring_nodes, **more))["nodes/apply.sh"]
    return re.findall(r"label node (\S+)", made)


@pytest.mark.parametrize(
    ("nodes", "ring_nodes", "more"),
    [
        pytest.param(
            (node("a1", **GROUP), node("a2", **GROUP)), {RING: ("a1",), "internal": ("a2",)}, {}, id="a group in two rings"
        ),
        pytest.param(
            (node("a1", **GROUP), node("a2", **GROUP), node("a3", **GROUP, out="")),
            {RING: ("a1", "a2")},
            {"exclude": LabelSelector(match_expressions=(Requirement("out", "Exists"),))},
            id="a group of which a node is left alone",
        ),
        pytest.param(
            tuple(replace(node(name), made_by=f"md-0 {CLUSTER_API}") for name in ("a1", "a2")),
            {RING: ("a1", "a2")},
            {},
            id="a group that no label tells",
        ),
        pytest.param((node("a1"), node("a2")), {RING: ("a1", "a2")}, {}, id="nodes without a group"),
        pytest.param(
            (node("a1", agentpool="web"), node("a2", **{"kubernetes.azure.com/agentpool": "web"})),
            {RING: ("a1", "a2")},
            {},
            id="a group of which each node has another label",
        ),
    ],
)
def test_nodes_are_named_where_no_selector_means_exactly_them(nodes, ring_nodes, more):
    assert by_name(nodes, ring_nodes, **more) == ["a2", "a1"] if "internal" in ring_nodes else ["a1", "a2"]


def test_a_node_of_a_group_that_leaves_another_ring_is_moved_by_itself():
    nodes = (node("a1", "internal", Taint(TAINT, "internal", "NoSchedule"), **GROUP), node("a2", **GROUP), node("c", "internal"))
    made = patches(plan([], nodes=nodes, ring_nodes={RING: ("a1", "a2"), "internal": ("c",)}))["nodes/apply.sh"]
    assert "$KUBECTL drain a1" in made
    assert "group eks.amazonaws.com/nodegroup=web 'a1 a2' label" in made
