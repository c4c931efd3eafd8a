"""Of small problems everything is tried although many nodes are on offer: no more of each than what was found would pay for."""

import random
from dataclasses import replace

import pytest

from models.frozen_map import FrozenMap
from models.solver.problem import NodeSlot, Offer, PodClass, Problem
from planner.solve import purchase
from planner.solve.buy.pack.assignment import Candidate, with_spares
from tests.soak import soak_after

PLENTY = 20


def shop(seed: int) -> Problem:
    """Make four owned nodes, which cost nothing, and two shapes in two zones, of which there is plenty."""
    rng = random.Random(f"many {seed}")
    shapes = [(rng.choice((2, 4)), 10, rng.randint(9, 13) * 10), (rng.choice((8, 10)), 30, rng.randint(34, 44) * 10)]
    offers = tuple(
        Offer(f"shape-{at}-{zone}", (cores * 500 - rng.randint(20, 90), pods), (0, 1, 2), price, at)
        for at, (cores, pods, price) in enumerate(shapes)
        for zone in range(2)
    )
    nodes = tuple(NodeSlot(f"n{at}", (rng.choice((2000, 1900, 950)), 20), (0, 1, 2), -1) for at in range(4))
    classes = tuple(_class(rng, at, len(nodes), len(offers)) for at in range(7))
    return Problem(("cpu", "pods"), ("a", "b", "c"), classes, nodes, offers=offers, most=(PLENTY, PLENTY))


def _class(rng: random.Random, at: int, nodes: int, offers: int) -> PodClass:
    count, cpu = rng.randint(1, 4), rng.choice((100, 250, 500, 750))
    name, anywhere = f"c{at}", tuple(range(nodes))
    return PodClass(name, at % 3, count, (cpu, 1), anywhere, 0, FrozenMap({}), False, offers=tuple(range(offers)))


@pytest.mark.parametrize("seed", soak_after(5, [11, *range(24, 36)]))
def test_what_is_on_offer_besides_makes_nothing_dearer(seed):
    whole = purchase(shop(seed))
    for most in ((PLENTY, 0), (0, PLENTY)):
        part = purchase(replace(shop(seed), most=most))
        assert any(part.unplaced) or whole.cost <= part.cost


@pytest.mark.parametrize(
    ("budget", "spares"),
    [
        pytest.param(None, [14, 12, 8, 8], id="without a budget as many as are asked for, or as there are"),
        pytest.param(500, [5, 3, 0, 1], id="with one as many as it pays for, those that are bought among them"),
        pytest.param(90, [2, 0, 0, 0], id="none that it does not pay for, beside those that are bought"),
    ],
)
def test_of_each_offer_there_are_with_the_two_that_are_bought(budget, spares):
    offers = tuple(
        Offer(name, (1, 1), (0,), price, at) for at, (name, price) in enumerate((("a", 100), ("b", 150), ("c", 600), ("d", 500)))
    )
    problem = Problem(("cpu", "pods"), ("a",), (), (), offers=offers, most=(PLENTY, PLENTY, 8, 8))
    wider, _ = with_spares(problem, Candidate([0, 0], [0, 0], []), 12, budget)
    assert [wider.extra.count(at) for at in range(4)] == spares
