"""A proof of what it costs that zones can be lost is accepted where it holds, and each way of breaking it is noticed."""

from dataclasses import replace

import pytest

from models.solver.certificate import Certificate, Rate
from models.solver.problem import FailureDomain, NodeSlot, Offer, PodClass, Problem
from planner.verify.certificate.zone_loss import flaws, lower_bound

SCALE = 1000
ZONE_A, ZONE_B = FailureDomain((0,), zone=True, offers=(0,)), FailureDomain((), zone=True, offers=(1,))
PROBLEM = Problem(
    resources=("cpu", "pods"),
    rings=("blue",),
    classes=(PodClass("web", 0, 4, (3, 1), (0,), offers=(0, 1)),),
    nodes=(NodeSlot("own", (6, 10), (0,)),),
    offers=(Offer("there@a", (9, 10), (0,), 90, 0), Offer("there@b", (9, 10), (0,), 90, 0)),
    most=(10,),
    losses=(ZONE_A, ZONE_B),
)
BARE = Certificate(SCALE, (30_000,), (0,), (60_000,), (Rate(0, (0,), (0, 1), (10_000, 0)),))
WITHOUT_A = replace(BARE, node_rents=(0,), rates=(Rate(0, (), (1,), (10_000, 0)),))
WITHOUT_B = replace(BARE, rates=(Rate(0, (0,), (0,), (10_000, 0)),))
TRUE = replace(BARE, lost=(WITHOUT_A, WITHOUT_B))


def test_what_is_outside_each_zone_holds_all_pods():
    # zone b by itself has to hold twelve processors, and zone a beside the six that are owned there six more
    assert not list(flaws(PROBLEM, TRUE))
    assert lower_bound(PROBLEM, TRUE) == 180 + 90


