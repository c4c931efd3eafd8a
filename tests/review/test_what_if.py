"""A what-if is the plan that ringfence makes of the changed input, and no guess."""

import json
from dataclasses import replace

import pytest

from models.answer.plan import IsolationPlan
from planner import pipeline
from planner.errors import BadInput
from planner.review.tuning import REVIEWING
from planner.review.what_if.changes import parsed_grow, parsed_lose
from planner.review.what_if.onboard import read_tenant
from planner.review.what_if.scenario import changed_plan, scenario
from planner.review.what_if.sharing import parsed_merge
from tests.shop_that_buys import Document, node, quiet, shape, workload, write


def told(plan: IsolationPlan) -> tuple:
    """Return what a plan decides; where things were read and how they were counted in words is left out."""
    placements = [(str(p.workload), p.group, p.ring, p.pods, dict(p.on)) for p in plan.placements]
    left = [(str(u.workload), u.pods, u.message) for u in plan.unplaced]
    return plan.verdict, plan.goals, plan.rings, placements, left, plan.losses, plan.grade, plan.separation, plan.repairs


def rolling(name: str, level: str, cpu: str, replicas: int) -> Document:
    """Write a Deployment that rolls out as they do by default, with a quarter more pods for a while."""
    found = workload(name, level, cpu, replicas)
    del found["spec"]["strategy"]
    return found


INVENTORY = [node("n-1", "8"), node("n-2", "8", "z-2"), node("n-3", "8"), node("n-4", "8", "z-2")]


def work(api: int, plugin: int) -> list[Document]:
    return [rolling("api", "restricted", "1", api), workload("plugin", "untrusted", "500m", plugin)]


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        pytest.param(parsed_grow("20%"), (work(6, 6), INVENTORY, {}), id="all grow by a fifth, rounded up"),
        pytest.param(parsed_grow("untrusted=100%"), (work(5, 10), INVENTORY, {}), id="one level doubles"),
        pytest.param(parsed_grow("400%"), (work(25, 25), INVENTORY, {}), id="more than fits"),
        pytest.param(parsed_lose("node=n-2"), (work(5, 5), [INVENTORY[0], *INVENTORY[2:]], {}), id="a node is gone"),
        pytest.param(parsed_lose("zone=z-2"), (work(5, 5), [INVENTORY[0], INVENTORY[2]], {}), id="a zone is gone"),
        pytest.param(
            parsed_merge("untrusted,restricted"),
            (work(5, 5), INVENTORY, {"mayShare": [["restricted", "untrusted"]]}),
            id="two groups come to share",
        ),
    ],
)
@pytest.mark.parametrize("exact", [True, False], ids=["as a packing", "kept"])
def test_a_change_is_a_full_plan_of_the_changed_input(tmp_path, change, changed, exact):
    plan = pipeline.plan(write(tmp_path, work(5, 5), INVENTORY), quiet, exact=exact)
    asked = changed_plan(plan, change, quiet)
    workloads, inventory, policy = changed
    (tmp_path / "changed").mkdir()
    made = pipeline.plan(write(tmp_path / "changed", workloads, inventory, **policy), quiet, exact=exact)
    assert told(asked) == told(made)
    assert scenario("x", plan, asked, REVIEWING) == scenario("x", plan, made, REVIEWING)


TENANT = [workload("batch", "untrusted", "1", 2), node("n-5", "8")]


def test_a_tenant_who_comes_is_planned_as_if_he_had_been_there(tmp_path):
    plan = pipeline.plan(write(tmp_path, work(5, 5), INVENTORY), quiet)
    (tmp_path / "tenant.yaml").write_text("---\n".join(json.dumps(each) + "\n" for each in TENANT), encoding="utf-8")
    asked = changed_plan(plan, read_tenant(str(tmp_path / "tenant.yaml"), plan), quiet)
    (tmp_path / "changed").mkdir()
    made = pipeline.plan(write(tmp_path / "changed", [*work(5, 5), TENANT[0]], [*INVENTORY, TENANT[1]]), quiet)
    assert told(asked) == told(made)
    assert "Deployment/shop/batch" in {str(placement.workload) for placement in asked.placements}


def test_who_is_there_already_cannot_come(tmp_path):
    plan = pipeline.plan(write(tmp_path, work(5, 5), INVENTORY), quiet, exact=True)
    (tmp_path / "tenant.yaml").write_text(json.dumps(work(1, 1)[1]), encoding="utf-8")
    with pytest.raises(BadInput, match="Deployment/shop/plugin"):
        changed_plan(plan, read_tenant(str(tmp_path / "tenant.yaml"), plan), quiet)


def test_a_plan_that_was_written_and_read_is_changed_alike(tmp_path):
    plan = pipeline.plan(write(tmp_path, work(5, 5), INVENTORY), quiet)
    (tmp_path / "plan.yaml").write_text(pipeline.plan_text(plan), encoding="utf-8")
    change = parsed_grow("20%")
    assert told(changed_plan(pipeline.load(str(tmp_path / "plan.yaml")), change, quiet)) == told(
        changed_plan(plan, change, quiet)
    )


