"""Rates at which a ring's nodes are charged, and what whole counts of its nodes cost at least by them."""

from dataclasses import dataclass, field

import numpy as np

from planner.solve.buy.bound.ring_lp import RingGroups
from planner.solve.runtime.lp import Floats

NOISE = 1e-9
"""A fact of rounding: the charge for a node's room differs by so little from its price where it is the price."""
PLENTY = 1e9
"""No number to set: it stands for counts without a limit, at which nothing may be saved."""


@dataclass(slots=True)
class DualCuts:
    """All rates that the sums have come to: by rates[m] pods are worth worth[m], nodes of group g cost over or under their room.

    `over[m, g]` is what they cost beyond the charge for their room, `under[m, g]` what they cost less, which is below zero.
    """

    group: RingGroups
    price: Floats
    rates: list[Floats] = field(default_factory=list)
    worth: Floats = field(init=False)
    over: Floats = field(init=False)
    under: Floats = field(init=False)
    _known: set[bytes] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Begin with none."""
        self.worth, self.over, self.under = np.zeros(0), np.zeros((0, len(self.price))), np.zeros((0, len(self.price)))

    def learn(self, rates: Floats) -> None:
        """Add rates[g, k], unless they are known."""
        charged = (rates * self.group.room).sum(axis=1)
        # the simplex comes to the same rates again and again, but for the last digits
        key = np.round(charged / np.maximum(self.price, NOISE), 7).tobytes()
        if key in self._known:
            return
        self._known.add(key)
        charges = np.where(self.group.allowed, self.group.requests @ rates.T, np.inf).min(axis=1)
        beyond = self.price - charged
        # without a limit on nodes, noise below zero would count PLENTY times
        beyond[np.abs(beyond) <= NOISE * np.maximum(1.0, self.price)] = 0.0
        self.rates.append(rates)
        self.worth = np.append(self.worth, float(charges @ self.group.counts))
        self.over = np.vstack([self.over, beyond.clip(min=0)])
        self.under = np.vstack([self.under, beyond.clip(max=0)])

    def costs(self, low: Floats, high: Floats) -> Floats:
        """Return what counts between low and high cost at least by each of the rates."""
        result: Floats = self.worth + self.over @ low + self.under @ np.minimum(high, PLENTY)
        return result

    def best(self, low: Floats, high: Floats) -> float:
        """Return what such counts cost at least by the best rates."""
        return float(self.costs(low, high).max(initial=0.0))
