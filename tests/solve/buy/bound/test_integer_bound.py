"""What is proven of a ring with whole nodes: no more than trying everything finds, and all that parts of pods cost on them."""

import random
from collections import Counter
from itertools import product

import numpy as np
import pytest

from models.solver.problem import Offer, PodClass, Problem
from planner.solve import Budget, SearchContext, purchase
from planner.solve.buy.bound.branch_and_bound import BranchAndBound
from planner.solve.buy.bound.dual_certificate import SCALE, bound_of, parts_of
from planner.solve.buy.bound.integer_bound import with_whole_counts
from planner.solve.buy.bound.lp_relaxation import MILLION
from planner.solve.buy.bound.ring_lp import RingGroups, penalty_of
from planner.solve.buy.solve import prove
from planner.solve.tuning import SOLVING
from planner.verify.certificate.knapsack import flaws, lower_bound
from tests.solve.buy import brute_force_buy
from tests.solve.buy.small_offers import small_offers

SEEDS = range(150)


def without_rules(seed):
    """Return a problem of one ring, of several resources and shapes, in which nothing but room counts."""
    rng = random.Random(seed)
    shapes = rng.randint(1, 4)
    sizes = [(rng.randint(3, 12), rng.randint(3, 12), rng.randint(2, 9)) for _ in range(shapes)]
    zones = [rng.choice((1, 1, 2)) for _ in range(shapes)]
    offers = tuple(
        Offer(f"{s}-{z}", sizes[s], (0,), rng.randint(5, 9) * (sizes[s][0] + sizes[s][1]) + 3, s)
        for s in range(shapes)
        for z in range(zones[s])
    )
    most = tuple(rng.choice((1, 2, 3)) for _ in range(shapes))
    classes = tuple(
        PodClass(
            f"class-{c}",
            0,
            rng.randint(1, 4),
            (rng.randint(1, 3), rng.randint(1, 3), 1),
            (),
            offers=tuple(o for o in range(len(offers)) if rng.random() < 0.85),
        )
        for c in range(rng.randint(1, 3))
    )
    return Problem(("cpu", "memory", "pods"), ("ring",), classes, (), offers=offers, most=most)


def kind_by_kind(market):
    """Return the ring with each kind by itself."""
    kinds = [j for j in range(len(market.kinds)) if (market.room[j, 0] >= 0).all()]
    types = [t for t in range(len(market.counts)) if market.allowed[t, kinds].any()]
    return RingGroups(
        ring=0,
        kinds=tuple((j,) for j in kinds),
        requests=market.requests[types],
        counts=market.counts[types],
        allowed=market.allowed[np.ix_(types, kinds)],
        room=market.room[kinds, 0],
        price=tuple(SCALE * int(market.price[j]) for j in kinds),
        most=tuple(int(market.most[market.pool[j]]) for j in kinds),
        endless=np.zeros(len(kinds), dtype=bool),
    )


def by_counts(market):
    """Return what the cheapest whole counts of nodes cost on which all pods fit in parts; None where there are none."""
    group, best = kind_by_kind(market), None
    tree = BranchAndBound(group, SCALE * float(MILLION))
    dear = penalty_of(group, SCALE * float(MILLION)) * MILLION
    for counts in product(*(range(most + 1) for most in group.most)):
        used = Counter()
        for (j,), count in zip(group.kinds, counts, strict=True):
            used[market.pool[j]] += count
        cost = sum(count * price for count, price in zip(counts, group.price, strict=True)) // SCALE
        if any(used[pool] > most for pool, most in enumerate(market.most)) or (best is not None and cost >= best):
            continue
        nodes = np.array(counts, dtype=float)
        if (tree.sums.solve(nodes, nodes)[0] * MILLION - cost) / dear < 1e-6:
            best = cost
    return best


def strengthened(problem, work=20.0):
    market, certificate = prove(problem, SOLVING.buy)
    made, parts = with_whole_counts(market, certificate, work, lambda _: False, lambda: False, SOLVING.buy.bound)
    return made, bound_of(problem, made, parts), bound_of(problem, certificate, parts_of(problem, certificate)), market


def test_all_that_whole_nodes_cost_is_proven_where_there_is_one_ring():
    gains = reached = known = 0
    for seed in SEEDS:
        problem = without_rules(seed)
        certificate, bound, before, market = strengthened(problem)
        true = by_counts(market)
        assert not list(flaws(problem, certificate))
        assert lower_bound(problem, certificate) == bound >= before
        if true is not None and not any(certificate.rents):
            assert bound <= true, seed
            gains += bound > before
            reached += bound == true
            known += 1
    assert gains > 20
    assert reached > known * 0.95


@pytest.mark.parametrize("first", range(0, 200, 50))
def test_no_placement_costs_less(first):
    for seed in range(first, first + 50):
        problem = small_offers(seed)
        certificate, bound, before, _ = strengthened(problem)
        tiers, cost = brute_force_buy.answer(problem)
        assert not list(flaws(problem, certificate))
        assert lower_bound(problem, certificate) == bound >= before
        assert any(tiers) or bound <= cost, seed


def test_little_work_proves_less_but_nothing_wrong():
    for seed in SEEDS[:50]:
        problem = without_rules(seed)
        bounds = []
        for work in (0.0, 0.01, 20.0):
            certificate, bound, *_ = strengthened(problem, work)
            assert not list(flaws(problem, certificate))
            assert lower_bound(problem, certificate) == bound
            bounds.append(bound)
        assert bounds == sorted(bounds)


def test_the_same_again():
    for seed in SEEDS[:30]:
        problem = without_rules(seed)
        assert strengthened(problem)[:2] == strengthened(problem)[:2]
        assert purchase(problem, SearchContext(Budget(work=1.0))) == purchase(problem, SearchContext(Budget(work=1.0)))


def test_the_search_ends_once_enough_is_proven_or_time_is_over():
    problem = next(p for p in map(without_rules, SEEDS) if len(strengthened(p)[0].wholes))
    market, certificate = prove(problem, SOLVING.buy)
    parts = parts_of(problem, certificate)
    for enough, over in ((True, False), (False, True)):
        ends = (lambda _, e=enough: e), (lambda o=over: o)
        assert with_whole_counts(market, certificate, 20.0, *ends, SOLVING.buy.bound) == (certificate, parts)
