"""Few large pods on nodes of one shape, each pod unlike the others: vector bin packing, of which much is known."""

import random
from dataclasses import replace

import pytest

from planner.solve import Budget, SearchContext
from planner.solve.buy.pack.assignment import empty_purchase
from planner.solve.buy.solve import buy
from planner.verify.certificate import knapsack
from tests.benchmarks import bin_packing
from tests.benchmarks.bin_packing import PRICE, ROOM, first_fit_decreasing, problem


def drawn(seed, pods, resources, least, most):
    rng = random.Random(seed)
    return [tuple(rng.randint(least, most) for _ in range(resources)) for _ in range(pods)]


SIZES = {
    "any size, three resources": (1, 40, 3, 1, 1000),
    "two or three on a node": (2, 50, 2, 200, 800),
    "any size, four resources": (3, 50, 4, 1, 1000),
}


@pytest.mark.parametrize("drawing", SIZES.values(), ids=SIZES)
def test_large_pods_take_no_more_nodes_than_proven_where_sums_alone_prove_less(drawing):
    pods = drawn(*drawing)
    made = problem(pods)
    bought = buy(made, SearchContext())
    assert not any(bought.unplaced)
    assert bought.cost <= first_fit_decreasing(pods) * PRICE
    assert bought.cost == bought.bound
    assert max(map(sum, zip(*pods, strict=True))) < (bought.cost // PRICE - 1) * ROOM
    assert list(knapsack.flaws(made, bought.certificate)) == []
    assert knapsack.lower_bound(made, bought.certificate) == bought.bound


def test_what_columns_prove_is_believed_with_the_work_that_it_takes_only():
    made = problem(drawn(*SIZES["any size, three resources"]))
    certificate = buy(made, SearchContext()).certificate
    assert certificate.work > 0
    assert list(knapsack.flaws(made, replace(certificate, work=certificate.work - 1)))
    assert list(knapsack.flaws(made, replace(certificate, worth=tuple(worth * 2 for worth in certificate.worth))))


@pytest.mark.parametrize("seed", [1, 9])
def test_however_little_is_searched_no_more_nodes_are_bought_than_first_fit_decreasing_takes(seed):
    pods = bin_packing.drawn(seed)
    bought = buy(problem(pods), SearchContext(Budget(work=0.0)))
    assert not any(bought.unplaced)
    assert bought.cost <= first_fit_decreasing(pods) * PRICE


def test_that_nothing_is_bought_proves_nothing_and_is_no_lie():
    made = problem(drawn(1, 5, 2, 1, 1000))
    nothing = empty_purchase(made)
    assert nothing.unplaced == (1,) * 5
    assert list(knapsack.flaws(made, nothing.certificate)) == []
    assert knapsack.lower_bound(made, nothing.certificate) == nothing.bound == 0
