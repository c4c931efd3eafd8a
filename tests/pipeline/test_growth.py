"""Node groups that may grow: nodes that run come first, then growth in the ring of the group, then what is bought."""

from dataclasses import replace

import pytest

from models.answer.finding import ERROR
from models.answer.plan import Buy, GroupGrowth, IsolationPlan
from models.kubernetes.labels import Labels
from models.solver.outcome import COST, FEASIBLE, MILLION
from planner import pipeline
from planner.emit.patch import patches
from planner.verify import verify
from tests.shop_that_buys import OURS, Document, amounts, node, quiet, shape, workload, write
from tests.verify.breaks import Break, assert_rejected

KEY = "eks.amazonaws.com/nodegroup"
NEW = {"allocatable": amounts("4"), "zones": ["z-1", "z-2"], "by": KEY}


def group(name: str, most: int, **spec: object) -> Document:
    return {"apiVersion": OURS, "kind": "NodeGroup", "metadata": {"name": name}, "spec": {"max": most, **spec}}


def running(name: str, number: int, key: str = KEY, **labels: str) -> list[Document]:
    nodes = [node(f"{name}-{at}") for at in range(number)]
    for each in nodes:
        each["metadata"]["labels"] |= {key: name, **labels}
    return nodes


def planned(folder, pods: tuple[int, int], *inventory: Document, **options: object) -> IsolationPlan:
    """Plan so many pods of one core in two levels."""
    work = [workload("api", "restricted", "1", pods[0]), workload("plugin", "untrusted", "1", pods[1])]
    policy = {"everywhere": [], **options}
    return pipeline.plan(write(folder, work, list(inventory), **policy), quiet, exact=True)


def grown(plan: IsolationPlan) -> dict[str, tuple[str, int, int]]:
    return {growth.group: (growth.ring, growth.before, growth.after) for growth in plan.growth}


def errors(plan: IsolationPlan) -> list[object]:
    return [finding for finding in pipeline.verify(plan) if finding.severity == ERROR]


def test_a_group_grows_by_no_more_than_its_ring_lacks(tmp_path):
    plan = planned(tmp_path, (14, 5), *running("a", 2), *running("b", 2), group("a", 6), group("b", 6))
    assert (plan.verdict, grown(plan), errors(plan)) == (FEASIBLE, {"a": ("restricted", 2, 4)}, [])


def test_groups_of_which_no_node_runs_are_enough_for_a_plan(tmp_path):
    plan = planned(tmp_path, (9, 5), group("a", 3, **NEW), group("b", 3, **NEW))
    assert plan.verdict == FEASIBLE
    assert sorted(growth[1:] for growth in grown(plan).values()) == [(0, 2), (0, 3)]
    assert len({growth[0] for growth in grown(plan).values()}) == 2
    assert errors(plan) == []


def test_what_runs_is_planned_as_if_nothing_could_grow_where_it_does(tmp_path):
    given = (*running("a", 3), *running("b", 2))
    (tmp_path / "with").mkdir()
    (tmp_path / "without").mkdir()
    plan = planned(tmp_path / "with", (5, 8), *given, group("a", 6), group("b", 6))
    alone = planned(tmp_path / "without", (5, 8), *given)
    assert [(ring.name, ring.nodes) for ring in plan.rings] == [(ring.name, ring.nodes) for ring in alone.rings]
    assert [goal for goal in plan.goals if goal.name != COST] == list(alone.goals)
    assert (grown(plan), errors(plan)) == ({}, [])


@pytest.mark.parametrize(
    ("price", "wanted"),
    [("", {"a": ("restricted", 1, 3)}), ("0.1", {"a": ("restricted", 1, 3)}), ("0.4", {})],
    ids=["of an unknown price", "that is cheaper", "that is dearer"],
)
def test_growth_comes_before_a_purchase_unless_it_is_known_to_be_dearer(tmp_path, price, wanted):
    priced = {"price": price} if price else {}
    plan = planned(tmp_path, (12, 4), *running("a", 1), *running("b", 1), group("a", 6, **priced), shape("m", "4", 0.3))
    assert (plan.verdict, grown(plan), errors(plan)) == (FEASIBLE, wanted, [])


