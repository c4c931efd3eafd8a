"""Purchases whose rings survive what they must: as cheap as trying everything finds, and never proven to cost more than that."""

import random
from dataclasses import replace

import pytest

from models.solver.problem import FailureDomain, NodeSlot, Offer, PodClass, Problem
from planner.solve import SearchContext, purchase, redundant_purchase, with_bought_nodes
from planner.solve.buy.pack.assignment import Candidate
from planner.solve.buy_redundant.spare_node import with_spare_nodes
from planner.solve.instance.validate import breaches
from planner.solve.tuning import RedundancyTuning, SolveTuning
from planner.verify.certificate.zone_loss import flaws, lower_bound
from tests.soak import soak_after
from tests.solve.brute_force_lasting import lasts, least, with_losses
from tests.solve.buy.small_offers import small_offers

CASES, CHUNK = 300, 50
SMALL, LARGE = SearchContext(), SearchContext(tuning=SolveTuning(redundancy=RedundancyTuning(most_pairs=0)))
"""Every problem is taken for one that is too large to be bought for anew, or searched exactly."""
PRICE = 10


def shop(pods, own, *, offers=("a", "b"), cpu=2, zones="ab", most=9, survive="zones", prices=(PRICE,), room=4, **ring):
    """Return pods of one ring (or so many of each), owned nodes by the letters of their zones, and nodes to be had there."""
    rings = len(pods)
    all_rings = tuple(range(rings))
    nodes = tuple(NodeSlot(f"{zone}{n}", (room, 9), all_rings, price=ring.get("owned", 0)) for n, zone in enumerate(own))
    kinds = [(zone, shape, price) for shape, price in enumerate(prices) for zone in offers]
    slots = tuple(Offer(f"{zone}-{shape}", ((1 + shape) * room, 9), all_rings, price, shape) for zone, shape, price in kinds)
    every, new = tuple(range(len(nodes))), tuple(range(len(slots)))
    classes = tuple(PodClass(f"class-{r}", r, count, (cpu, 1), every, offers=new) for r, count in enumerate(pods))
    losses = (
        tuple(
            FailureDomain(
                tuple(n for n, at in enumerate(own) if at == zone),
                zone=True,
                offers=tuple(o for o, (at, _, _) in enumerate(kinds) if at == zone),
            )
            for zone in zones
        )
        if survive == "zones"
        else (*(FailureDomain((n,)) for n in every), *(FailureDomain((), offers=(o,)) for o in new))
    )
    names = tuple(f"ring-{r}" for r in range(rings))
    return Problem(("cpu", "pods"), names, classes, nodes, losses=losses, offers=slots, most=(most,) * len(prices))


def lost(problem, context=SMALL):
    return redundant_purchase(problem, purchase(replace(problem, losses=())), context)


ROWS = [
    ("nothing owned in two zones: each zone holds all", shop([2], ""), 20),
    ("what is owned in one zone is bought in the other", shop([4], "aa"), 20),
    ("what is owned in both is enough", shop([4], "aabb"), 0),
    ("rings do not share the owned nodes of a zone", shop([2, 2], "ab"), 20),
    ("three rings on three nodes of each zone but one buy one", shop([2, 2, 2], "aaabb"), 10),
    ("one ring gets two owned nodes, and what they lack is bought", shop([4, 2, 4], "aaabbb"), 40),
    ("of three zones any two hold all", shop([4], "", offers="abc", zones="abc"), 30),
    ("owned nodes in two of three zones are good for both", shop([4], "aabb", offers="abc", zones="abc"), 0),
    ("a node in no zone is never lost", shop([2], "-"), 0),
    ("and holds what the zones do not", shop([4], "-"), 20),
    ("a node more survives any one", shop([4], "aa", survive="nodes"), 10),
    ("one node more is enough for rings of several", shop([6], "", survive="nodes"), 40),
    ("and each ring has one", shop([2, 2], "", survive="nodes"), 40),
    ("owned nodes with a price are used where that is cheaper", shop([2], "ab", owned=3), 6),
    ("and not where it is dearer", shop([2], "ab", owned=13), 20),
    ("large nodes cost more once they are lost", shop([4], "", survive="nodes", prices=(10, 19)), 30),
    ("in two zones they do not", shop([4], "", prices=(10, 19)), 38),
]


