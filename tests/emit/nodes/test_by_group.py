"""Whole node groups get label and taint by one line each, which stops where a node is met that the plan does not know."""

import re
from dataclasses import replace

import pytest

from models.kubernetes.labels import LabelSelector, Requirement, Taint
from models.kubernetes.node_group import CLUSTER_API
from planner.emit.patch import patches
from planner.emit.stages.folders import staged
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


@pytest.mark.parametrize("step", ["label", "taint"])
def test_a_node_of_the_plan_that_left_its_group_stops_it(shell, step):
    shell.save(tuple(node("a2") if each.name == "a2" else each for each in NODES))
    done = shell.run("apply.sh", step)
    assert done.returncode == 1
    assert done.stderr == (
        "eks.amazonaws.com/nodegroup=web does not select node/a2, which the plan has in that group: "
        "export the nodes and plan again\n"
    )
    assert shell.load()["a1"] == state_of(NODES)["a1"]


def test_undo_takes_nothing_from_a_node_that_joined_a_group_since(shell):
    assert shell.run("apply.sh").returncode == 0
    joined = node("zz", RING, Taint(TAINT, RING, "NoSchedule"), **GROUP)
    ring_of = {name: ring.name for ring in PLAN.rings for name in ring.nodes}
    shell.save((*final_nodes(NODES, ring_of, PLAN.policy.nodes), joined))
    done = shell.run("undo.sh")
    told = "eks.amazonaws.com/nodegroup=web selects node/zz, which the plan does not know: it keeps what it has\n"
    assert (done.returncode, done.stderr) == (0, told * 2)
    assert shell.load() == state_of((*NODES, joined))


def test_undo_gives_a_node_back_what_it_had_though_it_left_its_group_or_others_are_gone(shell):
    assert shell.run("apply.sh").returncode == 0
    left = node("a1", RING, Taint(TAINT, RING, "NoSchedule"))
    shell.save(tuple(left if each.name == "a1" else each for each in NODES if each.name != "a2"))
    assert shell.run("undo.sh").returncode == 0
    assert shell.load()["a1"] == ({}, [])


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


LEAVING = plan(
    [],
    nodes=(node("a1", "internal", Taint(TAINT, "internal", "NoSchedule"), **GROUP), node("a2", **GROUP), node("c", "internal")),
    ring_nodes={RING: ("a1", "a2"), "internal": ("c",)},
)


def test_a_group_with_a_node_that_must_first_be_emptied_is_done_by_name(tmp_path):
    shell = Shell(tmp_path, LEAVING)
    key = LEAVING.policy.nodes.label_key
    before = shell.load()
    for step in ("label", "taint"):
        assert shell.run("apply.sh", step).returncode == 0
        assert shell.load()["a1"] == before["a1"]
    assert changing(shell.log())[0] == f"label node a2 {key}={RING} --overwrite"
    assert shell.run("apply.sh", "move").returncode == 0
    moved = shell.load()["a1"]
    assert moved[0][key] == RING
    for step in ("taint", "label"):
        assert shell.run("undo.sh", step).returncode == 0
        assert shell.load()["a1"] == moved
    assert shell.run("undo.sh").returncode == 0
    assert shell.load() == before


def test_no_stage_labels_a_node_before_it_is_emptied():
    files = staged(LEAVING)
    for stage in ("1-labels", "3-taints"):
        for script in ("apply.sh", "undo.sh"):
            lines = files[f"{stage}/{script}"].splitlines()
            assert not [line for line in lines if re.match(r"group |\$KUBECTL (label|taint) node a1|un\w+ .*a1", line)]
    assert "$KUBECTL drain a1" in files["2-workloads/move.sh"]
