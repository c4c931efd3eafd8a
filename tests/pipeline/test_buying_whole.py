"""A plan keeps the walks that prove its bound: written, read back, and checked; one that was tampered with is found out."""

from dataclasses import replace

import pytest

from models.answer.finding import ERROR
from planner import pipeline
from tests.shop_that_buys import AGENT, API, BIG, PLUGIN, SMALL, quiet, write


@pytest.fixture
def made(tmp_path):
    return pipeline.plan(write(tmp_path, [API, PLUGIN, AGENT], [SMALL, BIG]), quiet, exact=True)


def errors(plan):
    return {one.code for one in pipeline.verify(plan) if one.severity == ERROR}


def with_wholes(plan, wholes):
    return replace(plan, certificate=replace(plan.certificate, wholes=tuple(wholes)))


def test_a_plan_with_walks_is_the_same_once_it_is_read_back(tmp_path, made):
    assert made.certificate.wholes
    pipeline.save(str(tmp_path / "plan.yaml"), pipeline.plan_text(made))
    assert pipeline.load(str(tmp_path / "plan.yaml")) == made
    assert errors(made) == set()


def test_a_plan_without_its_walks_claims_too_much(made):
    assert errors(with_wholes(made, ())) == {"certificate-short"}


def test_a_plan_whose_walk_lost_a_step_is_broken(made):
    first, *others = made.certificate.wholes
    assert errors(with_wholes(made, (replace(first, walk=first.walk[1:]), *others))) == {"certificate-broken"}


def test_a_plan_from_before_there_were_walks_is_read(tmp_path, made):
    old = tmp_path / "plan.yaml"
    old.write_text(pipeline.plan_text(with_wholes(made, ())), encoding="utf-8")
    assert "wholes" not in old.read_text(encoding="utf-8")
    assert pipeline.load(str(old)).certificate.wholes == ()
