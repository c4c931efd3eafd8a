"""Few large pods on nodes of one shape, each pod unlike the others: vector bin packing, of which much is known."""

import random
from dataclasses import replace

import pytest

from models.solver.problem import Offer, PodClass, Problem
from planner.solve.buy.solve import buy
from planner.solve.runtime.budget import Limits
from planner.verify.certificate import knapsack

ROOM, PRICE = 1000, 1_000_000


def problem(pods):
    """Offer nodes of one shape to pods that ask for these resources."""
    resources = len(pods[0])
    classes = tuple(PodClass(f"pod-{at:03}", 0, 1, (*asked, 1), (), offers=(0,)) for at, asked in enumerate(pods))
    offers = (Offer("m@a", (*(ROOM for _ in range(resources)), len(pods)), (0,), PRICE, 0),)
    return Problem((*(f"r{k}" for k in range(resources)), "pods"), ("a",), classes, (), offers=offers, most=(len(pods),))


def drawn(seed, pods, resources, least, most):
    rng = random.Random(seed)
    return [tuple(rng.randint(least, most) for _ in range(resources)) for _ in range(pods)]


def first_fit_decreasing(pods):
    """Return how many nodes it takes if each pod, the largest first, goes to the first node with room."""
    nodes = []
    for asked in sorted(pods, key=max, reverse=True):
        for node in nodes:
            if all(free >= more for free, more in zip(node, asked, strict=True)):
                break
        else:
            nodes.append(node := [ROOM] * len(asked))
        node[:] = [free - more for free, more in zip(node, asked, strict=True)]
    return len(nodes)


SIZES = {
    "any size, three resources": (1, 40, 3, 1, 1000),
    "two or three on a node": (2, 50, 2, 200, 800),
    "any size, four resources": (3, 50, 4, 1, 1000),
}


@pytest.mark.parametrize("drawing", SIZES.values(), ids=SIZES)
def test_large_pods_take_no_more_nodes_than_proven_where_sums_alone_prove_less(drawing):
    pods = drawn(*drawing)
    made = problem(pods)
    bought = buy(made, Limits(), lambda _: None, 0.0)
    assert not any(bought.unplaced)
    assert bought.cost <= first_fit_decreasing(pods) * PRICE
    assert bought.cost == bought.bound
    assert max(map(sum, zip(*pods, strict=True))) < (bought.cost // PRICE - 1) * ROOM
    assert list(knapsack.flaws(made, bought.certificate)) == []
    assert knapsack.lower_bound(made, bought.certificate) == bought.bound


def test_what_columns_prove_is_believed_with_the_work_that_it_takes_only():
    made = problem(drawn(*SIZES["any size, three resources"]))
    certificate = buy(made, Limits(), lambda _: None, 0.0).certificate
    assert certificate.work > 0
    assert list(knapsack.flaws(made, replace(certificate, work=certificate.work - 1)))
    assert list(knapsack.flaws(made, replace(certificate, worth=tuple(worth * 2 for worth in certificate.worth))))


@pytest.mark.parametrize("seed", range(3))
def test_many_small_pods_take_no_more_nodes_than_first_fit_decreasing(seed):
    pods = drawn(seed, 30, 2, 50, 300)
    bought = buy(problem(pods), Limits(work=1.0), lambda _: None, 0.0)
    assert bought.cost <= first_fit_decreasing(pods) * PRICE