@pytest.mark.parametrize(("problem", "cost"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_the_least_that_survives_is_bought(problem, cost):
    made = lost(problem)
    assert made.cost == cost
    whole = with_losses(problem, list(made.bought))
    assert lasts(whole, made.ring_of, [dict(on) for on in made.counts])


def test_who_survives_zones_survives_their_nodes_at_no_more_cost():
    zones, nodes = shop([4, 2, 4], "aaabbb"), shop([4, 2, 4], "aaabbb", survive="nodes")
    both = replace(zones, losses=(*nodes.losses, *zones.losses))
    made = lost(both)
    assert (made.cost, made.bound) == (40, 40)
    assert lasts(with_losses(both, list(made.bought)), made.ring_of, [dict(on) for on in made.counts])


@pytest.mark.parametrize("row", [0, 1, 3, 4, 5, 10, 11, 12, 16], ids=lambda at: ROWS[at][0])
def test_the_least_in_two_zones_and_with_a_node_more_is_proven(row):
    _, problem, cost = ROWS[row]
    assert lost(problem).bound == cost


def test_what_cannot_survive_is_left_as_it_was():
    problem = shop([2], "", zones="ab", most=1)
    found = purchase(replace(problem, losses=()))
    made = redundant_purchase(problem, found)
    assert (made.bought, made.cost, made.counts) == (found.bought, found.cost, found.counts)


def test_pods_that_only_one_zone_lets_in_need_no_place_elsewhere():
    problem = shop([2], "", zones="ab")
    (tied,) = problem.classes
    inside = replace(problem, classes=(replace(tied, offers=(0,)),))
    losses = (replace(inside.losses[0], tied=(0,)), inside.losses[1])
    made = lost(replace(inside, losses=losses))
    assert (made.cost, made.bound) == (PRICE, PRICE)


@pytest.mark.parametrize(("pods", "cpu", "narrow"), [(1, 1, 4), (2, 2, 3)])
def test_pods_that_only_one_zone_lets_in_survive_the_loss_of_one_of_its_nodes(pods, cpu, narrow):
    problem, nodes = shop([pods], "", cpu=cpu), shop([pods], "", survive="nodes").losses
    classes = (*problem.classes, PodClass("narrow", 0, 1, (narrow, 1), (), offers=(0,)))
    zones = (replace(problem.losses[0], tied=(1,)), problem.losses[1])
    both = replace(problem, classes=classes, losses=(*nodes, *zones))
    made = lost(both)
    assert (made.cost, made.bound) == (30, 30)
    assert lasts(with_losses(both, list(made.bought)), made.ring_of, [dict(on) for on in made.counts])


def test_nothing_is_proven_of_pods_that_a_loss_excuses():
    problem = shop([2], "")
    made = lost(replace(problem, losses=tuple(replace(loss, tied=(0,)) for loss in problem.losses)))
    assert made.cost == made.bound == PRICE


def test_a_ring_has_as_many_nodes_as_it_must_and_no_more_than_it_may():
    from models.solver.problem import RingSize

    problem = shop([2], "")
    assert lost(replace(problem, sizes=(RingSize(3),))).cost == 30
    narrow = shop([4], "", prices=(10, 19))
    assert lost(replace(narrow, sizes=(RingSize(0, 2),))).cost == 38


def small_losses(seed):
    """A random problem of buying where all zones may be lost, or all nodes, or both; one zone alone lets some pods in."""
    rng = random.Random(seed)
    problem = small_offers(seed)
    nodes = [
        *(FailureDomain((n,)) for n in range(len(problem.nodes))),
        *(FailureDomain((), offers=(o,)) for o in range(len(problem.offers))),
    ]
    if rng.random() < 0.4:
        return replace(problem, losses=tuple(nodes))
    zones = rng.choice([2, 2, 3])
    at = [rng.randrange(zones) for _ in problem.nodes]
    bought = [rng.randrange(zones) for _ in problem.offers]
    if rng.random() < 0.5:
        problem = replace(problem, classes=tuple(kept(one, rng.choice([0, 0, 1]), at, bought) for one in problem.classes))
    found = [
        FailureDomain(
            tuple(n for n, z in enumerate(at) if z == zone), (), True, tuple(o for o, z in enumerate(bought) if z == zone)
        )
        for zone in range(zones)
    ]
    found = [one for one in found if one.nodes or one.offers]
    both = [*nodes, *found] if rng.random() < 0.5 else found
    return replace(problem, losses=tuple(replace(one, tied=tied(problem, one)) if one.zone or one.nodes else one for one in both))


def kept(pod_class, narrow, at, bought):
    """Return a class that only the first zone lets in, where it is to be narrow and has a place there."""
    candidates = tuple(n for n in pod_class.candidates if at[n] == 0)
    offers = tuple(o for o in pod_class.offers if bought[o] == 0)
    return replace(pod_class, candidates=candidates, offers=offers) if narrow and (candidates or offers) else pod_class


def tied(problem, loss):
    """Return the classes that could be nowhere else."""
    inside = set(loss.nodes), set(loss.offers)
    pairs = ((c, one) for c, one in enumerate(problem.classes) if not one.daemon)
    return tuple(c for c, one in pairs if set(one.candidates) <= inside[0] and set(one.offers) <= inside[1])


@pytest.mark.parametrize(
    ("problem", "cost"),
    [
        pytest.param(shop([6], "", survive="nodes"), 40, id="one node stands by"),
        pytest.param(shop([2, 2], "", survive="nodes"), 40, id="one for each ring"),
        pytest.param(shop([4], "aa", survive="nodes"), 10, id="beside owned ones"),
        pytest.param(shop([1], "aa", survive="nodes"), 0, id="none where an owned one does"),
        pytest.param(shop([8], "", survive="nodes", prices=(12, 19)), 57, id="a large one where nodes are large"),
        pytest.param(
            shop([8], "", survive="nodes", prices=(11, 19)), 55, id="small ones are bought where that is cheaper in all"
        ),
        pytest.param(
            shop([8], "", survive="nodes", prices=(11, 19), most=2), 60, id="two small ones where large ones are used up"
        ),
        pytest.param(shop([4], ""), 40, id="in the other zone as many"),
        pytest.param(shop([8], "", offers="abc", zones="abc"), 60, id="in three zones half as many"),
        pytest.param(shop([6, 2], "", offers="abc", zones="abc"), 70, id="of each ring"),
        pytest.param(shop([4, 4], "", prices=(11, 19), most=9), 76, id="of the shape that is bought"),
    ],
)
def test_of_what_is_large_nodes_stand_by(problem, cost):
    made = lost(problem, LARGE)
    assert made.cost == cost
    assert lasts(with_losses(problem, list(made.bought)), made.ring_of, [dict(on) for on in made.counts])


def test_nodes_stand_by_in_rings_that_need_them_only():
    """Of two nodes with a pod each one can take both; the other ring has one node, which is full."""
    problem = shop([2, 2], "", survive="nodes")
    made = Candidate([0, 0, 1], [0, 0, 1], [{0: 1, 1: 1}, {2: 2}])
    found = with_spare_nodes(problem, made, SearchContext())
    assert found is not None
    assert found.ring_of == [0, 0, 1, 1]


def test_less_of_a_shape_is_bought_where_there_are_not_enough_of_it_to_stand_by():
    """All nine of a shape are bought, for which five more would have to stand by: so four of each of three shapes are taken."""
    problem = shop([48], "", offers="abc", zones="abc", prices=(11, 19, 30))
    assert purchase(replace(problem, losses=())).cost == 231
    assert lost(problem, LARGE).cost == 360


def test_where_there_is_no_node_to_stand_by_what_was_found_is_left():
    problem = shop([4], "", survive="nodes", most=2)
    found = purchase(replace(problem, losses=()))
    assert redundant_purchase(problem, found, LARGE).bought == found.bought


@pytest.mark.parametrize("first", soak_after(1, range(0, CASES, CHUNK)))
def test_of_what_is_large_none_that_survives_is_cheaper_than_the_cheapest(first):
    known = survives = 0
    for seed in range(first, first + CHUNK):
        problem = small_losses(seed)
        cost, made = least(problem), lost(problem, LARGE)
        counts = [dict(on) for on in made.counts]
        assert not list(breaches(with_bought_nodes(problem, made), made.ring_of, counts)), seed
        survived = lasts(with_losses(problem, list(made.bought)), made.ring_of, counts)
        assert not survived or (cost is not None and made.cost >= cost), seed
        known += cost is not None
        survives += survived
    assert survives >= known * 0.6


@pytest.mark.parametrize(("first", "count"), soak_after(1, [(150, CHUNK // 2), *((at, CHUNK) for at in range(0, CASES, CHUNK))]))
def test_it_agrees_with_trying_everything(first, count):
    known = same = proven = 0
    for seed in range(first, first + count):
        problem = small_losses(seed)
        cost, made = least(problem), lost(problem)
        assert not list(flaws(problem, made.certificate)), seed
        assert cost is None or lower_bound(problem, made.certificate) == made.bound <= cost, seed
        whole = with_losses(problem, list(made.bought))
        counts = [dict(on) for on in made.counts]
        assert not list(breaches(with_bought_nodes(problem, made), made.ring_of, counts)), seed
        survived = lasts(whole, made.ring_of, counts)
        assert not survived or (cost is not None and made.cost >= cost), seed
        known += cost is not None
        same += survived and made.cost == cost
        proven += bool(cost) and made.bound == cost
    assert same >= known * 0.95
    assert proven > known * 0.5
