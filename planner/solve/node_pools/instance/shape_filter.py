"""Which kinds of nodes are worth looking at, of many."""

import numpy as np

from planner.solve.node_pools.instance.ring import Bools, RingInstance
from planner.solve.tuning.pools import POOLS, PoolTuning


def worthwhile_kinds(goods: RingInstance, tuning: PoolTuning = POOLS) -> list[int]:
    """Return all kinds, or of many those that no other one can take the place of for less, and that cost some type least.

    A rule of thumb: a kind that nobody would have alone may be cheap for several together.
    """
    if len(goods.price) <= tuning.few_kinds:
        return list(range(len(goods.price)))
    kinds = np.flatnonzero(~_is_replaced(goods))
    if len(kinds) > tuning.most_kinds:
        room = np.maximum(goods.capacity[kinds], 1)
        share = (goods.requests[:, None] / room).max(axis=2) * goods.price[kinds]
        ranked = np.where(goods.fit[:, kinds] > 0, share, np.inf).argsort(axis=1, kind="stable")
        first = list(dict.fromkeys(ranked.T.ravel().tolist()))
        kinds = kinds[sorted(first[: max(tuning.most_kinds, len(set(ranked[:, 0].tolist())))])]
    result: list[int] = kinds.tolist()
    return result


def _is_replaced(goods: RingInstance) -> Bools:
    """Say of which kinds another one does all that they do, at no higher price and in all their zones."""
    some, price, fit = goods.capacity, goods.price, goods.fit.T
    zones = np.array([[zone in there for zone in sorted(set().union(*goods.zones))] for there in goods.zones])
    result = np.zeros(len(price), dtype=np.bool_)
    for j in range(len(price)):
        does = (some >= some[j]).all(axis=1) & (fit >= fit[j]).all(axis=1) & (zones >= zones[j]).all(axis=1) & (price <= price[j])
        # of kinds that are alike the first stays: none before it counts as the same
        same = does & (some <= some[j]).all(axis=1) & (price == price[j]) & (np.arange(len(price)) >= j)
        result[j] = (does & ~same & (goods.most >= goods.pods.sum())).any()
    return result
