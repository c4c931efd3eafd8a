"""A proof of what whole nodes cost a ring is accepted where it holds, and each way of breaking it is noticed or proves less."""

from dataclasses import replace

import pytest

from models.solver.certificate import Certificate, Group, Rate, Whole
from models.solver.problem import NodeSlot, Offer, PodClass, Problem
from planner.verify.certificate.knapsack import flaws, lower_bound

BLUE, RED = 0, 1
BIG, SMALL = 0, 1


def pods(name, ring, count, cpu, *, nodes=(), daemon=False):
    return PodClass(name, ring, count, (cpu,), nodes, daemon=daemon, offers=(BIG, SMALL))


PROBLEM = Problem(
    resources=("cpu",),
    rings=("blue", "red"),
    classes=(pods("web", BLUE, 5, 4), pods("job", RED, 2, 4)),
    nodes=(),
    offers=(Offer("big", (9,), (BLUE, RED), 90, 0), Offer("small", (4,), (BLUE, RED), 46, 1)),
    most=(10, 10),
)
BY_SUMS = 200 + 80
# Of pods that ask for 20 two big nodes hold 18, three cost 270; with two, and one small one at least, it is 200 and the 6
# that a small node costs beyond its room; without small ones no rate is too high, for two big ones cannot do.
WHOLE = Whole(
    ring=BLUE,
    units=(5,),
    groups=(Group((), (BIG,)), Group((), (SMALL,))),
    rates=((0, 0), (20, 20), (45, 45)),
    walk=((0, 2), (1, 0), (2,), (1,), (0,)),
)
TRUE = Certificate(
    scale=10,
    worth=(400, 400),
    rents=(0, 0),
    node_rents=(),
    rates=tuple(Rate(ring, (), (BIG, SMALL), (100,)) for ring in (BLUE, RED)),
    wholes=(WHOLE,),
)


def but(**changes):
    return replace(TRUE, wholes=(replace(WHOLE, **changes),))


def found(certificate, problem=PROBLEM):
    """Return what is wrong, and with what."""
    return {(flaw.case, flaw.parameters.get("place", "")) for flaw in flaws(problem, certificate)}


def test_a_true_walk_proves_more_than_sums():
    assert not found(TRUE)
    assert lower_bound(PROBLEM, replace(TRUE, wholes=())) == BY_SUMS
    assert lower_bound(PROBLEM, TRUE) == 206 + 80


BROKEN = {
    "no walk": (but(walk=()), ("walk ends early", "")),
    "a walk without its last part": (but(walk=WHOLE.walk[:-1]), ("walk ends early", "")),
    "a walk without a part in between": (but(walk=((0, 2), (1, 0), (2,), (0,))), ("walk ends early", "")),
    "a walk that goes on": (but(walk=(*WHOLE.walk, (0,))), ("walk goes on", "")),
    "a walk that goes on with what is no step": (but(walk=(*WHOLE.walk, (0, 1), (0, 0, 0))), ("walk goes on", "")),
    "an end before a beginning": (but(walk=((0,), *WHOLE.walk)), ("walk goes on", "")),
    "a step of a group that is not there": (but(walk=((2, 0), (0,), (0,))), ("no step", "")),
    "a step of a group counted from the end": (but(walk=((-1, 0), (0,), (0,))), ("no step", "")),
    "an end by rates that are not there": (but(walk=((3,),)), ("no step", "")),
    "fewer nodes than none": (but(walk=((0, -1), (2,), (1,))), ("no step", "")),
    "a part of a node": (but(walk=((0, 1.5), (2,), (1,))), ("no step", "")),
    "a truth for a number": (but(walk=((True, 0), (2,), (1,))), ("no step", "")),
    "a step of nothing": (but(walk=((),)), ("no step", "")),
    "a step of three": (but(walk=((0, 1, 2), (0,), (0,))), ("no step", "")),
    "an offer in no group": (but(groups=(Group((), (BIG,)), Group((), ()))), ("ungrouped", "small")),
    "an offer in two groups": (but(groups=(Group((), (BIG, SMALL)), Group((), (SMALL,)))), ("two groups", "")),
    "an offer that is not there": (but(groups=(Group((), (BIG, 2)), Group((), (SMALL,)))), ("place of a group", "")),
    "an offer counted from the end": (but(groups=(Group((), (BIG,)), Group((), (-1,)))), ("place of a group", "")),
    "a node that is not there": (but(groups=(Group((0,), (BIG,)), Group((), (SMALL,)))), ("place of a group", "")),
    "a ring that is not there": (but(ring=2), ("ring of a walk", "")),
    "a ring counted from the end": (but(ring=-1), ("ring of a walk", "")),
    "rates for one group only": (but(rates=((0, 0), (20,), (45, 45))), ("rates", "")),
    "a rate below zero": (but(rates=((0, 0), (20, -20), (45, 45))), ("rates", "")),
    "a part of a rate": (but(rates=((0, 0), (20.0, 20), (45, 45))), ("rates", "")),
    "units of nothing": (but(units=(0,)), ("units", "")),
    "units below zero": (but(units=(-5,)), ("units", "")),
    "too many units": (but(units=(5, 5)), ("units", "")),
}


