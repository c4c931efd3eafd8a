"""Node groups from the inputs to a plan that verify believes: whole, divided where that is allowed, bought beside."""

import pytest

from models.answer.finding import ERROR
from models.answer.plan import IsolationPlan
from planner import pipeline
from tests.shop_that_buys import Document, node, quiet, shape, workload, write

GROUP, CONTROL = "eks.amazonaws.com/nodegroup", "node-role.kubernetes.io/control-plane"
POOL = "karpenter.sh/nodepool"
API, WEB = workload("api", "restricted", "3", 2), workload("web", "untrusted", "3", 1)


def of_group(name: str, group: str, **labels: str) -> Document:
    """Write a node of 4 cores of a group."""
    made = node(name)
    made["metadata"]["labels"] |= {GROUP: group, **labels}
    return made


def pooled(name: str) -> Document:
    """Write a node of 4 cores of a NodePool."""
    made = node(name)
    made["metadata"]["labels"][POOL] = "extra"
    return made


def general(*names: str) -> list[Document]:
    return [of_group(name, "general") for name in names]


def planned(folder, inventory, **spec) -> IsolationPlan:
    plan = pipeline.plan(write(folder, [API, WEB], inventory, everywhere=[], **spec), quiet)
    assert [finding for finding in pipeline.verify(plan) if finding.severity == ERROR] == []
    return plan


def rings(plan: IsolationPlan) -> dict[str, tuple[str, ...]]:
    return {ring.name: ring.nodes for ring in plan.rings}


ALLOW, ALONE = {"groups": {"split": "allow"}}, {"groups": {"by": "kubernetes.io/hostname"}}


@pytest.mark.parametrize(
    ("nodes", "keys", "expected"),
    [
        pytest.param(
            [*general("a", "b"), of_group("c", "other")],
            {},
            {"restricted": ("a", "b"), "untrusted": ("c",)},
            id="each ring gets a group",
        ),
        pytest.param(
            [*general("a", "b", "c"), *(of_group(name, "other") for name in "de")],
            {},
            {"restricted": ("a", "b", "c"), "untrusted": ("d", "e")},
            id="no ring gets a part of a group",
        ),
        pytest.param(
            [*general("a", "b"), node("c")], {}, {"restricted": ("a", "b"), "untrusted": ("c",)}, id="a node stands alone"
        ),
        pytest.param(
            [*general("a"), of_group("b", "general", **{POOL: "extra"}), node("c")],
            {},
            {"restricted": ("a", "b"), "untrusted": ("c",)},
            id="a node says another provider's group too, and stays in its own",
        ),
        pytest.param(
            [*general("a"), of_group("b", "general", **{POOL: "extra"}), pooled("c"), node("d")],
            {},
            {"restricted": ("a", "b", "c"), "untrusted": ("d",)},
            id="a node of two groups joins them",
        ),
        pytest.param(
            [*general("a", "b"), of_group("c", "general", **{CONTROL: ""}), node("d")],
            {},
            {"restricted": ("a", "b"), "untrusted": ("d",)},
            id="a node of the control plane is of no ring",
        ),
        pytest.param(
            [node("a"), node("b"), of_group("c", "masters", **{CONTROL: ""})],
            {"include": {"matchLabels": {CONTROL: ""}}},
            {"restricted": ("a", "b"), "untrusted": ("c",)},
            id="a node of the control plane that is included",
        ),
    ],
)
def test_a_group_is_of_one_ring(tmp_path, nodes, keys, expected):
    plan = planned(tmp_path, nodes, nodes=keys)
    assert plan.verdict == "feasible"
    assert {name: set(mine) for name, mine in rings(plan).items()} == {name: set(mine) for name, mine in expected.items()}
    assert plan.new_groups == ()


def test_a_no_names_a_new_group_and_with_that_group_it_is_a_yes(tmp_path):
    refused = planned(tmp_path, general("a", "b", "c"))
    (new,) = refused.new_groups
    assert (refused.verdict, new.group, refused.repairs, refused.conflict) == ("infeasible", "general", (), ())
    made = [of_group(name, new.name if name in new.nodes else "general") for name in "abc"]
    assert planned(tmp_path, made).verdict == "feasible"


def test_where_groups_may_be_divided_the_new_group_is_planned(tmp_path):
    plan = planned(tmp_path, general("a", "b", "c"), nodes=ALLOW)
    assert plan.verdict == "feasible"
    assert [(new.name, len(new.nodes)) for new in plan.new_groups] == [("general-untrusted", 1)]
    assert set(plan.new_groups[0].nodes) == set(rings(plan)["untrusted"])


@pytest.mark.parametrize("labels", [{}, {CONTROL: ""}])
@pytest.mark.parametrize(("keys", "verdict"), [(ALLOW, "feasible"), ({}, "infeasible")])
def test_a_new_group_has_the_name_of_no_group_that_is_there(tmp_path, labels, keys, verdict):
    taken = of_group("d", "general-untrusted", **labels)
    taken["status"]["allocatable"]["cpu"] = "1"
    plan = planned(tmp_path, [*general("a", "b", "c"), taken], nodes=keys)
    assert (plan.verdict, [new.name for new in plan.new_groups]) == (verdict, ["general-untrusted-2"])


def test_by_its_name_every_node_stands_alone(tmp_path):
    plan = planned(tmp_path, general("a", "b", "c"), nodes=ALONE)
    assert (plan.verdict, plan.new_groups) == ("feasible", ())


def test_pods_that_fit_on_no_nodes_are_no_matter_of_groups(tmp_path):
    plan = planned(tmp_path, general("a"))
    assert plan.verdict == "infeasible"
    assert plan.conflict
    assert plan.new_groups == ()


def test_what_whole_groups_do_not_hold_is_bought_and_the_cheaper_pods_are_those(tmp_path):
    plan = planned(tmp_path, [*general("a", "b"), shape("small", "4100m", 0.2)])
    assert plan.verdict == "feasible"
    assert rings(plan)["restricted"] == ("a", "b")
    assert [(ring.name, buy.count) for ring in plan.rings for buy in ring.buy] == [("untrusted", 1)]


def test_nodes_of_a_group_that_cost_something_and_are_not_needed_are_of_no_ring(tmp_path):
    nodes = general("a", "b", "c", "d")
    for each in nodes:
        each["metadata"]["annotations"] = {"ringfence.dev/price": "0.1"}
    plan = planned(tmp_path, [*nodes, node("e")])
    assert plan.verdict == "feasible"
    assert {name: len(mine) for name, mine in rings(plan).items()} == {"restricted": 2, "untrusted": 1}
