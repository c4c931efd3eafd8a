"""Rings with a fewest and a most of nodes: on random small problems the solver says what trying everything says."""

import random
from dataclasses import replace
from itertools import product

import pytest

from models.solver.outcome import FEASIBLE, INFEASIBLE
from models.solver.problem import ENDLESS, NodeSlot, PodClass, Problem, RingSize
from planner.solve import Budget, SearchContext, fewest_nodes, purchase, solve
from planner.solve.instance.ring_sizes import keeps_ring_sizes
from planner.solve.instance.validate import breaches
from planner.verify.certificate.knapsack import flaws, lower_bound
from tests.soak import soak_after
from tests.solve.brute_force import OPEN, goals, joint_rules_hold, options, placements
from tests.solve.buy import brute_force_buy
from tests.solve.buy.small_offers import small_offers
from tests.solve.small_problems import small_problem

CASES, CHUNK = 200, 25


def sized(problem, seed):
    """Limit the rings at random, some of them to what cannot be."""
    rng = random.Random(seed)
    sizes = [RingSize(rng.choice([0, 0, 1, 2, 2, 3]), rng.choice([1, 2, 3, ENDLESS, ENDLESS])) for _ in problem.rings]
    return replace(problem, sizes=tuple(one if one.least <= one.most else RingSize(one.least) for one in sizes))


def kept(problem, rings):
    return all(size.least <= rings.count(r) <= size.most for r, size in enumerate(problem.sizes))


def answer(problem):
    """Return the goals of the best placement of all pods in rings that keep their limits; None where there is none."""
    best = None
    limited = any(size.most < ENDLESS for size in problem.sizes)
    choices = [options(problem, n) for n in range(len(problem.nodes))]
    choices = [[*found, OPEN] if limited and OPEN not in found else found for found in choices]
    for rings in product(*choices):
        if not kept(problem, rings):
            continue
        idle = 0 if limited else sum(ring == OPEN and len(found) > 1 for ring, found in zip(rings, choices, strict=True))
        for counts in placements(problem, rings):
            key = (idle, *goals(problem, rings, counts))
            left = sum(0 if c.daemon else c.count - sum(on.values()) for c, on in zip(problem.classes, counts, strict=True))
            if not left and (best is None or key < best) and joint_rules_hold(problem, rings, counts):
                best = key
    return best


@pytest.mark.parametrize("first", soak_after(1, range(0, CASES, CHUNK)))
def test_the_solver_agrees_with_trying_everything(first):
    verdicts = []
    for seed in range(first, first + CHUNK):
        given = sized(small_problem(seed), seed)
        best, outcome = answer(given), solve(given)
        verdicts.append(outcome.verdict)
        assert outcome.verdict == (FEASIBLE if best else INFEASIBLE), seed
        assert not list(breaches(given, outcome.ring_of, [dict(on) for on in outcome.counts])), seed
        if best:
            reached = {goal.name: goal.value for goal in outcome.goals}
            moves, relabels, free = best[-3:]
            assert (reached["unplaced"], reached["moves"], reached["relabels"], -reached["headroom"]) == (
                0,
                moves,
                relabels,
                free,
            ), seed
            assert keeps_ring_sizes(given, outcome.ring_of), seed
            assert all(goal.gap == 0 for goal in outcome.goals), seed
    assert 5 < verdicts.count(FEASIBLE) < CHUNK - 5


@pytest.mark.parametrize("first", soak_after(1, range(0, CASES, CHUNK)))
def test_packing_alone_keeps_the_limits_wherever_it_says_yes(first):
    found = 0
    for seed in range(first, first + CHUNK):
        given = sized(small_problem(seed), seed)
        outcome, best = solve(given, SearchContext(Budget(exact=0))), answer(given)
        assert not list(breaches(given, outcome.ring_of, [dict(on) for on in outcome.counts])), seed
        assert outcome.verdict != (INFEASIBLE if best else FEASIBLE), seed
        assert outcome.verdict != FEASIBLE or keeps_ring_sizes(given, outcome.ring_of), seed
        found += outcome.verdict == FEASIBLE
    assert found > 5