def test_bought_nodes_are_bought_again(tmp_path):
    shapes = [shape("small", "4100m", 0.2)]
    plan = pipeline.plan(write(tmp_path, work(3, 3), shapes), quiet, exact=True)
    (tmp_path / "changed").mkdir()
    made = pipeline.plan(write(tmp_path / "changed", work(6, 6), shapes), quiet, exact=True)
    assert told(changed_plan(plan, parsed_grow("100%"), quiet)) == told(made)
    gone = changed_plan(plan, parsed_lose("zone=z-1"), quiet)
    assert {buy.zone for ring in gone.rings for buy in ring.buy} == {"z-2"}


def test_a_table_holds_each_change_in_the_order_in_which_it_was_asked_about(tmp_path):
    plan = pipeline.plan(write(tmp_path, work(5, 5), INVENTORY), quiet, exact=True)
    asked = {"grow": ["20%", "400%"], "lose": ["node=n-1"], "merge": ["restricted,untrusted"]}
    review = pipeline.review(plan, quiet, quick=True, **asked)
    assert [case.change for case in review.scenarios] == [
        "all grow by 20 %",
        "all grow by 400 %",
        "without node n-1",
        "restricted and untrusted may share",
    ]
    fifth, flood, lost, shared = review.scenarios
    assert (fifth.holds, fifth.pods, fifth.unplaced) == (True, 6 + 2 + 6, 0)
    assert (flood.holds, flood.pods + flood.unplaced) == (False, 25 + 7 + 25)
    assert set(flood.short) <= {"restricted", "untrusted"}
    assert sum(flood.short.values()) == flood.unplaced > 0
    assert (lost.nodes, shared.nodes) == (3, 4)


def test_daemons_grow_with_nodes_alone(tmp_path):
    daemon = workload("agent", "", "100m", 0, kind="DaemonSet", tolerations=[{"operator": "Exists"}])
    plan = pipeline.plan(write(tmp_path, [*work(1, 1), daemon], INVENTORY), quiet, exact=True)
    grown = changed_plan(plan, parsed_grow("100%"), quiet)
    assert {w.id.name: w.pods for w in grown.cluster.workloads} == {"agent": 0, "api": 3, "plugin": 2}


def test_later_pods_of_an_autoscaler_stay_among_those_that_are_kept(tmp_path):
    plan = pipeline.plan(write(tmp_path, [workload("api", "restricted", "1", 4)], INVENTORY), quiet, exact=True)
    cluster = replace(plan.cluster, workloads=tuple(replace(w, later=4) for w in plan.cluster.workloads))
    grown = changed_plan(replace(plan, cluster=cluster), parsed_grow("10%"), quiet)
    assert [(w.pods, w.later) for w in grown.cluster.workloads] == [(5, 5)]


@pytest.mark.parametrize(
    ("parse", "text", "says"),
    [
        pytest.param(parsed_grow, "20", "write 20%", id="no per cent"),
        pytest.param(parsed_grow, "-5%", "write 20%", id="shrinking"),
        pytest.param(parsed_grow, "x=%", "write 20%", id="no number"),
        pytest.param(parsed_grow, "1e3%", "write 20%", id="no whole number"),
        pytest.param(parsed_grow, "1001%", "write 20%", id="more than tenfold"),
        pytest.param(parsed_lose, "z-1", "write zone=NAME", id="no kind"),
        pytest.param(parsed_lose, "rack=1", "write zone=NAME", id="a kind that is not known"),
        pytest.param(parsed_lose, "zone=", "write zone=NAME", id="no name"),
        pytest.param(parsed_merge, "internal", "names no two trust groups", id="one group"),
        pytest.param(parsed_merge, "internal,internal", "names no two trust groups", id="one group twice"),
    ],
)
def test_what_is_no_change_is_refused(parse, text, says):
    with pytest.raises(ValueError, match=says):
        parse(text)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(parsed_grow("nobody=20%"), id="a level that is not there"),
        pytest.param(parsed_lose("zone=nowhere"), id="a zone that is not there"),
        pytest.param(parsed_lose("group=nowhere"), id="a group that is not there"),
        pytest.param(parsed_merge("restricted,nobody"), id="a group that is not there to share"),
    ],
)
def test_what_is_not_in_the_plan_is_bad_input(tmp_path, change):
    plan = pipeline.plan(write(tmp_path, work(1, 1), INVENTORY), quiet, exact=True)
    with pytest.raises(BadInput):
        changed_plan(plan, change, quiet)


def test_a_node_group_is_gone_and_is_a_part_of_its_ring(tmp_path):
    inventory = [node(f"n-{n}", "8") for n in range(4)]
    for number, there in enumerate(inventory):
        there["metadata"]["labels"]["eks.amazonaws.com/nodegroup"] = f"general-{number % 2}"
    plan = pipeline.plan(write(tmp_path, [workload("api", "restricted", "1", 2)], inventory), quiet, exact=True)
    review = pipeline.review(plan, quiet, lose=["group=general-1"], quick=True)
    assert [(part.name, part.nodes) for part in review.rings[0].node_groups] == [("general-0", 2), ("general-1", 2)]
    assert [(case.change, case.holds, case.nodes) for case in review.scenarios] == [("without node group general-1", True, 2)]


def test_what_is_not_in_the_plan_is_said_before_anything_is_solved(tmp_path):
    plan, said = pipeline.plan(write(tmp_path, work(1, 1), INVENTORY), quiet, exact=True), list[str]()
    with pytest.raises(BadInput, match="no node is of zone nowhere"):
        pipeline.review(plan, said.append, lose=["zone=nowhere"])
    assert said == []