def test_a_group_grows_to_its_most_and_the_rest_is_bought(tmp_path):
    plan = planned(tmp_path, (12, 4), *running("a", 1), *running("b", 1), group("a", 2, price=0.1), shape("m", "4", 0.3))
    assert grown(plan) == {"a": ("restricted", 1, 2)}
    assert sum(buy.count for ring in plan.rings for buy in ring.buy) == 2
    assert errors(plan) == []


def test_where_groups_cannot_grow_enough_there_is_no_plan(tmp_path):
    plan = planned(tmp_path, (12, 4), *running("a", 1), *running("b", 1), group("a", 2))
    assert plan.verdict != FEASIBLE


def test_a_group_is_of_one_ring_with_all_that_comes(tmp_path):
    # By sums one group would do for both levels.
    plan = planned(tmp_path, (2, 2), group("a", 4, **NEW))
    assert plan.verdict != FEASIBLE
    both = planned(tmp_path, (2, 2), group("a", 4, **NEW), group("b", 4, **{**NEW, "price": 5}))
    assert (both.verdict, len(grown(both)), errors(both)) == (FEASIBLE, 2, [])


def test_a_group_that_is_divided_does_not_grow_and_another_one_does(tmp_path):
    split = {"nodes": {"groups": {"split": "allow"}}}
    plan = planned(tmp_path, (11, 2), *running("a", 3), group("a", 6), group("b", 6, **NEW), **split)
    assert (plan.verdict, errors(plan)) == (FEASIBLE, [])
    assert grown(plan) in ({"b": ("untrusted", 0, 1)}, {"b": ("restricted", 0, 1)})


def test_no_group_is_planned_smaller_than_its_least(tmp_path):
    plan = planned(tmp_path, (1, 1), group("a", 6, min=3, **NEW), group("b", 6, **NEW))
    assert {growth[2] for growth in grown(plan).values()} == {1, 3}
    assert errors(plan) == []


def test_a_group_that_the_policy_leaves_alone_does_not_grow(tmp_path):
    nodes = {"nodes": {"exclude": {"matchLabels": {KEY: "a"}}}}
    plan = planned(tmp_path, (4, 4), *running("a", 1), *running("b", 1), group("a", 9), group("c", 9, **NEW), **nodes)
    assert (plan.verdict, set(grown(plan))) == (FEASIBLE, {"c"})


def test_marks_of_a_ring_on_nodes_that_run_are_not_those_of_nodes_that_come(tmp_path):
    given = running("a", 1, **{"ringfence.dev/ring": "untrusted"})
    given[0]["spec"] = {"taints": [{"key": "ringfence.dev/ring", "value": "untrusted", "effect": "NoSchedule"}]}
    plan = planned(tmp_path, (4, 8), *given, *running("b", 1), group("a", 4))
    assert (plan.verdict, grown(plan), errors(plan)) == (FEASIBLE, {"a": ("untrusted", 1, 2)}, [])


def test_groups_alone_tell_which_label_their_provider_takes(tmp_path):
    assert planned(tmp_path, (1, 1), group("a", 2, **NEW), group("b", 2, **NEW)).policy.nodes.label_key == "ringfence.dev/ring"


def test_a_plan_that_was_written_is_read_as_it_was(tmp_path):
    plan = planned(tmp_path, (9, 5), *running("a", 1), group("a", 3, min=1), group("b", 3, **NEW))
    text = pipeline.plan_text(plan)
    (tmp_path / "plan.yaml").write_text(text, encoding="utf-8")
    assert pipeline.plan_text(pipeline.load(str(tmp_path / "plan.yaml"))) == text