def cheapest(problem):
    """Return the cost of the cheapest placement of all pods in rings that keep their limits; None where there is none."""
    best = None
    copies = [o for o, offer in enumerate(problem.offers) for _ in range(problem.most[offer.shape])]
    whole = brute_force_buy.bought(problem, copies)
    choices = [[OPEN, *brute_force_buy.usable(whole, n)] for n in range(len(whole.nodes))]
    for rings in product(*choices):
        right = kept(problem, rings) and brute_force_buy.within(problem, copies, rings)
        if not right or not brute_force_buy.in_order(problem, copies, rings):
            continue
        cost = sum(node.price for node, ring in zip(whole.nodes, rings, strict=True) if ring != OPEN)
        if best is not None and cost >= best:
            continue
        nodes = [n for n, ring in enumerate(rings) if ring != OPEN or n < len(problem.nodes)]
        part = brute_force_buy.bought(problem, [copies[n - len(problem.nodes)] for n in nodes if n >= len(problem.nodes)])
        chosen = [rings[n] for n in nodes]
        for counts in placements(part, chosen):
            if not any(brute_force_buy.tiers(problem, counts)) and joint_rules_hold(part, chosen, counts):
                best = cost
                break
    return best


@pytest.mark.parametrize("first", soak_after(1, range(0, CASES, CHUNK)))
def test_buying_keeps_the_limits_and_costs_what_trying_everything_says(first):
    fits = 0
    for seed in range(first, first + CHUNK):
        given = sized(small_offers(seed), seed)
        best, bought = cheapest(given), purchase(given)
        assert not list(flaws(given, bought.certificate)), seed
        assert lower_bound(given, bought.certificate) == bought.bound, seed
        assert best is None or bought.bound <= best, seed
        ours = bought.cost if not any(bought.unplaced) and keeps_ring_sizes(given, bought.ring_of) else None
        assert ours == best, seed
        fits += best is not None
    assert 5 < fits < CHUNK - 5


TWO = RingSize(2)


def plain(nodes, sizes, pods=1, cpu=4):
    """Return two rings with pods of one cpu each, on nodes that are alike."""
    every = tuple(range(nodes))
    return Problem(
        resources=("cpu", "pods"),
        rings=("a", "b"),
        classes=(PodClass("a", 0, pods, (1, 1), every), PodClass("b", 1, pods, (1, 1), every)),
        nodes=tuple(NodeSlot(f"n{n}", (cpu, 10), (0, 1)) for n in every),
        sizes=sizes,
    )


ROWS = [
    ("a ring gets the nodes that it must have", plain(4, (TWO, TWO)), FEASIBLE, 4),
    ("rings that must have more nodes than there are", plain(3, (TWO, TWO)), INFEASIBLE, -1),
    ("nodes stay without a ring where no ring may have them", plain(5, (RingSize(0, 1), RingSize(0, 1))), FEASIBLE, 2),
    ("a ring that may have too few nodes", plain(5, (RingSize(0, 1), RingSize()), pods=5), INFEASIBLE, -1),
    ("a ring that may have just enough", plain(5, (RingSize(0, 2), RingSize()), pods=5), FEASIBLE, 4),
]


@pytest.mark.parametrize(("given", "verdict", "nodes"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_what_limits_allow(given, verdict, nodes):
    outcome = solve(given)
    assert outcome.verdict == verdict
    assert verdict != FEASIBLE or keeps_ring_sizes(given, outcome.ring_of)
    if verdict == FEASIBLE:
        assert fewest_nodes(given) == (nodes, nodes)


def test_a_placement_with_too_many_nodes_in_a_ring_breaks_a_rule():
    given = plain(3, (RingSize(0, 1), RingSize()))
    assert [one.rule for one in breaches(given, (0, 0, 1), ({0: 1}, {2: 1}))] == ["size"]
    assert not list(breaches(given, (0, -1, 1), ({0: 1}, {2: 1})))
