"""On random small problems buying costs what trying everything says, and the proof never claims more than is true."""

from dataclasses import replace

import pytest

from models.solver.outcome import FEASIBLE, INFEASIBLE
from models.solver.problem import Offer, PodClass, Problem, RingSize
from planner.solve import Budget, SearchContext, purchase, solve, with_all_offers, with_bought_nodes
from planner.solve.instance.validate import breaches
from planner.verify.certificate.knapsack import flaws, lower_bound
from tests.soak import soak_after
from tests.solve.buy import brute_force_buy
from tests.solve.buy.small_offers import small_offers

CASES, CHUNK = 400, 50


def reached(problem, bought):
    counts = [dict(on) for on in bought.counts]
    return brute_force_buy.tiers(problem, counts), bought.cost


def assert_sound(problem, bought, best):
    """The placement breaks no rule, spends what it says, buys what there is, and costs no less than is proven."""
    tiers, cost = best
    whole = with_bought_nodes(problem, bought)
    assert not list(breaches(whole, bought.ring_of, [dict(on) for on in bought.counts]))
    assert bought.cost == sum(n.price for n, ring in zip(whole.nodes, bought.ring_of, strict=True) if ring >= 0)
    shapes = [problem.offers[o].shape for o in bought.bought]
    assert all(shapes.count(shape) <= most for shape, most in enumerate(problem.most))
    assert sum(bought.unplaced) == sum(reached(problem, bought)[0])
    assert not list(flaws(problem, bought.certificate))
    assert lower_bound(problem, bought.certificate) == bought.bound
    assert any(tiers) or bought.bound <= cost
    assert reached(problem, bought) >= best


@pytest.mark.parametrize("first", soak_after(2, range(0, CASES, CHUNK)))
def test_buying_agrees_with_trying_everything(first):
    for seed in range(first, first + CHUNK):
        problem = small_offers(seed)
        best = brute_force_buy.answer(problem)
        bought = purchase(problem)
        assert_sound(problem, bought, best)
        assert reached(problem, bought) == best, seed


@pytest.mark.parametrize("first", soak_after(2, range(0, CASES, CHUNK)))
def test_packing_alone_is_sound(first):
    placed = fits = 0
    for seed in range(first, first + CHUNK):
        problem = small_offers(seed)
        best = brute_force_buy.answer(problem)
        bought = purchase(problem, SearchContext(Budget(exact=0)))
        assert_sound(problem, bought, best)
        fits += not any(best[0])
        placed += not any(bought.unplaced)
    assert placed > fits * 0.7


@pytest.mark.parametrize("first", soak_after(2, range(0, CASES, CHUNK)))
def test_what_all_nodes_together_refuse_no_purchase_places(first):
    refused = short = 0
    for seed in range(first, first + CHUNK):
        problem = small_offers(seed)
        tiers, _ = brute_force_buy.answer(problem)
        found = solve(with_all_offers(problem))
        no = found.verdict == INFEASIBLE and any(found.unplaced)
        assert not no or any(tiers), seed
        refused += no
        short += any(tiers)
    assert refused > short * 0.5


def test_a_ring_that_must_have_a_node_has_one_however_few_pods_there_are():
    web = PodClass("web", 0, 1, (1, 1), (), offers=(0,))
    shop = Problem(("cpu", "pods"), ("blue", "red"), (web,), (), offers=(Offer("a", (4, 4), (0, 1), 1, 0),), most=(2,))
    assert solve(with_all_offers(replace(shop, sizes=(RingSize(), RingSize(1))))).verdict == FEASIBLE
    assert solve(with_all_offers(replace(shop, sizes=(RingSize(), RingSize(2))))).verdict == INFEASIBLE
