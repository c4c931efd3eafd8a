"""Drops kinds that are never needed: another has as much room for all that may be there, costs no more, and never runs out."""

from dataclasses import replace

import numpy as np

from planner.solve.buy.market.types import Bools, Market
from planner.solve.runtime.lp import Ints


def without_dominated(market: Market, few: int) -> Market:
    """Return the market without pods on kinds that another one replaces; of two that are alike the first stays.

    Where there are no more than a `few` kinds little is to be gained.
    """
    if len(market.kinds) <= few:
        return market
    endless = market.most[market.pool] >= market.counts.sum()
    allowed = market.allowed.copy()
    # the dearest and last go first, and who is dropped replaces nobody: of two that replace each other one stays
    for j in sorted(range(len(market.kinds)), key=lambda j: (-market.price[j], -j)):
        if market.kinds[j].nodes:
            continue
        better = endless & _roomier(market, j) & (market.price <= market.price[j]) & allowed.any(axis=0)
        better &= (allowed | ~market.allowed[:, [j]]).all(axis=0)
        better &= np.array([kind.zones == market.kinds[j].zones and not kind.nodes for kind in market.kinds])
        better[j] = False
        if better.any():
            allowed[:, j] = False
    return replace(market, allowed=allowed)


def _roomier(market: Market, j: int) -> Bools:
    """Say which kinds have as much room as a kind has, in every ring."""
    result: Bools = (market.room >= market.room[j]).all(axis=(1, 2))
    return result


def stand_ins(market: Market, kept: Market) -> Ints:
    """Return for each kind the one whose prices hold for it too: itself, or what replaces one that was dropped."""
    stand_in, used = np.arange(len(market.kinds)), kept.allowed.any(axis=0)
    for j in np.flatnonzero(market.allowed.any(axis=0) & ~used):
        # what replaced it may have been dropped in turn: then what replaced that does for both
        better = used & _roomier(market, int(j)) & (market.price <= market.price[j])
        better &= (kept.allowed | ~market.allowed[:, [j]]).all(axis=0)
        stand_in[j] = int(np.flatnonzero(better)[0])
    return stand_in
