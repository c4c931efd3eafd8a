"""Small random problems of two rings, and what can be bought for them."""

import random
from functools import cache

from models.solver.problem import Offer, PodClass, Problem
from planner.solve import purchase
from planner.solve.node_pools import Places, stock_of

SHAPES = (("c", 8, 16, 80), ("m", 16, 64, 200), ("r", 8, 64, 120))


def problem(seed, most=100):
    rng = random.Random(seed)
    offers = tuple(Offer(name, (cpu, memory, 40), (0, 1), price, at) for at, (name, cpu, memory, price) in enumerate(SHAPES))
    sizes = [(rng.randint(1, 9), (rng.randint(1, 4), rng.randint(1, 16), 1)) for _ in range(8)]
    classes = tuple(PodClass(f"w{at}", at % 2, count, size, (), offers=(0, 1, 2)) for at, (count, size) in enumerate(sizes))
    return Problem(("cpu", "memory", "pods"), ("a", "b"), classes, (), offers=offers, most=(most,) * len(SHAPES))


@cache
def purchased(given):
    return purchase(given)


def stock(given, zones=None, signs=None, lost=""):
    """Return what a problem can be bought from; all is in one zone, and each shape has a label of its own."""
    places = len(given.nodes) + len(given.offers)
    ring_of = purchased(given).ring_of[: len(given.nodes)]
    signs = signs or tuple(map(str, range(places)))
    return stock_of(
        given, Places(zones or (0,) * places, signs, ring_of, frozenset(range(len(given.classes))), (8, 64, 40), lost)
    )