@pytest.fixture(name="made", scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> IsolationPlan:
    given = (*running("a", 2), *running("b", 2), group("a", 6), group("b", 6))
    return planned(tmp_path_factory.mktemp("growth"), (14, 5), *given)


def saying(*growth: GroupGrowth) -> Break:
    return lambda plan: replace(plan, growth=growth)


def shapes(**changes: object) -> Break:
    def change(plan: IsolationPlan) -> IsolationPlan:
        changed = tuple(replace(each, **changes) if each.name == "a" else each for each in plan.cluster.shapes)
        return replace(plan, cluster=replace(plan.cluster, shapes=changed))

    return change


def in_the_other_ring(plan: IsolationPlan) -> IsolationPlan:
    """Let what comes to group a be of the ring of group b."""
    coming = [each.name for each in plan.cluster.nodes if each.shape]
    first, second = plan.rings
    nodes = tuple(sorted((*second.nodes, *coming)))
    rings = (
        replace(first, nodes=tuple(n for n in first.nodes if n not in coming), buy=()),
        replace(second, nodes=nodes, buy=first.buy),
    )
    return replace(plan, rings=rings)


def relabelled(plan: IsolationPlan) -> IsolationPlan:
    first = next(each for each in plan.cluster.nodes if each.shape)
    other = replace(first, labels=Labels({**first.labels, KEY: "b"}))
    return replace(plan, cluster=replace(plan.cluster, nodes=tuple(other if n is first else n for n in plan.cluster.nodes)))


TRUE = GroupGrowth("a", KEY, "restricted", 2, 4)
BROKEN: list[tuple[str, Break, str]] = [
    ("growth that is not said", saying(), "node-group-growth"),
    ("growth from another size", saying(replace(TRUE, before=3)), "node-group-growth"),
    ("growth to another size", saying(replace(TRUE, after=5)), "node-group-growth"),
    ("growth in another ring than that of what comes", saying(replace(TRUE, ring="untrusted")), "node-group-growth"),
    ("growth of a group that has enough", saying(TRUE, replace(TRUE, group="b", ring="untrusted")), "node-group-growth"),
    ("growth that is said twice", saying(TRUE, TRUE), "node-group-growth"),
    ("a least size that is passed over", shapes(min=5), "node-group-growth"),
    ("more than a group may have", shapes(max=1), "bought-too-many"),
    ("what comes is of another ring than its group", in_the_other_ring, "node-group-split"),
    ("what comes is of another group", relabelled, "shape-differs"),
]


@pytest.mark.parametrize(("change", "expected"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_a_broken_plan_is_rejected(made: IsolationPlan, change: Break, expected: str) -> None:
    assert verify(made) == ()
    assert_rejected(made, change, expected)


def test_before_groups_have_grown_nothing_else_is_to_be_applied(made):
    files = patches(made)
    assert "let node group a grow from 2 to 4 nodes" in files["nodes/apply.sh"]
    assert files["nodes/apply.sh"].endswith("exit 1\n")
    assert "desiredCapacity: 4" in files["groups/eksctl.yaml"]
    assert "name: b" not in files["groups/eksctl.yaml"]
    assert "pools/karpenter.yaml" not in files


def test_karpenter_makes_nodes_as_pods_ask_for_them_so_nothing_waits(tmp_path):
    key = "karpenter.sh/nodepool"
    given = (*running("a", 2, key), *running("b", 2, key), group("a", 6), group("b", 6))
    plan = planned(tmp_path, (14, 5), *given)
    files = patches(plan)
    assert (grown(plan), plan.is_held_back) == ({"a": ("restricted", 2, 4)}, False)
    assert {"groups/karpenter.yaml", "nodes/apply.sh"} <= files.keys()
    assert "pools/karpenter.yaml" not in files
    assert "exit 1" not in files["nodes/apply.sh"].splitlines()[-1]


def test_what_comes_is_bought_in_no_other_words(made):
    assert next(ring.buy for ring in made.rings if ring.name == "restricted") == (Buy("a", "z-1", 2),)
    cost = next(goal for goal in made.goals if goal.name == COST)
    assert (round(cost.value * MILLION), cost.gap) == (2, 0)
