"""When time is up before kube-scheduler was simulated to the end, there is what was tried, or a packing that is called one."""

from dataclasses import replace
from itertools import repeat

import pytest

from models.answer.finding import ERROR
from models.answer.forecast import Pending
from models.answer.order_result import OrderKind
from models.disclosure import DisclosureCode
from models.solver.outcome import COST, FEASIBLE, Goal
from models.trust import Survive
from planner import pipeline
from planner.refine import deadline
from planner.refine.loop import refine
from planner.refine.moves.hints_and_room import lead
from planner.refine.oracle import tie_breaks
from planner.refine.oracle.oracle import Oracle
from planner.refine.tuning import Tuning
from planner.solve import Deadline, SearchContext
from planner.wording.order_reports import orders_of
from tests.shop_that_buys import quiet, shape, workload, write


@pytest.mark.parametrize(
    ("seconds", "packing"),
    [
        pytest.param(None, "", id="without a limit the plan is what kube-scheduler keeps"),
        pytest.param(0.0, "exact", id="once time is up a packing is all that is known"),
    ],
)
def test_a_limit_ends_the_simulation(tmp_path, seconds, packing):
    inputs = write(tmp_path, [workload("web", "restricted", "300m", 3)], [shape("small", "4", 0.2)], everywhere=[])
    plan = replace(pipeline.plan(inputs, quiet, exact=True), packing="")
    oracle = Oracle(deadline.until_asked(SearchContext(deadline=Deadline(seconds))))
    assert refined(plan, oracle).packing == packing


def packing_of(folder, **policy):
    """Return the packing of pods that no ring is proven to take in any order."""
    spread = {"maxSkew": 2, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "DoNotSchedule"}
    spread["labelSelector"] = {"matchLabels": {"app": "web"}}
    work = [workload("web", "restricted", "1500m", 2, topologySpreadConstraints=[spread]), workload("api", "restricted", "1", 2)]
    inputs = write(folder, work, [shape("small", "4", 0.2)], everywhere=[], **policy)
    return replace(pipeline.plan(inputs, quiet, exact=True), packing="")


MANY = Tuning(small=0)
"""Lets any number of pods be many, of which other ties take a while to try."""


def refined(packing, oracle, *more):
    return refine(packing, (lead, *more), oracle)


def asked(*_):
    raise deadline.Asked


def test_a_plan_that_was_kept_before_time_was_up_is_what_there_is(tmp_path, monkeypatch):
    """There is time to say all of it, so that failures are simulated on a busy machine, too."""
    packing = packing_of(tmp_path)
    monkeypatch.setattr(tie_breaks, "with_other_ties", asked)
    made = refined(packing, Oracle(quiet, tuning=replace(MANY, report_seconds=60.0)))
    assert (made.packing, made.verdict) == ("", FEASIBLE)
    assert all(ring.any_order.kind is OrderKind.TRIED for ring in made.rings)
    (report,) = filter(None, map(orders_of, made.not_modelled))
    assert (report.left, report.ways) == (0, 1)
    assert [one for one in pipeline.verify(made, tuning=MANY) if one.severity == ERROR] == []


def endless(*_given, **_more):
    for _ in repeat(None):
        pass


def cut_short(folder, monkeypatch):
    """Return a plan that was kept before time was up, and of which no loss was simulated."""
    packing = packing_of(folder)
    monkeypatch.setattr("planner.refine.oracle.failures.simulate_failures", endless)
    monkeypatch.setattr(tie_breaks, "with_other_ties", asked)
    return refined(packing, Oracle(quiet, tuning=MANY))


def test_that_no_loss_was_simulated_for_want_of_time_is_said(tmp_path, monkeypatch):
    made = cut_short(tmp_path, monkeypatch)
    assert (made.packing, made.verdict) == ("", FEASIBLE)
    assert [one.code for one in made.not_modelled if one.subject == "time limit"] == [DisclosureCode.LOSSES_UNSIMULATED]


def unsaid(made):
    said = tuple(one for one in made.not_modelled if one.code is not DisclosureCode.LOSSES_UNSIMULATED)
    return replace(made, not_modelled=said)


def with_first_loss(made, **fields):
    return replace(made, losses=(replace(made.losses[0], **fields), *made.losses[1:]))


def must_survive(made):
    return replace(made, policy=replace(made.policy, survive=Survive(nodes=1)))


