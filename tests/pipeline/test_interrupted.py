"""Whenever an end is asked for there is a plan with a place for every pod, and verify takes it for what it says."""

import pytest

from models.answer.finding import ERROR
from models.solver.outcome import FEASIBLE, UNDECIDED
from planner import pipeline
from planner.solve.runtime.interrupt import HALT
from tests.shop_that_buys import node, shape, workload, write

SMALL = [node("large-1"), node("large-2"), node("small", "2")]
"""Little pods come first and go to the large nodes, which have most room: then no node has room for a big one."""
AWKWARD = [workload("little", "restricted", "900m", 2), workload("big", "restricted", "3800m", 2)]
SHAPES = [shape("small", "4", 0.2), shape("middle", "8", 0.39)]
BOUGHT = [workload("web", "restricted", "1500m", 5), workload("big", "untrusted", "2300m", 4)]
OWNED, BUYING, LOSING = (AWKWARD, SMALL, {}), (BOUGHT, SHAPES, {}), (BOUGHT, SHAPES, {"survive": {"nodes": 1}})


@pytest.fixture(autouse=True)
def _nobody_asks():
    yield
    HALT.asked = False


@pytest.mark.parametrize(
    ("case", "phrase", "packing"),
    [
        pytest.param(OWNED, "reading manifests", "exact", id="while manifests are read"),
        pytest.param(OWNED, "dividing", "exact", id="while nodes are divided"),
        pytest.param(OWNED, "counting what separation costs", "exact", id="while nodes are counted"),
        pytest.param(OWNED, "foreseeing arrival as applied", "exact", id="while the packing is tried"),
        pytest.param(OWNED, "making room", "", id="once the packing was tried and is at risk"),
        pytest.param(OWNED, "looking for what helps", "", id="while remedies are tried"),
        pytest.param(BUYING, "choosing which nodes to buy", "exact", id="while nodes are chosen"),
        pytest.param(BUYING, "all packed", "exact", id="while pods are packed closer"),
        pytest.param(LOSING, "foreseeing arrival as applied", "exact", id="while what survives them is tried"),
    ],
)
def test_an_end_leaves_a_whole_plan(tmp_path, case, phrase, packing):
    made = interrupted(tmp_path, case, phrase)
    assert (made.verdict, made.packing, made.unplaced) == (FEASIBLE, packing, ())
    assert [one for one in pipeline.verify(made) if one.severity == ERROR] == []


def test_a_plan_that_does_not_survive_its_losses_yet_is_open(tmp_path):
    made = interrupted(tmp_path, LOSING, "buying for what must survive")
    assert (made.verdict, made.unplaced) == (UNDECIDED, ())
    assert [one for one in pipeline.verify(made) if one.severity == ERROR] == []


def interrupted(folder, case, phrase):
    """Plan, and ask for an end once a phrase is said."""
    workloads, inventory, policy = case
    said = []

    def ask(told):
        said.append(told)
        if told.startswith(phrase):
            HALT.ask()

    made = pipeline.plan(write(folder, workloads, inventory, everywhere=[], **policy), ask)
    HALT.asked = False
    assert any(told.startswith(phrase) for told in said), said
    return made
