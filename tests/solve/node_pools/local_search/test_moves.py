"""Changes of what types prefer: whatever is drawn is sound, and where there are pools those come first that leave them room."""

from collections import Counter
from fractions import Fraction

import numpy as np
import pytest

from planner.solve.node_pools.local_search.moves import Moves
from planner.solve.tuning.pools import POOLS, LocalSearchTuning, PoolTuning
from tests.goods import TWO, goods, liking

LARGE, SMALL, MIDDLE = (2, 7, 7), (3, 2, 2), (4, 4, 4)
NODES = ((0, 2), (1, 4))
NOBODY = np.array([], dtype=np.int64)
GIB = 2**30


def drawn(given, liked, nodes=NODES, short=NOBODY, seed=1, **tuning):
    return Moves(given, np.random.default_rng(seed), PoolTuning(local_search=LocalSearchTuning(**tuning))).draw(
        liked, nodes, short
    )


def lacking(given, liked, nodes, slack):
    """Return the price of what pools lack, in fractions, one pool after the other."""
    total = Fraction(0)
    for kind, count in nodes:
        worst = Fraction(0)
        for r in range(given.requests.shape[1]):
            lost, load = [], Fraction(0)
            for t in range(len(given.pods)):
                part = Fraction(int(liked[t, kind]), max(1, sum(int(liked[t, other]) for other, _ in nodes)))
                load += part * int(given.pods[t] * given.requests[t, r])
                lost.append(part * int(-given.pods[t] % count * given.requests[t, r]))
            extra = (max(lost) * slack + (sum(lost) - max(lost)) * POOLS.anneal.others) / 1000
            room = count * int(given.capacity[kind, r])
            worst = max(worst, min((load + extra - room) / room, Fraction(1)))
        total += worst * int(given.price[kind]) * count
    return total


@pytest.mark.parametrize("scale", [pytest.param(1, id="plain numbers"), pytest.param(GIB, id="bytes")])
@pytest.mark.parametrize("seed", range(20))
def test_what_pools_lack_is_what_plain_fractions_say(seed, scale):
    rng = np.random.default_rng(seed)
    types = [(int(pods), int(cpu) * 1000, int(memory) * scale) for pods, cpu, memory in rng.integers(1, 9, size=(5, 3))]
    given = goods(*types, capacity=((9_000, 9 * scale, 20), (12_000, 8 * scale, 20)), price=(100_000, 90_000))
    liked, nodes = rng.random((4, 5, 2)) < 0.6, ((0, 2), (1, 3))
    found = Moves(given, rng).lacking(liked, nodes, 800)
    assert found.tolist() == pytest.approx([float(lacking(given, one, nodes, 800)) for one in liked], abs=20, rel=1e-3)
    assert (found > 0).any()


@pytest.mark.parametrize("copies", [pytest.param(1, id="shapes"), pytest.param(2, id="pools")])
@pytest.mark.parametrize("seed", range(10))
def test_each_change_is_another_one_in_which_every_type_has_a_kind_that_is_there_and_takes_it(seed, copies):
    given = goods(LARGE, SMALL, MIDDLE, (1, 9, 9), **TWO).in_pools(copies)
    nodes = NODES if copies == 1 else ((0, 2), (1, 2), (3, 2))
    before = given.likable(liking(0, 1, 1, 0, width=len(given.price)))
    made = drawn(given, before, nodes, np.array([0]), seed)
    assert 0 < len(made) <= POOLS.local_search.breadth
    for one in made:
        assert (one != before).any()
        assert not (one & (given.fit == 0)).any()
        assert one[:, [kind for kind, _ in nodes]].any(axis=1).all()


def test_a_resource_that_hardly_anybody_asks_for_is_never_lacking():
    given = goods((1, 1, 1), (2, 0, 1), capacity=((1 << 45, 1 << 45, 1 << 20),), price=(100_000,))
    assert Moves(given, np.random.default_rng(1)).lacking(np.ones((1, 2, 1), dtype=bool), ((0, 4000),), 900).tolist() == [0]


def test_what_is_left_out_is_changed_more_often():
    given = goods(*[(2, 2, 2)] * 12, **TWO)
    before = liking(*[0, 1] * 6, width=2)

    def changed(short):
        often = Counter[int]()
        for seed in range(40):
            for one in drawn(given, before, short=short, seed=seed):
                often.update(np.flatnonzero((one != before).any(axis=1)).tolist())
        return often[7] / max(often.total(), 1)

    assert changed(np.array([7])) > 2 * changed(NOBODY)


def test_where_there_are_pools_a_change_that_leaves_them_room_is_tried_rather_than_one_that_does_not(monkeypatch):
    """Two pools of two large nodes: one is full, and in the other there is room for the small ones alone."""
    given = goods((4, 4, 4), (2, 8, 8), (2, 2, 2), (2, 1, 1), **TWO).in_pools(2)
    nodes, before = ((0, 2), (2, 2)), liking(0, 2, 0, 0, width=4)
    exact = {"noise": 1 << 40, "breadth": 1}
    firsts = [drawn(given, before, nodes, seed=seed, **exact)[0] for seed in range(20)]
    price = [float(lacking(given, one, nodes, 500)) for one in firsts]
    assert max(price) == 0
    monkeypatch.setattr(Moves, "_rank", lambda self, liked, nodes: list(range(len(liked))))
    assert max(float(lacking(given, drawn(given, before, nodes, seed=seed, **exact)[0], nodes, 500)) for seed in range(20)) > 0


def test_where_there_are_pools_no_change_is_tried_twice():
    given = goods(LARGE, SMALL, **TWO).in_pools(2)
    made = drawn(given, given.likable(liking(0, 2, width=4)), ((0, 2), (2, 2)))
    assert len({one.tobytes() for one in made}) == len(made) > 1


def test_one_type_changes_places_with_two_of_another_pool_at_times():
    given = goods(*[(2, 2, 2)] * 6, **TWO).in_pools(2)
    before = liking(0, 0, 0, 2, 2, 2, width=4)
    made = [one for seed in range(40) for one in drawn(given, before, ((0, 4), (2, 4)), seed=seed)]
    assert {1, 2, 3} <= {int((one[:, 0] != before[:, 0]).sum()) for one in made}


def test_with_many_types_and_pools_fewer_changes_are_drawn(monkeypatch):
    given = goods(*[(2, 2, 2)] * 6, **TWO).in_pools(2)
    before, tried, real = liking(0, 0, 0, 2, 2, 2, width=4), [], Moves._draw
    monkeypatch.setattr(Moves, "_draw", lambda self, *given: tried.append(1) or real(self, *given))
    for cells, tries in ((1 << 40, POOLS.local_search.more_tries), (12 * 10, 10), (0, POOLS.local_search.breadth)):
        tried.clear()
        drawn(given, before, ((0, 4), (2, 4)), most_cells=cells)
        assert len(tried) == tries
