"""What a plan buys, in words, tables and pictures: what it costs, how sure that is, and which nodes are not there yet."""

import json
from dataclasses import replace

import pytest

from models.answer.plan import IsolationPlan
from models.kubernetes.node import NodeShape
from models.kubernetes.resources import Resources
from models.solver.outcome import COST, FEASIBLE, INFEASIBLE, Goal
from planner import formats, pipeline
from planner.paper import Paper
from planner.view.format import count
from planner.view.graph.formats import graph
from planner.view.picture.text_width import short_names
from planner.view.summary import cost
from tests.shop_that_buys import AGENT, API, BIG, PLUGIN, SMALL, node, quiet, workload, write
from tests.view import view_plans


@pytest.fixture(scope="module")
def plan(tmp_path_factory) -> IsolationPlan:
    nodes = [node("own-1"), node("own-2", price="0.0125"), SMALL, BIG]
    return pipeline.plan(write(tmp_path_factory.mktemp("shop"), [API, PLUGIN, AGENT], nodes), quiet, exact=True)


@pytest.fixture(scope="module")
def names(plan) -> list[str]:
    return [one.name for one in plan.cluster.nodes if one.shape]


def goal(plan: IsolationPlan, **changes) -> IsolationPlan:
    return replace(plan, goals=tuple(replace(one, **changes) if one.name == COST else one for one in plan.goals))


@pytest.mark.parametrize(
    ("millionths", "written"),
    [(0, "0.00"), (1, "0.000001"), (384_000, "0.384"), (1_500_000, "1.50"), (1_234_567_890, "1,234.56789"), (-214_000, "-0.214")],
)
def test_money_is_written_exactly(millionths, written):
    assert cost.money(millionths) == written


def test_the_sentence_says_what_it_costs_and_how_sure_that_is(plan):
    free = tuple(replace(node, price=0) for node in plan.cluster.nodes)
    plan = replace(plan, cluster=replace(plan.cluster, nodes=free))
    said = cost.sentence(goal(plan, value=1.5, bound=1.2))
    assert said.endswith(
        "to buy: 1.50 per hour, 1,095.00 per month of 730 hours; at least 1.20 per hour is needed (gap 20.00 %)."
    )
    assert "proven to be the least" in cost.sentence(goal(plan, value=1.5, bound=1.5))
    assert "how much less could do is not known" in cost.sentence(goal(plan, value=1.5, bound=0))
    assert "gap 0.01 %" in cost.sentence(goal(plan, value=100, bound=99.999999))
    assert cost.sentence(replace(plan, goals=())) == ""


def test_what_is_bought_is_told_from_owned_nodes_that_have_a_price(plan):
    used = {name for ring in plan.rings for name in ring.nodes}
    owned = [node for node in plan.cluster.nodes if node.name in used and not node.shape]
    priced = [replace(node, price=400_000 if node is owned[0] else 0) if node in owned else node for node in plan.cluster.nodes]
    made = goal(replace(plan, cluster=replace(plan.cluster, nodes=tuple(priced))), value=1.5, bound=1.2)
    assert " to buy: 1.10 per hour; with owned nodes that have a price: 1.50 per hour, 1,095.00 per month" in cost.sentence(made)
    rings = tuple(replace(ring, buy=()) for ring in made.rings)
    assert cost.sentence(replace(made, rings=rings)).startswith(
        "Nothing to buy; with owned nodes that have a price: 1.50 per hour"
    )


FREE = Goal(COST, 0, 0)
NOTHING = [
    ("the owned nodes do", FEASIBLE, (), view_plans.shop, "Nothing to buy: the owned nodes do."),
    ("nobody needs a node", FEASIBLE, (), lambda: replace(view_plans.shop(), rings=()), "Nothing to buy: no pod needs a node."),
    ("pods are left over", INFEASIBLE, (1,), view_plans.infeasible_shop, "Nothing is bought."),
    ("none may be bought", INFEASIBLE, (0, 0), view_plans.infeasible_shop, "Nothing can be bought: the max of every shape is 0."),
    ("one of two may", INFEASIBLE, (0, None), view_plans.infeasible_shop, "Nothing is bought."),
]


@pytest.mark.parametrize(("verdict", "most", "made", "said"), [row[1:] for row in NOTHING], ids=[row[0] for row in NOTHING])
def test_why_nothing_is_bought(verdict, most, made, said):
    plan = made()
    shapes = tuple(NodeShape(f"s{at}", Resources({}), ("z",), 1, max=limit) for at, limit in enumerate(most))
    plan = replace(plan, verdict=verdict, goals=(FREE,), cluster=replace(plan.cluster, shapes=shapes))
    assert cost.sentence(plan) == said


def test_pods_that_find_no_place_on_owned_nodes_with_a_price_do_not_mean_that_there_is_nothing_to_buy():
    plan = replace(view_plans.infeasible_shop(), goals=(Goal(COST, 1.5, 1.5),))
    assert cost.sentence(plan).startswith("Nothing is bought: 1.50 per hour")


def test_bought_nodes_without_a_price_are_not_called_owned(plan):
    free = cost.sentence(goal(plan, value=0, bound=0))
    assert free == f"{count(cost.bought(plan), 'node')} to buy: free of charge."


