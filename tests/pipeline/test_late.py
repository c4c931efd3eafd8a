"""A plan that a limit of time cut short says so, and verify takes it for what it says."""

from dataclasses import replace

import pytest

from models.answer.finding import ERROR
from planner import pipeline
from planner.settle.disclosures.general import late
from tests.shop_that_buys import AGENT, API, node, write


def quiet(_: str) -> None:
    """Say nothing."""


@pytest.mark.parametrize(
    ("is_said", "ids"),
    [
        pytest.param(True, set(), id="that there was no time for losses is said"),
        pytest.param(False, {"losses-missing"}, id="losses are left out without a word"),
    ],
)
def test_losses_that_there_was_no_time_for(tmp_path, is_said, ids):
    made = pipeline.plan(write(tmp_path, [API, AGENT], [node("n1"), node("n2")]), quiet, exact=True)
    said = (*made.not_modelled, *(late(False) if is_said else ()))
    found = pipeline.verify(replace(made, losses=(), not_modelled=said))
    assert {one.code for one in found if one.severity == ERROR} == ids
