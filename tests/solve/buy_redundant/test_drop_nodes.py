"""A small purchase that is dearer than it need be becomes cheaper, and stays one that places all pods."""

from dataclasses import replace

import pytest

from models.solver.certificate import Certificate
from models.solver.problem import NodeSlot, Offer, PodClass, Problem
from models.solver.purchase import Purchase
from planner.solve import SearchContext
from planner.solve.buy_redundant.drop_nodes import _Dropping, drop_nodes
from planner.solve.tuning import SOLVING

NO_PROOF = Certificate(1, (0, 0), (0, 0), (0,), ())
# two rings, one own node; offers: four units for 4, eight units for 7
PROBLEM = Problem(
    resources=("cpu",),
    rings=("a", "b"),
    classes=(PodClass("x", 0, 4, (1,), (0,), offers=(0, 1)), PodClass("y", 1, 4, (1,), (0,), offers=(0, 1))),
    nodes=(NodeSlot("own", (4,), (0, 1)),),
    offers=(Offer("small", (4,), (0, 1), 4, 0), Offer("big", (8,), (0, 1), 7, 1)),
    most=(9, 9),
)
WASTEFUL = Purchase((-1, 0, 1), (1, 1), (((1, 4),), ((2, 4),)), (0, 0), 14, 0, NO_PROOF)


def saved(problem=PROBLEM, found=WASTEFUL, **options):
    return drop_nodes(problem, found, SearchContext(**options))


def test_a_node_less_and_a_cheaper_one_in_its_place():
    made = saved()
    assert (made.bought, made.cost, made.unplaced) == ((0,), 4, (0, 0))
    assert sorted(made.ring_of) == [0, 1]
    assert [sum(pods for _, pods in on) for on in made.counts] == [4, 4]
    assert (made.bound, made.certificate) == (WASTEFUL.bound, NO_PROOF)


def test_no_more_of_a_shape_than_there_are():
    assert saved(replace(PROBLEM, most=(0, 9))).bought == (1,)


def test_own_nodes_that_are_dear_stay_unused():
    dear = replace(PROBLEM, nodes=(replace(PROBLEM.nodes[0], price=100),))
    made = saved(dear)
    assert (made.bought, made.cost, made.ring_of[0]) == ((0, 0), 8, -1)


def test_what_is_good_enough_or_large_or_incomplete_is_left_alone():
    assert saved(gap=1.0) == WASTEFUL
    assert saved(found=replace(WASTEFUL, unplaced=(1, 0))).bought == (1, 1)
    many = replace(
        WASTEFUL, ring_of=(-1, *(0,) * (SOLVING.redundancy.drop_bought + 1)), bought=(1,) * (SOLVING.redundancy.drop_bought + 1)
    )
    assert saved(found=many) == many
    assert saved(found=replace(WASTEFUL, bound=14)).cost == 14


@pytest.mark.parametrize(("bound", "tried"), [(0, [(1,), (0, 1)]), (7, [(1,), (0, 1)]), (8, [(0, 1)]), (11, [(0, 1)]), (12, [])])
def test_what_would_cost_less_than_is_proven_is_not_tried(monkeypatch, bound, tried):
    """A big node less saves 7 of 14, a small one in its place 3."""
    seen = []
    monkeypatch.setattr(_Dropping, "_place", lambda _, bought: seen.append(bought))
    assert saved(found=replace(WASTEFUL, bound=bound)).cost == 14
    assert seen == tried
