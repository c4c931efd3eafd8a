"""Types of pods divided among pools."""

import numpy as np
import pytest

from planner.solve.node_pools.anneal.chains import NO_WAY
from planner.solve.node_pools.anneal.one_pool_per_shape import OnePoolPerShape, count_nodes
from planner.solve.node_pools.instance.ring import instance_of
from planner.solve.tuning.pools import POOLS
from tests.goods import goods
from tests.solve.node_pools.small_stock import problem, stock

ROUNDS = POOLS.anneal.rounds


@pytest.mark.parametrize("over", [True, False])
def test_a_search_for_divisions_ends_when_it_is_over(over):
    there = stock(problem(0))
    types = [t for t, ring in enumerate(there.market.ring_of) if ring == 0]
    chains = OnePoolPerShape(instance_of(there, 0, types, range(len(there.market.kinds))), 250, 4, np.random.default_rng(1))
    begun = chains.at.copy()
    found, _ = chains.run(300, lambda: over)
    assert (found == begun).all() == over


@pytest.mark.parametrize(
    ("types", "slack", "count"),
    [
        pytest.param([(10, 1)], 1000, 1, id="one node is filled to the brim"),
        pytest.param([(1, 3), (7, 1)], 1000, 1, id="by whatever is on it"),
        pytest.param(
            [(1, 3), (14, 1)], 1000, 2, id="of two nodes each has half of the small ones, and room for a large one: 7 and 10"
        ),
        pytest.param([(1, 3), (15, 1)], 1000, 3, id="a little more needs a third"),
        pytest.param([(2, 3), (14, 1)], 1000, 2, id="two large ones are shared out: 10 and 10"),
        pytest.param([(3, 3), (11, 1)], 1000, 3, id="but a third is not"),
        pytest.param([(1, 3), (17, 1)], 0, 2, id="without slack all are filled"),
        pytest.param([(1, 3), (15, 1)], 500, 2, id="with half of it half a pod is lost"),
        pytest.param([(1, 10), (11, 1)], 1000, NO_WAY, id="a pod as large as a node is never sure to find one that nobody is on"),
    ],
)
def test_a_pool_has_room_for_one_more_of_each_type_on_every_node_unless_all_have_equally_many(types, slack, count):
    given = goods(*[(pods, cpu, 0) for pods, cpu in types], capacity=((10, 10, 100),))
    load = (given.requests * given.pods[:, None]).sum(axis=0)
    members = np.ones((1, len(types)), dtype=bool)
    assert count_nodes(given, np.array([0]), members, load[None], np.array([0]), slack, ROUNDS).tolist() == [count]


def test_pools_side_by_side_have_room_for_their_own_pods_alone():
    given = goods((1, 9, 0), (14, 1, 0), (3, 5, 0), capacity=((10, 10, 100), (20, 20, 100)), price=(100, 150))
    members = np.array([[False, True, False], [False, True, True], [True, False, False]])
    load = (given.requests * given.pods[:, None] * members[:, :, None]).sum(axis=1)
    found = count_nodes(given, np.array([0, 1, 0]), members, load, np.array([0, 2, 0]), 1000, ROUNDS)
    alone = [
        count_nodes(given, np.array([kind]), members[[at]], load[[at]], np.array([0]), 1000, ROUNDS)
        for at, kind in enumerate((0, 1, 0))
    ]
    assert found.tolist() == [2, 2, 1] == [int(one[0]) for one in alone]
    assert count_nodes(given, np.array([0]), members[:1], load[:1], np.array([5]), 1000, ROUNDS).tolist() == [5]
