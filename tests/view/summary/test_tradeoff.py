"""What the curve of cost against sharing begins with: what sharing saves, as far as that is known."""

import pytest

from models.answer.tradeoff import Point, Tradeoff
from models.solver.outcome import COST, FEASIBLE, INFEASIBLE, UNDECIDED, Goal
from models.trust import Ring
from planner.view.summary.tradeoff import opening

ALONE, PAIR = (Ring("a", ("a",)), Ring("b", ("b",))), (Ring("a-b", ("a", "b")),)


def point(rings, value=0.0, bound=0.0, verdict=FEASIBLE) -> Point:
    return Point(rings, 2 - len(rings), verdict, Goal(COST, value, bound) if verdict == FEASIBLE else None)


@pytest.mark.parametrize(
    ("shared", "said"),
    [
        pytest.param(
            [point(PAIR, 1.5, 1.5)], "2.00 per hour where nobody shares, 1.50 per hour with 1 ring.", id="some is saved"
        ),
        pytest.param([point(PAIR, 2.5, 2.0)], "sharing saves nothing", id="it is proven that nothing is"),
        pytest.param([point(PAIR, 2.5, 1.9)], "found that needs less, and none needs less than 1.90 per hour", id="it may save"),
        pytest.param([point(PAIR, verdict=UNDECIDED)], "and none needs less than 0.00 per hour", id="nothing is known"),
        pytest.param([point(PAIR, verdict=INFEASIBLE)], "sharing saves nothing", id="who shares has no place"),
        pytest.param([], "sharing saves nothing", id="nobody may share"),
    ],
)
def test_what_sharing_saves(shared, said):
    assert said in opening(Tradeoff("shop", COST, (point(ALONE, 2.0, 1.8), *shared)))
