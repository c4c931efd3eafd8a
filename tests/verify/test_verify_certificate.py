"""A proof of what placing all pods costs at least is accepted where it holds, and each way of breaking it is noticed."""

from dataclasses import replace

import pytest

from models.solver.certificate import Certificate, Rate
from models.solver.problem import OWN, AntiAffinity, NodeSlot, Offer, PodClass, PortConflict, Problem
from planner.verify.certificate.knapsack import flaws, lower_bound

SCALE = 1000
ALL = (0, 1)


def pods(name, ring, count, cpu, *, nodes=(0,), offers=ALL, daemon=False):
    return PodClass(name, ring, count, (cpu, 1), nodes, daemon=daemon, offers=offers)


PROBLEM = Problem(
    resources=("cpu", "pods"),
    rings=("blue", "red"),
    classes=(pods("big", 0, 5, 3), pods("small", 1, 8, 1), pods("agent", -1, 0, 1, daemon=True)),
    nodes=(NodeSlot("own", (5, 10), (0, 1), price=30),),
    offers=(Offer("large", (9, 10), ALL, 80, 0), Offer("tiny", (3, 10), ALL, 40, 1)),
    most=(10, 10),
)
TRUE = Certificate(
    scale=SCALE,
    worth=(21_000, 7_000, 0),
    rents=(0, 0),
    node_rents=(0,),
    rates=tuple(Rate(ring, (0,), ALL, (7_000, 0)) for ring in ALL),
)


def rates(index, **changes):
    return tuple(replace(rate, **changes) if at == index else rate for at, rate in enumerate(TRUE.rates))


def found(certificate, problem=PROBLEM):
    """Return what is wrong, and with what."""
    told = [{**flaw.parameters} for flaw in flaws(problem, certificate)]
    return {(flaw.pop("case"), flaw.pop("place", "") or flaw.pop("name", "")) for flaw in told}


def test_a_true_certificate_proves_its_bound():
    # the daemon leaves 4, 8 and 2 of the processors; ring by ring 105 and 56, up to the next sum of 30, 80 and 40
    assert not found(TRUE)
    assert lower_bound(PROBLEM, TRUE) == 110 + 60


def test_without_rents_each_ring_is_rounded_up_to_what_prices_come_to():
    odd = replace(PROBLEM, offers=(*PROBLEM.offers[:1], replace(PROBLEM.offers[1], price=41)))
    assert lower_bound(odd, TRUE) == 105 + 56


def test_rents_are_paid_for_all_nodes_that_there_may_be():
    paid = replace(TRUE, worth=(24_000, 8_000, 0), rents=(0, 2_000), node_rents=(2_000,), rates=rates(0, prices=(8_000, 0)))
    assert lower_bound(replace(PROBLEM, most=(10, 3)), paid) == 180  # 184 less 2 and less 3 times 2 is 176
    assert lower_bound(replace(PROBLEM, most=(10, 13)), paid) == 160


BROKEN = {
    "a pod worth more than its charge": (replace(TRUE, worth=(27_001, 7_000, 0)), ("worth more", "own")),
    "a charge that all the room exceeds": (replace(TRUE, rates=rates(0, prices=(10_001, 0))), ("worth more", "large")),
    "a charge for pods that exceeds the price": (
        replace(TRUE, rates=rates(1, prices=(7_000, 3_000))),
        ("worth more", "own"),
    ),
    "an offer without a rate": (replace(TRUE, rates=rates(0, offers=(0,))), ("unrated", "tiny")),
    "a node without a rate": (replace(TRUE, rates=rates(1, nodes=())), ("unrated", "own")),
    "a ring without rates": (replace(TRUE, rates=TRUE.rates[:1]), ("unrated", "own")),
    "a rent below zero": (replace(TRUE, rents=(0, -1)), ("numbers", "rents")),
    "a node's rent below zero": (replace(TRUE, node_rents=(-5,)), ("numbers", "node_rents")),
    "a price below zero": (replace(TRUE, rates=rates(0, prices=(7_000, -1))), ("numbers", "prices")),
    "worth below zero": (replace(TRUE, worth=(21_000, -7_000, 0)), ("numbers", "worth")),
    "a fraction": (replace(TRUE, worth=(21_000.0, 7_000, 0)), ("numbers", "worth")),
    "a truth for a number": (replace(TRUE, rents=(True, 0)), ("numbers", "rents")),
    "no scale": (replace(TRUE, scale=0), ("scale", "")),
    "a scale below zero": (replace(TRUE, scale=-1000), ("scale", "")),
    "too little worth": (replace(TRUE, worth=(21_000,)), ("numbers", "worth")),
    "too many prices": (replace(TRUE, rates=rates(0, prices=(7_000, 0, 0))), ("numbers", "prices")),
    "a ring that is not there": (replace(TRUE, rates=(*TRUE.rates, Rate(2, (), (), (0, 0)))), ("ring of a rate", "")),
    "an offer that is not there": (replace(TRUE, rates=rates(0, offers=(0, 1, 2))), ("place of a rate", "")),
    "an offer counted from the end": (replace(TRUE, rates=rates(0, offers=(0, 1, -1))), ("place of a rate", "")),
    "a node that is not there": (replace(TRUE, rates=rates(0, nodes=(0, 1))), ("place of a rate", "")),
}


