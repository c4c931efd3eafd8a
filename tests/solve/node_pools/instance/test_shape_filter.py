"""Kinds of nodes that are worth looking at."""

import numpy as np
import pytest

from planner.solve.node_pools.instance.shape_filter import worthwhile_kinds
from planner.solve.tuning.pools import PoolTuning
from tests.goods import goods

LARGE, SMALL = (10, 10, 20), (8, 8, 20)


@pytest.mark.parametrize(
    ("other", "price", "more", "kept"),
    [
        pytest.param(LARGE, 100, {}, [0], id="of two that are alike the first"),
        pytest.param(LARGE, 110, {}, [0], id="not one that costs more"),
        pytest.param(SMALL, 100, {}, [0], id="not a smaller one that costs as much"),
        pytest.param(SMALL, 90, {}, [0, 1], id="a smaller one that costs less"),
        pytest.param((10, 11, 20), 110, {}, [0, 1], id="a dearer one that has more of something"),
        pytest.param(LARGE, 90, {}, [1], id="the cheaper one"),
        pytest.param(LARGE, 110, {"most": (3, 99)}, [0, 1], id="a dearer one where there are few of the other"),
        pytest.param(LARGE, 110, {"zones": ((0,), (0, 1))}, [0, 1], id="a dearer one that is in more zones"),
        pytest.param(LARGE, 110, {"zones": ((0, 1), (1,))}, [0], id="not one that is in fewer"),
        pytest.param(LARGE, 110, {"fit": ((0, 5), (5, 5))}, [0, 1], id="a dearer one that takes what the other does not"),
    ],
)
def test_of_many_kinds_one_is_left_out_where_another_one_does_all_it_does_for_less(other, price, more, kept):
    given = goods((4, 2, 2), (4, 2, 1), capacity=(LARGE, other), price=(100, price), **more)
    assert worthwhile_kinds(given) == [0, 1]
    assert worthwhile_kinds(given, PoolTuning(few_kinds=1)) == kept


def test_of_many_kinds_those_are_kept_that_cost_some_type_least():
    capacity = [(10 + at, 30 - at, 20) for at in range(12)]
    given = goods((4, 5, 1), (4, 1, 5), capacity=capacity, price=[100] * 12)
    kept = {most: worthwhile_kinds(given, PoolTuning(few_kinds=2, most_kinds=most)) for most in (1, 2, 3, 99)}
    assert kept[2] == kept[1] == [0, 11]
    assert kept[3] in ([0, 1, 11], [0, 10, 11])
    assert kept[99] == list(range(12))


def test_every_type_keeps_a_kind_that_takes_it():
    fit = np.where(np.arange(40)[None] == np.arange(40)[:, None], 5, 0)
    given = goods(*[(1, 1, 1)] * 40, capacity=[(10, 10, 20)] * 40, price=range(100, 140), fit=fit)
    assert (given.fit[:, worthwhile_kinds(given)] > 0).any(axis=1).all()