@pytest.mark.parametrize("way", BROKEN)
def test_a_broken_walk_is_rejected(way):
    certificate, reason = BROKEN[way]
    assert reason in found(certificate)


LESS = {
    "a part that is too large": but(walk=((0, 3), *WHOLE.walk[1:])),
    "a part that is too small": but(walk=((0, 1), *WHOLE.walk[1:])),
    "another group's part": but(walk=((1, 2), *WHOLE.walk[1:])),
    "the parts in the wrong order": but(walk=((0, 2), (0,), (1, 0), (2,), (1,))),
    "the ends in the wrong order": but(walk=((0, 2), (1, 0), (1,), (2,), (0,))),
    "a rate that is too low": but(rates=((0, 0), (19, 19), (45, 45))),
    "a rate that is too high for nodes without a limit": but(rates=((0, 0), (25, 25), (45, 45))),
    "a rate that is too high on small nodes only": but(rates=((0, 0), (20, 24), (45, 45))),
    "a rate that is too low on big nodes only": but(rates=((0, 0), (18, 20), (45, 45))),
    "units that are too large": but(units=(6,)),
    "units that are too small": but(units=(4,)),
    "one part with the rates of the sums": but(walk=((1,),)),
    "another ring": but(ring=RED),
}


@pytest.mark.parametrize("way", LESS)
def test_a_walk_that_goes_wrong_proves_less(way):
    assert lower_bound(PROBLEM, LESS[way]) < 206 + 80


def test_a_walk_that_proves_less_than_sums_does_no_harm():
    poor = but(rates=((0, 0), (0, 0), (0, 0)))
    assert not found(poor)
    assert lower_bound(PROBLEM, poor) == BY_SUMS


def test_each_ring_has_its_own_walk():
    # two pods on big nodes: one at least, which is more than sums say; without any, two small ones
    red = Whole(RED, (5,), WHOLE.groups, ((0, 0), (23, 23)), ((0, 0), (1,), (0,)))
    both = replace(TRUE, wholes=(WHOLE, red))
    assert not found(both)
    assert lower_bound(PROBLEM, both) == 206 + 90
    assert lower_bound(PROBLEM, replace(TRUE, wholes=(WHOLE, WHOLE))) == 206 + 80


def test_no_more_nodes_count_than_there_are():
    # one big node at most in both rings: then dearer rates hold without any step
    few = replace(PROBLEM, most=(1, 10))
    dear = but(rates=((23, 23),), walk=((0,),))  # 11.5 for each of 20, less the 13.5 that a big node would save
    assert lower_bound(few, dear) == 218 + 80  # 216.5, up to the next even sum
    assert lower_bound(PROBLEM, dear) == BY_SUMS


