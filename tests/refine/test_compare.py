"""Of two plans that kube-scheduler keeps the cheaper one is taken."""

from dataclasses import replace

import pytest

from models.answer.grade import Grade, GradeKind
from models.solver.outcome import COST, FEASIBLE, UNDECIDED, Goal
from planner.refine.compare import cheaper, is_near
from planner.refine.tuning import Tuning
from tests.view import view_plans

RISKY, RISKIER = "at risk", "at a greater risk"


def costing(cost, verdict=FEASIBLE):
    plan = replace(view_plans.shop(), verdict=verdict, goals=(Goal(COST, cost, 0),))
    pods = {RISKY: 1, RISKIER: 2}.get(verdict)
    return replace(plan, verdict=FEASIBLE, grade=Grade(GradeKind.AT_RISK, 9, 1, pods)) if pods else plan


CHOICES = [
    ("the one that costs less", (FEASIBLE, 1), (FEASIBLE, 2), 0),
    ("the other one that costs less", (FEASIBLE, 2), (FEASIBLE, 1), 1),
    ("the other one where both cost the same", (FEASIBLE, 1), (FEASIBLE, 1), 1),
    ("the one that is feasible, whatever it costs", (FEASIBLE, 2), (UNDECIDED, 1), 0),
    ("the other one that is, whatever it costs", (UNDECIDED, 1), (FEASIBLE, 2), 1),
    ("the one that is kept, whatever it costs", (FEASIBLE, 2), (RISKY, 1), 0),
    ("the one that is at risk where nothing is known of the other", (RISKY, 2), (UNDECIDED, 1), 0),
    ("the one with the smaller risk", (RISKY, 2), (RISKIER, 1), 0),
    ("of two with the same risk the cheaper one", (RISKY, 1), (RISKY, 2), 0),
    ("the other one where neither is", (UNDECIDED, 1), (UNDECIDED, 2), 1),
]


@pytest.mark.parametrize(("one", "other", "taken"), [row[1:] for row in CHOICES], ids=[row[0] for row in CHOICES])
def test_of_two_plans_one_is_taken(one, other, taken):
    plans = [costing(cost, verdict) for verdict, cost in (one, other)]
    assert cheaper(*plans) is plans[taken]


@pytest.mark.parametrize(("cost", "near"), [(10, True), (11, True), (12, False)])
def test_a_plan_is_near_its_packing_up_to_a_share_of_its_cost(cost, near):
    assert is_near(costing(cost), costing(10), Tuning(pool_near=1.1)) is near