@pytest.mark.parametrize(
    ("change", "ids"),
    [
        pytest.param(lambda made: made, set(), id="losses that were not simulated are said to be so"),
        pytest.param(unsaid, {"losses-untrue"}, id="losses are not simulated and nothing is said of it"),
        pytest.param(
            lambda made: with_first_loss(made, simulated=1),
            {"losses-untrue", "not-modelled-untrue"},
            id="one loss is simulated, and none is said to be",
        ),
        pytest.param(
            must_survive,
            {"does-not-survive"},
            id="losses must be survived, and are not simulated",
        ),
    ],
)
def test_verify_takes_a_plan_without_simulated_losses_for_what_it_says(tmp_path, monkeypatch, change, ids):
    made = change(cut_short(tmp_path, monkeypatch))
    monkeypatch.undo()
    assert {one.code for one in pipeline.verify(made, tuning=MANY) if one.severity == ERROR} == ids


def test_one_of_few_pods_is_not_before_all_was_tried(tmp_path, monkeypatch):
    """`verify` tries many orders of few pods, and would not bear out what the usual ones promise."""
    packing = packing_of(tmp_path)
    monkeypatch.setattr(tie_breaks, "with_other_ties", asked)
    assert refined(packing, Oracle(quiet)).packing == "exact"


def test_one_that_luck_then_spoilt_is_at_risk(tmp_path, monkeypatch):
    packing = packing_of(tmp_path)
    real = tie_breaks.with_other_ties

    def spoilt(plan, found, orders, ways, progress, tuning):
        told = real(plan, found, orders, ways, progress, tuning)
        left = Pending(plan.cluster.workloads[0].id, 1, "no room")
        return replace(told, runs=(*told.runs, replace(told.runs[0], pending=(left,))))

    monkeypatch.setattr(tie_breaks, "with_other_ties", spoilt)
    assert refined(packing, Oracle(quiet, tuning=MANY), asked).is_at_risk


def test_nothing_is_one_of_which_losses_were_not_tried_yet(tmp_path, monkeypatch):
    packing = packing_of(tmp_path)
    packing = replace(packing, policy=replace(packing.policy, survive=Survive(nodes=1)))
    monkeypatch.setattr(tie_breaks, "with_other_ties", asked)
    assert refined(packing, Oracle(quiet, tuning=MANY)).packing == "exact"


def test_of_two_that_were_kept_the_cheaper_one_is(tmp_path, monkeypatch):
    packing = packing_of(tmp_path)
    monkeypatch.setattr(tie_breaks, "with_other_ties", lambda _, found, *__: found)
    for costs in ((3.0, 2.0), (2.0, 3.0)):
        oracle = Oracle(quiet)
        for cost in costs:
            oracle.evaluate(replace(packing, goals=(Goal(COST, cost, 1.0),)))
        assert [goal.value for goal in oracle.incumbent(packing).goals] == [2.0]


def test_a_plan_of_which_no_further_rollouts_were_tried_is_not_before_a_cheaper_one(tmp_path, monkeypatch):
    packing = packing_of(tmp_path)
    monkeypatch.setattr(tie_breaks, "with_other_ties", lambda _, found, *__: found)
    oracle = Oracle(quiet)
    dear, cheap = (oracle.evaluate(replace(packing, goals=(Goal(COST, cost, 1.0),))) for cost in (3.0, 2.0))
    oracle.keep(replace(dear, strays=0))
    assert cheap.plan.goals != dear.plan.goals
    assert [goal.value for goal in oracle.incumbent(packing).goals] == [2.0]


def test_of_those_that_further_rollouts_were_tried_of_the_steadiest_is_though_another_is_cheaper(tmp_path, monkeypatch):
    packing = packing_of(tmp_path)
    monkeypatch.setattr(tie_breaks, "with_other_ties", lambda _, found, *__: found)
    oracle = Oracle(quiet)
    for cost, strays in ((2.0, 19), (4.0, 1), (5.0, 1)):
        oracle.keep(replace(oracle.evaluate(replace(packing, goals=(Goal(COST, cost, 1.0),))), strays=strays))
    found = oracle.incumbent(replace(packing, goals=(Goal(COST, 1.0, 1.0),)))
    assert [goal.value for goal in found.goals] == [4.0]
    assert [goal.value for goal in found.packing_goals] == [1.0]
