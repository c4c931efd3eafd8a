"""Which numbered names there are."""

import pytest

from models.numbered import numbers_in

MANY = range(2**31 - 1)


@pytest.mark.parametrize(
    ("names", "numbers", "found"),
    [
        pytest.param(["data-db-0", "data-db-2"], range(3), [0, 2], id="those of a few numbers"),
        pytest.param(["data-db-10", "data-db-9"], MANY, [9, 10], id="those of many numbers, ascending"),
        pytest.param(["data-db-3", "data-db-7"], range(5, 1000), [7], id="no number outside the range"),
        pytest.param(["data-db-", "data-db-x", "data-db--1", "data-db-+1"], MANY, [], id="no other text"),
        pytest.param(["data-db-01", "data-db-1.0", "data-db-1e0", "data-db-\u0661"], MANY, [], id="no other way to write it"),
        pytest.param(["data-db-1-x", "xdata-db-1", "data-d-1"], MANY, [], id="no other name"),
        pytest.param(["data-db-" + "9" * 5000], MANY, [], id="no number of thousands of digits"),
    ],
)
def test_numbered_names(names, numbers, found):
    assert list(numbers_in(frozenset(names), "data-db-", "", numbers)) == found


@pytest.mark.parametrize("numbers", [range(3), MANY], ids=["few", "many"])
def test_a_name_may_go_on_after_its_number(numbers):
    assert list(numbers_in({"db-1-tmp", "db-1", "db-2-tmp2"}, "db-", "-tmp", numbers)) == [1]
