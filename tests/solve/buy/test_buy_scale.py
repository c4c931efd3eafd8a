"""Packing thousands of pods comes close to what is proven, obeys every rule on the way, and always says the same."""

from dataclasses import replace

import pytest

from models.solver.problem import NONE, NodeSlot, PortConflict
from planner.solve import Budget, SearchContext, purchase, with_bought_nodes
from planner.solve.instance.validate import breaches
from planner.verify.certificate.knapsack import flaws, lower_bound
from tests.benchmarks.buying_instances import few_shapes, many_shapes
from tests.soak import soak_after

BRIEF = SearchContext(Budget(work=1.0))


def assert_holds(problem, bought):
    whole = with_bought_nodes(problem, bought)
    assert not list(breaches(whole, bought.ring_of, [dict(on) for on in bought.counts]))
    assert bought.cost == sum(n.price for n, ring in zip(whole.nodes, bought.ring_of, strict=True) if ring >= 0)
    assert not list(flaws(problem, bought.certificate))
    assert lower_bound(problem, bought.certificate) == bought.bound
    shapes = [problem.offers[o].shape for o in bought.bought]
    assert all(shapes.count(shape) <= most for shape, most in enumerate(problem.most))


def test_many_shapes_of_pods_cost_little_more_than_is_proven():
    problem = many_shapes(pods=9_000, workloads=120, nodes=320, groups=3)
    bought = purchase(problem, BRIEF)
    assert_holds(problem, bought)
    assert not any(bought.unplaced)
    assert bought.gap < 0.015


def test_zones_and_hosts_are_obeyed_and_cost_little():
    problem = many_shapes(pods=9_000, workloads=120, nodes=320, groups=3, rules=True)
    assert problem.spreads
    assert problem.aparts
    bought = purchase(problem, BRIEF)
    assert_holds(problem, bought)
    assert not any(bought.unplaced)
    assert bought.gap < 0.03


def test_few_shapes_of_pods_fill_nodes_of_one_shape():
    problem = few_shapes(pods=15_000, groups=3)
    bought = purchase(problem, BRIEF)
    assert_holds(problem, bought)
    assert not any(bought.unplaced)
    assert bought.gap < 0.01


def test_host_ports_keep_classes_off_each_others_nodes():
    problem = many_shapes(pods=500, workloads=30, nodes=160, groups=2)
    ports = tuple(PortConflict(c, c + 2) for c in range(0, 20, 4))
    problem = replace(problem, clashes=ports)
    bought = purchase(problem, BRIEF)
    assert_holds(problem, bought)
    assert not any(bought.unplaced)


def test_own_nodes_that_cost_nothing_are_used_first():
    problem = many_shapes(pods=500, workloads=30, nodes=160, groups=2)
    own = tuple(NodeSlot(f"own-{n:02}", problem.offers[-1].capacity, (0, 1)) for n in range(12))
    classes = tuple(replace(c, candidates=tuple(range(12))) for c in problem.classes)
    richer = replace(problem, nodes=own, classes=classes)
    bought = purchase(richer, BRIEF)
    assert_holds(richer, bought)
    assert all(ring >= 0 for ring in bought.ring_of[:12])
    assert bought.cost < purchase(problem, BRIEF).bound


def test_what_cannot_be_placed_is_said():
    problem = many_shapes(pods=1_500, workloads=30, nodes=16, groups=2)
    bought = purchase(problem, BRIEF)
    assert_holds(problem, bought)
    assert sum(bought.unplaced) > 0
    # more than all that there is comes to: nothing that money could buy would hold them
    everything = sum(most * max(o.price for o in problem.offers if o.shape == shape) for shape, most in enumerate(problem.most))
    assert bought.bound > everything


def test_a_gap_that_is_good_enough_ends_the_search():
    said = []
    problem = many_shapes(pods=9_000, workloads=120, nodes=320, groups=3)
    loose = purchase(problem, SearchContext(Budget(work=1.0), progress=said.append, gap=0.05))
    assert_holds(problem, loose)
    assert loose.gap <= 0.05
    assert loose.cost > purchase(problem, SearchContext(Budget(work=1.0))).cost
    assert any("at least" in line for line in said)


@pytest.mark.parametrize("rules", soak_after(1, [False, True]))
def test_the_same_problem_buys_the_same(rules):
    problem = many_shapes(pods=500, workloads=30, nodes=160, groups=2, rules=rules)
    assert purchase(problem, BRIEF) == purchase(problem, BRIEF)


def test_offers_outside_all_zones_take_no_pods_that_spread():
    problem = many_shapes(pods=1_500, workloads=40, nodes=160, groups=2, rules=True)
    outside = tuple(
        replace(rule, joins=tuple(NONE if o % 6 == 5 else j for o, j in enumerate(rule.joins))) for rule in problem.spreads
    )
    problem = replace(problem, spreads=outside)
    bought = purchase(problem, BRIEF)
    assert_holds(problem, bought)
    first = len(problem.nodes)
    for rule in outside:
        assert all(bought.bought[n - first] % 6 != 5 for n, _ in bought.counts[rule.owner])