def test_a_gap_is_relative_to_the_cost_however_small_that_is():
    assert Goal(COST, 0.5, 0.25).gap == 0.5
    assert Goal(COST, 0, 0).gap == 0
    assert Goal("moves", 0.5, 0.25).gap == 0.25


def test_the_table_names_each_ring_once_and_adds_up(plan):
    rows = list(cost.rows(plan))
    counted = [row for row in rows if row[1] != "owned, with a price"]
    assert sum(int(row[3]) for row in counted) == cost.bought(plan) > 1
    assert {row[0] for row in rows} - {""} <= {ring.name for ring in plan.rings}
    total = cost.total(plan, cost.cost(plan))
    assert sum(round(float(row[5]) * 10**6) for row in rows) == round(float(total[5]) * 10**6)


@pytest.mark.parametrize(
    ("is_bought", "is_priced"),
    [
        pytest.param(True, False, id="nodes to buy"),
        pytest.param(False, True, id="owned nodes with a price"),
        pytest.param(True, True, id="both"),
    ],
)
def test_the_row_of_all_rings_counts_the_nodes_of_the_others(plan, is_bought, is_priced):
    nodes = tuple(replace(node, price=0 if node.shape else 400_000 * is_priced) for node in plan.cluster.nodes)
    rings = tuple(replace(ring, buy=ring.buy if is_bought else ()) for ring in plan.rings)
    made = replace(plan, cluster=replace(plan.cluster, nodes=nodes), rings=rings)
    total = cost.total(made, cost.cost(made))
    assert int(total[3]) == sum(int(row[3]) for row in cost.rows(made)) > 0


def test_pools_of_a_shape_are_one_row_of_the_table_and_are_named_to_programs(plan):
    first = next(ring for ring in plan.rings if ring.buy)
    one = first.buy[0]
    parted = replace(first, buy=(replace(one, count=2, pool="pool-1"), replace(one, count=3, pool="pool-2")))
    made = replace(plan, rings=(parted,))
    assert next(cost.rows(made))[:4] == (first.name, one.shape, one.zone, "5")
    assert cost.bought(made) == 5
    said = json.loads(formats.summary(made, "json", Paper(120)))["market"]["buy"]
    assert [(buy["count"], buy["pool"]) for buy in said] == [(2, "pool-1"), (3, "pool-2")]
    assert not any("pool" in buy for buy in json.loads(formats.summary(plan, "json", Paper(120)))["market"]["buy"])


def test_the_summary_says_it_in_all_its_forms(plan):
    for kind in ("table", "markdown"):
        text = formats.summary(plan, kind, Paper(120), is_verbose=True)
        assert "What it costs" in text
        assert "cost per hour" in text
        assert "per month of 730 hours" in text
    for kind in ("json", "yaml"):
        assert "perMonth" in formats.summary(plan, kind, Paper(120))


def test_every_picture_tells_bought_nodes_from_owned_ones_without_colour(plan, names):
    assert graph(plan, "svg").count('stroke-dasharray="4 2.5"') == len(names) + 1  # and one in the legend
    assert graph(plan, "svg").count(", to be bought") == len(names)
    assert graph(plan, "dot").count('style="filled,dashed"') == len(names)
    assert graph(plan, "mmd").count("to be bought") == len(names)
    assert graph(plan, "html").count("(to be bought)") == len(names)
    assert graph(plan, "graphml").count(">true</data>") >= len(names)


def test_what_buys_nothing_looks_as_it_always_did(tmp_path):
    made = pipeline.plan(write(tmp_path, [workload("api", "restricted", "1", 1)], [node("own-1")]), quiet, exact=True)
    for kind in ("svg", "dot", "mmd", "html", "graphml"):
        assert "bought" not in graph(made, kind)
    assert "to buy" not in formats.summary(made, "table", Paper(120))


def test_squares_of_bought_nodes_are_dashed_too(plan, names):
    """Where there are many nodes, each is a square."""
    first = next(one for one in plan.cluster.nodes if one.shape)
    extra = tuple(replace(first, name=f"{first.name}{at}") for at in range(30))
    ring = next(made for made in plan.rings if first.name in made.nodes)
    more = replace(ring, nodes=(*ring.nodes, *(one.name for one in extra)))
    rings = tuple(more if made is ring else made for made in plan.rings)
    large = replace(plan, rings=rings, cluster=replace(plan.cluster, nodes=(*plan.cluster.nodes, *extra)))
    assert graph(large, "svg").count('stroke-dasharray="4 2.5"') == len(names) + 30 + 1


def test_the_names_of_bought_nodes_are_not_taken_for_host_names():
    assert short_names(["m5.xlarge@a#1", "node.example"]) == {"m5.xlarge@a#1": "m5.xlarge@a#1", "node.example": "node"}


@pytest.mark.parametrize(
    ("gap", "said"), [(0, "0 %"), (1e-9, "0.01 %"), (0.00304, "0.31 %"), (0.003, "0.30 %"), (0.12, "12.00 %"), (1, "100.00 %")]
)
def test_a_gap_is_never_more_than_what_is_said(gap, said):
    assert cost.share(gap) == said