NODE = FailureDomain((0,))
ROWS = [
    ("without a proof for losses it is that of the packing", PROBLEM, BARE, 90),
    ("nodes that may be lost one by one are no zones", replace(PROBLEM, losses=(NODE, ZONE_A, ZONE_B)), TRUE, 270),
    ("pods that a loss excuses need no room outside",
     replace(PROBLEM, losses=(replace(ZONE_A, tied=(0,)), ZONE_B)), TRUE, 90),
    ("a node that costs something and is in no zone counts twice",
     replace(PROBLEM, nodes=(*PROBLEM.nodes, NodeSlot("loose", (0, 0), (0,), price=90))), "loose", 180),
    ("one that costs nothing does not",
     replace(PROBLEM, nodes=(*PROBLEM.nodes, NodeSlot("loose", (0, 0), (0,)))), "loose", 270),
    ("of the packing and losses the higher counts",
     replace(PROBLEM, losses=(replace(ZONE_A, tied=(0,)), replace(ZONE_B, tied=(0,)))), TRUE, 90),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "proof", "least"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_what_is_proven(problem, proof, least):
    if proof == "loose":
        wider = [replace(one, node_rents=(*one.node_rents, 0)) for one in (BARE, *TRUE.lost)]
        proof = replace(wider[0], lost=tuple(wider[1:]))
    assert not list(flaws(problem, proof))
    assert lower_bound(problem, proof) == least


def test_each_ring_costs_what_its_prices_add_up_to():
    # Outside one of three zones a ring costs 90 at least: 135 in all, which nodes of 90 come to at 180. Together it is 270.
    zones = tuple(FailureDomain((), zone=True, offers=(o,)) for o in range(3))
    classes = tuple(PodClass(name, r, 3, (3, 1), (), offers=(0, 1, 2)) for r, name in enumerate(("web", "api")))
    offers = tuple(Offer(f"there@{zone}", (9, 10), (0, 1), 90, 0) for zone in "abc")
    rings = replace(PROBLEM, rings=("blue", "red"), classes=classes, nodes=(), offers=offers, losses=zones)
    rates = tuple(Rate(r, (), (0, 1, 2), (10_000, 0)) for r in range(2))
    bare = Certificate(SCALE, (30_000, 30_000), (0,), (), rates)
    outside = (replace(bare, rates=tuple(replace(rate, offers=left) for rate in rates)) for left in ((1, 2), (0, 2), (0, 1)))
    proof = replace(bare, lost=tuple(outside))
    assert not list(flaws(rings, proof))
    assert lower_bound(rings, proof) == 180 + 180


BROKEN = {
    "a proof for one zone of two": (replace(TRUE, lost=(WITHOUT_A,)), {"case": "zones", "zones": 2, "proofs": 1}),
    "a pod worth more than it can cost": (
        replace(TRUE, lost=(replace(WITHOUT_A, worth=(40_000,)), WITHOUT_B)),
        {"case": "worth more", "place": "there@b", "ring": 0, "without": True},
    ),
    "a node outside without a rate": (
        replace(TRUE, lost=(WITHOUT_A, replace(WITHOUT_B, rates=()))),
        {"case": "unrated", "place": "own", "ring": 0, "without": True},
    ),
    "the proofs of each other's zones": (
        replace(TRUE, lost=(WITHOUT_B, WITHOUT_A)),
        {"case": "unrated", "place": "there@b", "ring": 0, "without": True},
    ),
    "a packing's proof that does not hold": (replace(TRUE, worth=(40_000,)), {"case": "worth more", "place": "own", "ring": 0}),
}


@pytest.mark.parametrize(("proof", "said"), BROKEN.values(), ids=BROKEN.keys())
def test_what_proves_nothing_is_noticed(proof, said):
    assert said in [flaw.parameters for flaw in flaws(PROBLEM, proof)]


LONE = (FailureDomain((0,)), FailureDomain((), offers=(0,)), FailureDomain((), offers=(1,)))
ANY = replace(PROBLEM, losses=LONE)
SECOND = PodClass("second", 0, 1, (3, 1), (0,), offers=(0, 1))
TWO = replace(BARE, worth=(30_000, 30_000))
CHEAP = replace(PROBLEM.offers[1], name="cheap@b", price=20)
WIDER = replace(ANY, offers=(*ANY.offers, CHEAP), losses=(*LONE, FailureDomain((), offers=(2,))))
LOST_NODES = [
    ("a ring costs a node more than its pods: here 120 less the owned one's rent, and that rent", WIDER, BARE, 120 - 60 + 60),
    ("without a rent it is the cheapest that costs anything", ANY, WITHOUT_A, 270),
    ("an offer that no pod may use is not that one",
     WIDER, WITHOUT_A, 210),
    ("one that a pod may use is",
     replace(ANY, classes=(replace(ANY.classes[0], offers=(0, 1, 2)),), offers=(*ANY.offers, CHEAP),
             losses=(*LONE, FailureDomain((), offers=(2,)))), WITHOUT_A, 140),
    ("unless its loss need not be survived",
     replace(ANY, classes=(replace(ANY.classes[0], offers=(0, 1, 2)),), offers=(*ANY.offers, CHEAP)), WITHOUT_A, 120),
    ("pods that a loss excuses have no node more", replace(ANY, losses=(replace(LONE[0], tied=(0,)), *LONE[1:])), BARE, 90),
    ("beside them others do, if those come to more so",
     replace(ANY, classes=(*ANY.classes, SECOND), losses=(replace(LONE[0], tied=(1,)), *LONE[1:])), TWO, 180),
    ("and not else",
     replace(ANY, classes=(*ANY.classes, replace(SECOND, count=9)), losses=(replace(LONE[0], tied=(1,)), *LONE[1:])), TWO, 360),
    ("pods that may be in any ring are in none", replace(ANY, classes=(replace(ANY.classes[0], ring=-1),)), BARE, 90),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "proof", "least"), [row[1:] for row in LOST_NODES], ids=[row[0] for row in LOST_NODES])
def test_what_is_proven_where_any_node_may_be_lost(problem, proof, least):
    assert lower_bound(problem, proof) == least
