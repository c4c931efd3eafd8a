"""Pods that keep apart from their like, or want a port of their node, cost a node each, and that is proven."""

from dataclasses import replace

import pytest

from models.solver.problem import NONE, OWN, AntiAffinity, NodeSlot, Offer, PodClass, PortConflict, Problem, RingSize
from planner.solve import purchase
from planner.solve.buy.pack.ruin_and_recreate import RuinAndRecreate
from planner.solve.tuning import SOLVING
from planner.verify.certificate.knapsack import flaws, lower_bound

PRICE = 10
WEB = PodClass("web", 0, 4, (1, 1), (0,), offers=(0, 1))
BATCH = PodClass("batch", 1, 16, (1, 1), (0,), offers=(0, 1))
SHOP = Problem(
    resources=("cpu", "pods"),
    rings=("blue", "red"),
    classes=(WEB, BATCH),
    nodes=(NodeSlot("own", (8, 9), (0, 1)),),
    offers=(Offer("a", (8, 9), (0, 1), PRICE, 0), Offer("b", (8, 9), (0, 1), PRICE, 0)),
    most=(20,),
)
HOSTS = ((0,),), (OWN, OWN)
ZONES = ((0,), ()), (0, 1)

ROWS = [
    ("pods that do not care share a node: three for twenty pods, and one is owned", {}, 20),
    ("a host port is one per node", {"clashes": (PortConflict(0, 0),)}, 50),
    ("another class may have it beside", {"clashes": (PortConflict(0, 1),)}, 20),
    ("pods apart by host are one per node", {"aparts": (AntiAffinity(0, (0,), *HOSTS),)}, 50),
    ("pods of a class that keep apart from another class are not", {"aparts": (AntiAffinity(0, (1,), *HOSTS),)}, 20),
    ("pods apart by zone are at least one per node",
     {"classes": (replace(WEB, count=2), BATCH), "aparts": (AntiAffinity(0, (0,), *ZONES),)}, 30),
    ("nodes that are in no domain take as many as they like", {"aparts": (AntiAffinity(0, (0,), ((),), (OWN, OWN)),)}, 20),
    ("so do offers", {"aparts": (AntiAffinity(0, (0,), ((0,),), (OWN, NONE)),)}, 20),
    ("unless no such pod may be there",
     {"classes": (replace(WEB, candidates=(), offers=(0,)), BATCH), "aparts": (AntiAffinity(0, (0,), ((),), (OWN, NONE)),)}, 50),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "cost"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_what_keeps_apart_is_proven_to_cost_a_node_each(changes, cost):
    problem = replace(SHOP, **changes)
    bought = purchase(problem)
    assert not any(bought.unplaced)
    assert not list(flaws(problem, bought.certificate))
    assert lower_bound(problem, bought.certificate) == bought.bound
    assert (bought.cost, bought.bound) == (cost, cost)


def test_it_is_proven_though_most_of_many_shapes_are_never_needed():
    """Each of 45 shapes but the first costs more than another one with as much room: their prices are that one's."""
    most = 45
    assert most > SOLVING.buy.few_kinds
    offers = tuple(Offer(f"shape-{at}", (8, 9), (0, 1), PRICE + at, at) for at in range(most))
    every = tuple(range(most))
    classes = (replace(WEB, candidates=(), offers=every), replace(BATCH, candidates=(), offers=every))
    bought = purchase(replace(SHOP, classes=classes, nodes=(), offers=offers, most=(20,) * most, clashes=(PortConflict(0, 0),)))
    assert not any(bought.unplaced)
    assert (bought.cost, bought.bound) == (60, 60)


def test_nothing_is_proven_by_pods_that_stand_for_the_nodes_a_ring_must_have():
    problem = replace(SHOP, sizes=(RingSize(4), RingSize(0)))
    bought = purchase(problem)
    assert lower_bound(problem, bought.certificate) == bought.bound <= bought.cost == 50


def test_a_ring_that_wastes_nothing_gets_no_turn_for_a_difference_of_rounding(monkeypatch):
    """What the pods with a port are worth comes to what their nodes cost, but for the last digit of a fraction."""
    everywhere, node, pod = (0, 1, 2, 3), (4000, 2**34, 58), 2**28
    own = (NodeSlot("o1", node, (0, 1), price=100_000), NodeSlot("o2", node, (0, 1), shape=1))
    kinds = (("large", 8000, 550_000), ("small", 4000, 300_000))
    offers = tuple(
        Offer(f"{name}@{z}", (cpu, 2**34, 58), (0, 1), cost, at) for at, (name, cpu, cost) in enumerate(kinds) for z in "ab"
    )
    edge = PodClass("edge", 0, 3, (500, pod, 1), (0, 1), offers=everywhere)
    plug = PodClass("plug", 1, 5, (1000, pod, 1), (0, 1), offers=everywhere)
    whole = PodClass("whole", 0, 1, node, (0, 1), offers=everywhere)
    double = PodClass("double", 1, 1, (8000, 2**34, 58), (), offers=(0, 1))
    turns = []
    real = RuinAndRecreate._attempt
    monkeypatch.setattr(RuinAndRecreate, "_attempt", lambda *asked: turns.append(asked[1]) or real(*asked))
    classes = (edge, plug, whole, double)
    problem = Problem(("cpu", "memory", "pods"), ("blue", "red"), classes, own, clashes=(PortConflict(0, 0),), offers=offers)
    bought = purchase(replace(problem, most=(3, 9)))
    assert not any(bought.unplaced)
    assert 0 < len(turns) < 100
