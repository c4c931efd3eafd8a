"""`verify` says of each ring what is foreseen, once the plan itself holds."""

from dataclasses import replace
from pathlib import Path

import pytest

from models.answer.finding import ERROR, INFO
from models.answer.order_result import Reason, stuck_in, tried
from planner import pipeline, simulate

SAMPLES = Path(__file__).resolve().parent.parent.parent / "samples"


@pytest.fixture
def made():
    return pipeline.load(str(SAMPLES / "tenants" / "expected" / "plan.yaml"))


def test_each_ring_has_its_line_where_the_plan_holds(made):
    found = pipeline.verify(made)
    assert [(one.code, one.severity, one.subject) for one in found] == [("any-order", INFO, ring.name) for ring in made.rings]


def test_a_ring_that_was_stuck_with_other_luck_is_said_to_have_been(made):
    rings = tuple(replace(one, any_order=stuck_in("largest first 4")) for one in made.rings)
    forecast = simulate.foresee(made, ("as applied",))
    known = tuple(replace(one, any_order=tried(1), because=Reason("web", " may come last")) for one in forecast.rings)
    said = simulate.findings(replace(made, rings=rings), replace(forecast, rings=known))
    assert {one.parameters["said"] for one in said} == {stuck_in("largest first 4")}
    assert {one.parameters["said"] for one in simulate.findings(made, replace(forecast, rings=known))} == {None}


def test_nothing_is_foreseen_of_a_plan_that_does_not_hold(made):
    found = pipeline.verify(replace(made, placements=made.placements[1:]))
    assert {one.severity for one in found} == {ERROR}


def test_the_orders_are_named_as_they_are_tried(made):
    said: list[str] = []
    pipeline.verify(made, said.append)
    assert said[:2] == ["foreseeing arrival as applied", "foreseeing arrival largest first"]
