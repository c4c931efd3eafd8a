"""Sets that hold every group once: the cheapest, the next one, and none, held against trying all."""

import random
from itertools import combinations

import pytest

from planner.solve.exact.set_partition import SetPartition
from planner.solve.runtime.deadline import Deadline

NEVER = Deadline(None)


def everything(sets, costs, fewest, most, apart):
    """Return what every choice of sets that holds each group once comes to, cheap ones first, then few ones."""
    groups = {group for one in sets for group in one}
    found = []
    for size in range(fewest, most + 1):
        for chosen in combinations(range(len(sets)), size):
            inside = [group for at in chosen for group in sets[at]]
            if sorted(inside) == sorted(groups) and not any(set(pair) <= set(chosen) for pair in apart):
                found.append((sum(costs[at] for at in chosen), size, chosen))
    return sorted(found)


@pytest.mark.parametrize("seed", range(40))
def test_covers_come_in_the_order_of_their_bounds_until_there_are_none(seed):
    luck = random.Random(seed)
    names = "abcde"[: luck.randint(2, 5)]
    every = [one for size in range(1, len(names) + 1) for one in combinations(names, size)]
    sets = [*((name,) for name in names), *(one for one in every if len(one) > 1 and luck.random() < 0.4)]
    costs = [luck.randint(0, 4) * 10 for _ in sets]
    fewest, most = luck.choice(((0, len(names)), (1, 2), (2, 2)))
    apart = [pair for pair in combinations(range(len(sets)), 2) if luck.random() < 0.1]
    covers = SetPartition(sets, costs, fewest, most, apart, work=4.0)
    for cost, size, _ in everything(sets, costs, fewest, most, apart):
        found = covers.cheapest(NEVER)
        assert (sum(costs[at] for at in found.chosen), len(found.chosen)) == (cost, size)
        assert found.best
        assert found.bound == cost
        covers.rule_out(found.chosen)
    assert covers.cheapest(NEVER).none
