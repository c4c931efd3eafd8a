"""Small random problems of two rings, and what can be bought for them."""

import random
from dataclasses import replace
from functools import cache

from models.solver.problem import Offer, PodClass, Problem
from planner.solve import node_pools, purchase
from planner.solve.node_pools import NodeFacts, inventory_of
from planner.solve.tuning.pools import LocalSearchTuning, PoolTuning

SHAPES = (("c", 8, 16, 80), ("m", 16, 64, 200), ("r", 8, 64, 120))
SHORT = PoolTuning(steps=300, turns=(False,), turns_of_pools=(False, True), local_search=LocalSearchTuning(work_per_pod=120_000))
"""A search that takes no longer than a test may."""
BRIEF = replace(SHORT, steps=50, turns_of_pools=(False,), local_search=LocalSearchTuning(work_per_pod=12_000))
"""One for what does not hang on how good it is."""
UNTRIED = replace(SHORT, most_pods=0)
"""One that tries no pools on a crude kube-scheduler."""


def pool_candidates(*given, tuning=SHORT, **more):
    return node_pools.pool_candidates(*given, tuning=tuning, **more)


def problem(seed, most=100, types=8):
    rng = random.Random(seed)
    offers = tuple(Offer(name, (cpu, memory, 40), (0, 1), price, at) for at, (name, cpu, memory, price) in enumerate(SHAPES))
    sizes = [(rng.randint(1, 9), (rng.randint(1, 4), rng.randint(1, 16), 1)) for _ in range(types)]
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
    return inventory_of(
        given, NodeFacts(zones or (0,) * places, signs, ring_of, frozenset(range(len(given.classes))), (8, 64, 40), lost)
    )