def test_offers_of_one_shape_are_counted_once():
    zones = replace(
        PROBLEM,
        classes=tuple(replace(c, offers=(0, 1, 2)) for c in PROBLEM.classes),
        offers=(*PROBLEM.offers, replace(PROBLEM.offers[BIG], name="big in z-2")),
        most=(1, 10),
    )
    groups = (Group((), (BIG, 2)), Group((), (SMALL,)))
    rates = tuple(replace(rate, offers=(0, 1, 2)) for rate in TRUE.rates)
    dear = replace(TRUE, rates=rates, wholes=(replace(WHOLE, groups=groups, rates=((23, 23),), walk=((0,),)),))
    assert not found(dear, zones)
    assert lower_bound(zones, dear) == 218 + 80


def test_of_a_group_the_node_that_costs_least_beyond_its_room_counts():
    # a third offer like the small one, but cheaper: it costs 1 beyond its room, not 6
    cheaper = replace(
        PROBLEM,
        classes=tuple(replace(c, offers=(0, 1, 2)) for c in PROBLEM.classes),
        offers=(*PROBLEM.offers, Offer("third", (4,), (BLUE, RED), 41, 2)),
        most=(10, 10, 10),
    )
    rates = tuple(replace(rate, offers=(0, 1, 2)) for rate in TRUE.rates)
    groups = (Group((), (BIG,)), Group((), (SMALL, 2)))
    three = replace(TRUE, rents=(0, 0, 0), rates=rates, wholes=(replace(WHOLE, groups=groups),))
    assert not found(three, cheaper)
    assert lower_bound(cheaper, three) == 201 + 80


def test_own_nodes_are_limited_by_how_many_there_are():
    owned = replace(
        PROBLEM,
        classes=tuple(replace(c, candidates=(0,)) for c in PROBLEM.classes),
        nodes=(NodeSlot("own", (9,), (BLUE, RED), price=90),),
    )
    rates = tuple(replace(rate, nodes=(0,)) for rate in TRUE.rates)
    groups = (Group((0,), ()), Group((), (BIG,)), Group((), (SMALL,)))
    walk = ((1, 1), (2, 0), (1,), (0,), (2,))
    three = Whole(BLUE, (5,), groups, ((20, 20, 20), (45, 45, 45), (0, 0, 0)), walk)
    made = replace(TRUE, node_rents=(0,), rates=rates, wholes=(three,))
    assert not found(made, owned)
    assert lower_bound(owned, made) == BY_SUMS  # two big ones might do with the own one
    split = replace(made, wholes=(replace(three, walk=((1, 1), (2, 0), (1,), (0,), (0, 0), (0,), (2,))),))
    assert lower_bound(owned, split) == BY_SUMS
    uncounted = replace(made, wholes=(replace(three, groups=(Group((), ()), *groups[1:])),))
    assert ("ungrouped", "own") in found(uncounted, owned)


def test_rents_are_paid_beside_the_price():
    few = replace(PROBLEM, most=(2, 10))
    rates = tuple(replace(rate, prices=(115,)) for rate in TRUE.rates)
    paid = replace(TRUE, worth=(460, 460), rents=(135, 0), rates=rates, wholes=(replace(WHOLE, rates=((23, 23),), walk=((0,),)),))
    assert not found(paid, few)
    # 11.5 for each of 20 and of 8, less two rents of 13.5
    assert lower_bound(few, paid) == 296
    more = replace(WHOLE, rates=((0, 0), (23, 23), (200, 200)), walk=((0, 2), (1, 0), (2,), (1,), (0,)))
    assert lower_bound(few, replace(paid, wholes=(more,))) == 296


def test_what_daemons_take_is_no_room_of_a_node():
    # with a daemon of 1 a big node holds 8: it costs 10 beyond its room at the sums' rate, and so does a small one
    agents = replace(PROBLEM, classes=(*PROBLEM.classes, pods("agent", -1, 0, 1, daemon=True)))
    with_agents = replace(TRUE, worth=(400, 400, 0))
    assert not found(with_agents, agents)
    assert lower_bound(agents, with_agents) > lower_bound(PROBLEM, TRUE)
