"""Whatever part of planning does not end, the plan is there once its time is over, and says what it lacks."""

from dataclasses import replace
from itertools import repeat

import pytest

from models.answer.plan import UNTRIED
from models.solver.outcome import FEASIBLE, INFEASIBLE, UNDECIDED
from planner import pipeline
from planner.errors import BadInput
from planner.refine.tuning import TUNING
from planner.solve import Deadline, SearchContext
from planner.verify import verify
from tests.shop_that_buys import node, quiet, shape, workload, write

SECONDS = 1.0


def endless(*_given, **_more):
    for _ in repeat(None):
        pass


def made(folder, workloads, shapes=(), **more):
    return pipeline.plan(write(folder, workloads, [node("n1"), *shapes], everywhere=[]), quiet, SECONDS, **more)


def errors(plan):
    return [one for one in verify(plan) if one.severity == "error"]


def said(plan):
    return [one.message for one in plan.not_modelled if one.subject == "time limit"]


WEB = workload("web", "restricted", "300m", 3)
LARGE = workload("large", "restricted", "100", 2)
SMALL = shape("small", "4", 0.2)


@pytest.mark.parametrize("shapes", [(), (SMALL,)], ids=["on owned nodes", "where nodes are bought"])
def test_what_rings_can_lose_is_not_said_then(tmp_path, monkeypatch, shapes):
    monkeypatch.setattr("planner.settle.disclosures.failures.outlooks", endless)
    plan = made(tmp_path, [WEB], shapes, exact=True)
    assert (plan.verdict, plan.losses) == (FEASIBLE, ())
    assert said(plan) == ["there was no time left to look at what each ring can lose"]
    assert errors(plan) == []


@pytest.mark.parametrize("shapes", [(), (SMALL,)], ids=["on owned nodes", "where nodes are bought"])
def test_nor_why_pods_have_no_place(tmp_path, monkeypatch, shapes):
    monkeypatch.setattr("planner.settle.unplaced", endless)
    plan = made(tmp_path, [WEB, LARGE], shapes, exact=True)
    assert plan.verdict in (INFEASIBLE, UNDECIDED)
    assert {one.message for one in plan.unplaced} == {UNTRIED}
    assert said(plan) == ["there was no time left to look at what each ring can lose, nor at why pods have no place"]
    assert errors(plan) == []


@pytest.mark.parametrize("shapes", [(), (SMALL,)], ids=["on owned nodes", "where nodes are bought"])
def test_a_simulation_that_never_ends_leaves_a_packing(tmp_path, monkeypatch, shapes):
    monkeypatch.setattr("planner.simulate.memory.simulate_order", endless)
    plan = made(tmp_path, [WEB], shapes)
    assert (plan.verdict, plan.packing) == (FEASIBLE, "exact")


@pytest.mark.parametrize(
    "part",
    [
        "planner.solve.place.min_nodes.fewest_nodes",
        "planner.solve.infeasible.cheapest_repair.find_repairs",
        "planner.solve.buy_redundant.drop_nodes.drop_nodes",
    ],
)
def test_what_is_asked_beside_the_placement_is_left_out(tmp_path, monkeypatch, part):
    monkeypatch.setattr(part, endless)
    assert made(tmp_path, [WEB], exact=True).verdict == FEASIBLE
    assert made(tmp_path, [LARGE], exact=True).verdict == INFEASIBLE


def test_where_no_purchase_is_found_in_time_nothing_is_bought(tmp_path, monkeypatch):
    monkeypatch.setattr("planner.solve.buy.solve.buy", endless)
    plan = made(tmp_path, [WEB], [SMALL])
    assert plan.verdict in (FEASIBLE, UNDECIDED)
    assert not any(ring.buy for ring in plan.rings)
    assert errors(plan) == []


def test_where_not_even_what_is_bought_can_be_written_nothing_is(tmp_path, monkeypatch):
    monkeypatch.setattr("planner.refine.purchase.Buyer._buy", endless)
    plan = made(tmp_path, [WEB], [SMALL])
    assert plan.verdict == UNDECIDED
    assert {one.message for one in plan.unplaced} == {UNTRIED}
    assert errors(plan) == []


@pytest.mark.parametrize(
    ("nodes", "seconds", "left"),
    [
        pytest.param(99, None, None, id="no limit"),
        pytest.param(99, 1.0, 1.0 - 100 * TUNING.writing, id="a little for each node and workload"),
        pytest.param(99, 0.02, 0.01, id="half of a limit at most"),
    ],
)
def test_time_to_write_a_plan_is_none_to_search_in(tmp_path, monkeypatch, nodes, seconds, left):
    given = []

    def noted(seconds):
        given.append(seconds)
        raise BadInput([])

    monkeypatch.setattr("planner.solve.Deadline", noted)
    with pytest.raises(BadInput):
        pipeline.plan(write(tmp_path, [WEB], [node(f"n{at}") for at in range(nodes)], everywhere=[]), quiet, seconds)
    assert given == [left]


def test_nothing_is_counted_when_all_is_over(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr("planner.solve.fewest_nodes", lambda *given: asked.append(given) or (1, 1))
    monkeypatch.setattr(SearchContext, "part", lambda context, *_: replace(context, deadline=Deadline(0.0)))
    assert made(tmp_path, [WEB], exact=True).separation is None
    assert asked == []


def test_nodes_without_rings_are_counted_only_if_those_with_rings_are(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr("planner.solve.fewest_nodes", lambda *given: asked.append(given) or (-1, 0))
    assert made(tmp_path, [WEB], exact=True).separation is None
    assert len(asked) == 1
