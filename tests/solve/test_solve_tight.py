"""Nodes that are just enough are filled: pods as many and unlike as a greedy packing cannot place."""

from dataclasses import replace

import pytest

from models.solver.outcome import FEASIBLE, Outcome
from models.solver.problem import NodeSlot, Problem, RingSize
from planner.solve import Budget, SearchContext, purchase, solve
from planner.solve.instance.arrays import facts_of
from planner.solve.instance.assignment import count_missing
from planner.solve.place.construct import Builder
from tests.benchmarks.buying_instances import many_shapes
from tests.soak import later, soak_after
from tests.solve.buy.pack.test_integer_counts import few_levels


def just_enough(offered, gap):
    """Return a problem of owned nodes, those that hold all pods by another way."""
    return as_owned(offered, purchase(offered, SearchContext(gap=gap)))


def as_owned(offered, bought):
    every = tuple(range(len(offered.rings)))
    nodes = tuple(NodeSlot(f"node-{at:03}", offered.offers[o].capacity, every) for at, o in enumerate(bought.bought))
    numbers = tuple(range(len(nodes)))
    classes = tuple(replace(one, candidates=numbers, offers=()) for one in offered.classes)
    return Problem(offered.resources, offered.rings, classes, nodes)


@pytest.mark.parametrize("sizes", [pytest.param((), id="any"), later(((RingSize(2),) * 4,), id="at least two nodes each")])
def test_the_search_begins_with_the_placement_that_is_known(sizes):
    offered = few_levels(800, 4, 3)
    bought = purchase(offered, SearchContext(gap=0.02))
    problem = replace(as_owned(offered, bought), sizes=sizes)
    known = Outcome(FEASIBLE, bought.ring_of, bought.counts, bought.unplaced)
    brief = SearchContext(Budget(work=0.1, exact=0, conflict=0.0))
    assert any(solve(problem, brief).unplaced)
    begun = solve(problem, brief, start=known)
    assert begun.verdict == FEASIBLE
    assert begun.ring_of == known.ring_of


def left_out(problem):
    return sum(count_missing(problem, Builder(facts_of(problem), SearchContext(Budget(work=4.0))).build()))


TIGHT = {
    "800 pods of 150 workloads on 14 nodes": lambda: just_enough(few_levels(800, 4, 3), 0.02),
    "800 pods of 150 other workloads on 19 nodes": lambda: just_enough(few_levels(800, 4, 2), 0.02),
    "6,000 pods of 120 workloads on 135 nodes": lambda: just_enough(
        many_shapes(pods=6_000, workloads=120, nodes=400, groups=4), 0.01
    ),
}


@pytest.mark.parametrize("made", soak_after(1, TIGHT.values()), ids=TIGHT)
def test_packing_as_if_nodes_were_bought_leaves_fewer_pods_out(monkeypatch, made):
    problem = made()
    with_it = left_out(problem)
    monkeypatch.setattr(Builder, "_by_purchase", lambda _: None)
    assert with_it < left_out(problem)


@pytest.mark.soak
def test_where_the_way_by_purchases_leads_astray_the_other_one_is_gone_too(monkeypatch):
    problem = just_enough(few_levels(900, 4, 5), 0.02)
    with_it = left_out(problem)
    monkeypatch.setattr(Builder, "_by_purchase", lambda _: None)
    assert with_it == left_out(problem) == 0