@pytest.mark.parametrize("way", BROKEN)
def test_a_broken_certificate_is_rejected(way):
    certificate, reason = BROKEN[way]
    assert reason in found(certificate)


def test_what_daemons_take_is_no_room():
    # without the daemon the large node has 9 processors, which come to 81 where the node costs 80
    without = replace(PROBLEM, classes=PROBLEM.classes[:2])
    dear = replace(TRUE, rates=tuple(replace(rate, prices=(9_000, 0)) for rate in TRUE.rates))
    assert ("worth more", "large") in found(replace(dear, worth=(21_000, 7_000)), without)
    assert ("worth more", "large") not in found(dear)


def test_a_class_that_a_node_holds_once_counts_once():
    single = replace(PROBLEM, clashes=(PortConflict(1, 1),))
    # small pods are worth 20 each, 13 more than their charge, which the own node's slack of 2 does not cover
    generous = replace(TRUE, worth=(21_000, 20_000, 0))
    assert ("worth more", "own") in found(generous, single)
    modest = replace(TRUE, worth=(21_000, 9_000, 0))
    assert ("worth more", "own") in found(modest)
    assert not found(modest, single)


def test_apart_from_its_like_is_as_good_where_the_node_is_in_a_domain():
    modest = replace(TRUE, worth=(21_000, 9_000, 0))
    apart = replace(PROBLEM, aparts=(AntiAffinity(1, (1,), ((0,),), (OWN, OWN)),))
    assert not found(modest, apart)
    outside = replace(PROBLEM, aparts=(AntiAffinity(1, (1,), ((),), (OWN, OWN)),))
    assert ("worth more", "own") in found(modest, outside)


def test_a_search_shows_what_charges_cannot():
    # of pods of 3 a node with room for 8 holds two, worth 80 together: charged by the processor it could be more
    lumpy = replace(TRUE, worth=(30_000, 7_000, 0), rates=rates(0, prices=(10_000, 0)))
    plenty = replace(lumpy, work=100)
    large = replace(PROBLEM, nodes=(replace(PROBLEM.nodes[0], rings=(1,)),))
    assert ("worth more", "large") not in found(lumpy, large)
    dearer = replace(lumpy, worth=(40_000, 7_000, 0))
    assert ("worth more", "large") in found(dearer, large)
    assert not found(replace(dearer, work=100), large)
    assert ("worth more", "large") in found(replace(dearer, work=1), large)
    assert ("worth more", "large") in found(replace(plenty, worth=(40_001, 7_000, 0)), large)


def test_of_nodes_that_are_alike_the_one_that_pays_least_rent_counts():
    twins = replace(
        PROBLEM,
        classes=tuple(replace(c, candidates=(0, 1)) for c in PROBLEM.classes),
        nodes=(PROBLEM.nodes[0], replace(PROBLEM.nodes[0], name="twin")),
    )
    dear = tuple(replace(rate, nodes=(0, 1), prices=(8_000, 0)) for rate in TRUE.rates)
    paid = replace(TRUE, node_rents=(2_000, 2_000), rates=dear)
    assert not found(paid, twins)
    assert {case for case, _ in found(replace(paid, node_rents=(2_000, 1_999)), twins)} == {"worth more"}
