"""Types of pods divided among pools of equal nodes, of which a shape may have several."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from planner.solve.node_pools.anneal.chains import FINE, NO_WAY
from planner.solve.node_pools.anneal.equal_pools import EqualPools
from planner.solve.node_pools.anneal.pool_sizing import PoolSizing
from planner.solve.tuning.pools import POOLS, AnnealTuning, PoolTuning
from tests.goods import TWO, goods

SLACK = 1000


def everybody(given):
    return np.ones((1, len(given.pods)), dtype=bool)


def cheapest(given, members, slack=SLACK, tuning=POOLS):
    """Return kind, number and price of the nodes for one pool."""
    fit = PoolSizing(given, slack, tuning)
    return tuple(int(one[0]) for one in fit.cheapest(fit.pools(members, members @ fit.demand)))


def does(given, members, kind, count, slack=SLACK, others=POOLS.anneal.others):
    """Say by plain arithmetic whether so many nodes of a kind hold these members."""
    mine = [t for t in range(len(given.pods)) if members[t]]
    if any(not given.fit[t, kind] or -(-given.pods[t] // given.fit[t, kind]) > count for t in mine):
        return False
    for r in range(given.requests.shape[1]):
        lost = sorted((int(-given.pods[t] % count * given.requests[t, r]) for t in mine), reverse=True)
        extra = (sum(lost[:1]) * slack + sum(lost[1:]) * others) // 1000
        if sum(given.pods[t] * given.requests[t, r] for t in mine) + extra > count * given.capacity[kind, r]:
            return False
    return True


@pytest.mark.parametrize(
    ("types", "slack", "count"),
    [
        pytest.param([(10, 1)], 1000, 1, id="one node is filled to the brim"),
        pytest.param([(1, 3), (14, 1)], 1000, 2, id="half of the small ones on each of two, and room for a large one: 7 and 10"),
        pytest.param([(1, 3), (15, 1)], 1000, 3, id="a little more needs a third"),
        pytest.param([(2, 3), (14, 1)], 1000, 2, id="two large ones are shared out: 10 and 10"),
        pytest.param([(1, 3), (17, 1)], 0, 2, id="without slack all are filled"),
        pytest.param([(1, 3), (15, 1)], 500, 2, id="with half of it half a pod is lost"),
    ],
)
def test_a_pool_has_room_for_one_more_of_each_type_on_every_node_unless_all_have_equally_many(types, slack, count):
    given = goods(*[(pods, cpu, 0) for pods, cpu in types], capacity=((10, 10, 100),))
    assert cheapest(given, everybody(given), slack) == (0, count, 100 * count)


@pytest.mark.parametrize("seed", range(30))
def test_the_cheapest_nodes_are_those_that_trying_them_all_finds(seed):
    rng = np.random.default_rng(seed)
    types = [(int(rng.integers(1, 9)), int(rng.integers(0, 9)), int(rng.integers(0, 9))) for _ in range(4)]
    given = goods(*types, capacity=((10, 10, 20), (8, 6, 20), (5, 12, 20)), price=(100, 70, 90), most=rng.integers(1, 9, 3))
    members = rng.random((1, 4)) < 0.6
    prices = [
        int(count * given.price[kind])
        for kind, count in product(range(3), range(1, 9))
        if count <= given.most[kind] and does(given, members[0], kind, count, others=700)
    ]
    _, _, price = cheapest(given, members, tuning=PoolTuning(anneal=AnnealTuning(others=700)))
    assert price == (min(prices, default=NO_WAY) if members.any() else 0)


@pytest.mark.parametrize(
    ("more", "zones", "count"),
    [
        pytest.param({}, ((0, 1, 2),), 4, id="nobody is spread: as many as are needed"),
        pytest.param({"skew": (0, 1)}, ((0, 1, 2),), 6, id="one is: as many in each of three zones"),
        pytest.param({"skew": (0, 1)}, ((0, 1),), 4, id="in each of two"),
        pytest.param({"apart": ((0, 1), (1, 0))}, ((0,),), None, id="those who keep apart are in no pool together"),
        pytest.param({"apart": ((1, 0), (0, 0))}, ((0,),), 4, id="who keeps apart from its like is"),
        pytest.param({"most": (4,)}, ((0,),), 4, id="there are enough of the shape"),
        pytest.param({"most": (3,)}, ((0,),), None, id="there are too few"),
    ],
)
def test_a_pool_obeys_the_rules_between_its_pods_and_takes_no_more_nodes_than_there_are(more, zones, count):
    given = goods((4, 5, 5), (4, 5, 5), zones=zones, **{name: np.array(value, dtype=_kind(name)) for name, value in more.items()})
    kind, number, price = cheapest(given, everybody(given), 0)
    assert (None if price == NO_WAY else number) == count
    assert kind == 0


@pytest.mark.parametrize(("skew", "count"), [pytest.param(0, 4, id="one node more"), pytest.param(1, 6, id="one in each zone")])
def test_where_a_pool_has_too_few_nodes_it_gets_more_of_them(skew, count):
    given = goods((25, 1, 1), (2, 2, 2), zones=((0, 1, 2),), skew=(skew, 0))
    assert not does(given, (True, True), 0, 3)
    assert cheapest(given, everybody(given)) == (0, count, 100 * count)


@pytest.mark.parametrize(("fit", "count"), [(1, 3), (2, 2), (3, 1)])
def test_a_node_takes_no_more_pods_of_a_type_than_its_rules_allow_however_small_they_are(fit, count):
    given = goods((3, 1, 1), fit=((fit,),))
    assert cheapest(given, everybody(given)) == (0, count, 100 * count)


def test_pools_that_would_score_more_than_asked_for_are_not_looked_for():
    given = goods(*[(2, 5, 5), (3, 2, 2), (4, 4, 4), (5, 1, 3)], **TWO)
    fit = PoolSizing(given, SLACK)
    members = np.array(list(product([False, True], repeat=4)))
    pools = fit.pools(members, members @ fit.demand)
    scores = fit.scores(pools)
    assert (fit.scores(pools, scores) == scores).all()
    assert (fit.scores(pools, scores // 2)[1:] == NO_WAY).all()


def _kind(name):
    return bool if name == "apart" else np.int64


SMALL = [
    [(2, 7, 7), (3, 2, 2), (4, 4, 4), (5, 1, 3)],
    [(1, 9, 1), (6, 1, 1), (2, 5, 5), (3, 3, 2), (4, 2, 5)],
    [(8, 2, 1), (8, 1, 2), (3, 5, 5), (1, 8, 8)],
]


@pytest.mark.parametrize("types", SMALL)
def test_the_best_division_of_few_types_is_found(types):
    given = goods(*types, **TWO).in_pools(3)
    least = NO_WAY
    for where in product(range(3), repeat=len(types)):
        pools = [[at == k for at in where] for k in sorted(set(where))]
        prices = [
            min(
                (
                    int(count * given.price[kind])
                    for kind, count in product(range(2), range(1, 30))
                    if does(given, one, kind, count)
                ),
                default=NO_WAY,
            )
            for one in pools
        ]
        least = min(least, sum(prices))
    search = EqualPools(given, SLACK, 16, np.random.default_rng(1), given.copies)
    found, _ = search.run(400)
    made = [search.division(one) for one in found]
    assert min(given.cost(nodes) for nodes, _ in made) == least


def test_what_is_known_of_a_search_is_what_its_divisions_are():
    given = goods(*SMALL[1], **TWO).in_pools(3)
    search = EqualPools(given, SLACK, 8, np.random.default_rng(2), given.copies)
    found, scores = search.run(200)
    load, score, total = search.load.copy(), search.score.copy(), search.total.copy()
    again = EqualPools(given, SLACK, 8, np.random.default_rng(2), given.copies)
    again.at = search.at
    for k in range(3):
        members = search.at == k
        assert (load[:, k] == members @ search.fitting.demand).all()
        assert (score[:, k] == search.fitting.scores(search.fitting.pools(members, load[:, k]))).all()
    assert (total == score.sum(axis=1)).all()
    costs = [FINE * given.cost(search.division(one)[0]) for one in found]
    assert all(cost <= scored < cost * 2 for cost, scored in zip(costs, scores.tolist(), strict=True))


def test_nothing_is_lost_where_nothing_may_be():
    given = goods(*[(3, 2, 2)] * 4, *[(4, 1, 1)] * 8, **TWO).in_pools(4)
    search = EqualPools(given, SLACK, 32, np.random.default_rng(3), given.copies)
    search.run(30)
    for _ in range(300):
        before = search.total.copy()
        search._move(np.zeros(32, dtype=np.int64))
        assert (search.total <= before).all()
        assert (search.load == np.stack([(search.at == k) @ search.fitting.demand for k in range(4)], axis=1)).all()


def test_each_pool_of_a_shape_has_a_copy_of_it_that_its_own_types_prefer():
    given = goods((2, 5, 5), (2, 5, 5), (2, 4, 4), **TWO).in_pools(3)
    search = EqualPools(given, SLACK, 4, np.random.default_rng(1), given.copies)
    nodes, liked = search.division(np.array([2, 0, 2]))
    assert [(kind % 2, kind // 2) for kind, _ in nodes] == [(0, 0), (0, 1)]
    assert liked.sum(axis=1).tolist() == [1, 1, 1]
    assert (liked[0] == liked[2]).all()
    assert not (liked[0] & liked[1]).any()
    assert {int(np.flatnonzero(one)[0]) for one in liked} == {kind for kind, _ in nodes}


def test_a_division_without_a_way_is_none():
    given = goods((1, 50, 50), (1, 1, 1), **TWO).in_pools(2)
    assert EqualPools(given, SLACK, 4, np.random.default_rng(1), given.copies).division(np.array([0, 1])) is None


@pytest.mark.parametrize("over", [True, False])
def test_a_search_ends_when_it_is_over(over):
    given = goods(*SMALL[0], **TWO).in_pools(3)
    search = EqualPools(given, SLACK, 4, np.random.default_rng(1), given.copies)
    begun = search.at.copy()
    found, _ = search.run(300, lambda: over)
    assert (found == begun).all() == over


def test_copies_of_goods_are_told_apart_and_otherwise_alike():
    given = goods(*SMALL[0], **TWO)
    made = replace(given, alike=np.ones((2, 2), dtype=bool)).in_pools(3)
    assert made.copies == 3
    assert (made.price == [*given.price] * 3).all()
    assert (made.fit == np.concatenate([given.fit] * 3, axis=1)).all()
    assert made.alike.sum() == 6
    once = made.single()
    assert (once.copies, once.price.tolist(), once.fit.tolist()) == (1, given.price.tolist(), given.fit.tolist())
    assert (once.capacity.tolist(), once.zones) == (given.capacity.tolist(), given.zones)
    assert not made.are_to_be_had(made.counts(((0, 60), (2, 60))))
    assert made.are_to_be_had(made.counts(((0, 60), (1, 60))))
