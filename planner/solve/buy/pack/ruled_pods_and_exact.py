"""Places the pods whose rules have to be asked each time, and small problems exactly: on nodes, bought and still to be bought."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from models.solver.problem import Problem
from planner.solve.buy.pack.assignment import Placement
from planner.solve.exact.solve import Exact
from planner.solve.heuristics.cluster_state import Occupancy
from planner.solve.heuristics.feasibility_repair import restore
from planner.solve.instance.arrays import Facts, facts_of
from planner.solve.instance.assignment import Plan, missing
from planner.solve.instance.offers_as_nodes import extended
from planner.solve.runtime.budget import Limits
from planner.solve.runtime.cp_sat import Clock
from planner.solve.runtime.lp import Ints

MOST_SPARES = 400
PER_PAIR = 40
"""An exact search of what to buy takes so much more than one of where to place."""


def with_spares(problem: Problem, made: Placement, most: int, budget: int | None = None) -> tuple[Placement, Problem]:
    """Add nodes that could be bought, up to so many of each offer, and let unused ones choose their ring.

    With a budget there are no more of an offer than it pays for. Offers of one shape share what there is of it: that is for the
    caller to see to.
    """
    new: list[int] = []
    for o, offer in enumerate(problem.offers):
        used = made.extra.count(o)
        paid = MOST_SPARES if budget is None or not offer.price else max(0, budget // offer.price - used)
        new += [o] * min(most, problem.most[offer.shape] - used, MOST_SPARES, paid)
    wider = Placement([*made.extra, *new], [*made.ring_of, *(-1 for _ in new)], [dict(on) for on in made.counts])
    whole = extended(problem, [(o, problem.offers[o].rings) for o in wider.extra])
    return wider, whole


@dataclass(slots=True)
class Careful:
    """One go at the pods that have no place yet."""

    problem: Problem
    made: Placement
    shape: list[int] = field(default_factory=list)
    left: list[int] = field(default_factory=list)

    def place(self) -> Placement:
        """Place them one by one, on nodes of their ring first, then on the cheapest further node."""
        short = self.made.missing(self.problem)
        wider, whole = with_spares(self.problem, self.made, sum(short))
        facts = facts_of(whole)
        cluster = restore(facts, Plan(tuple(wider.ring_of), tuple(wider.counts)))
        price = np.array([node.price for node in whole.nodes], dtype=np.int64)
        self.shape = [-1 for _ in self.problem.nodes] + [self.problem.offers[o].shape for o in wider.extra]
        self.left = list(self.problem.most)
        for n, ring in enumerate(wider.ring_of):
            self._use(n, ring >= 0)
        for c in self._order(facts, short):
            for _ in range(short[c]):
                node = self._node(cluster, c, price)
                if node is None:
                    break
                cluster.put(c, node, 1)
        counts = [{int(n): int(row[n]) for n in np.flatnonzero(row)} for row in cluster.counts]
        return Placement(wider.extra, cluster.ring_of.tolist(), counts)

    def _use(self, node: int, used: bool) -> None:
        if used and self.shape[node] >= 0:
            self.left[self.shape[node]] -= 1

    def _order(self, facts: Facts, short: Sequence[int]) -> list[int]:
        """Order: higher priority first; whom others need before those who need them; big before small."""
        owners = {rule.owner: len(set(rule.targets) - {rule.owner}) for rule in self.problem.togethers}
        share = (facts.requests / np.maximum(facts.capacity.max(axis=0, initial=1), 1)).max(axis=1, initial=0)
        return sorted(
            (c for c in facts.plain if short[c]),
            key=lambda c: (-self.problem.classes[c].priority, owners.get(c, 0), -float(share[c]), c),
        )

    def _node(self, cluster: Occupancy, c: int, price: Ints) -> int | None:
        """Return the fullest node of the ring that takes the pod, else the cheapest that could join, which then does."""
        nodes, _ = cluster.room(c)
        if len(nodes):
            left = (cluster.free[nodes] / np.maximum(cluster.facts.capacity.max(axis=0), 1)).sum(axis=1)
            return int(nodes[int(np.argmin(left))])
        ring = int(cluster.facts.ring_of_class[c])
        if ring < 0 or cluster.is_full(ring):
            return None
        open_ = (cluster.ring_of < 0) & cluster.facts.usable[:, ring] & (cluster.facts.fit[c] > 0)
        for n in sorted(np.flatnonzero(open_).tolist(), key=lambda n: (int(price[n]), n)):
            if self.shape[n] >= 0 and not self.left[self.shape[n]]:
                continue
            cluster.give(n, ring)
            found, _ = cluster.room(c)
            if n in found.tolist():
                self._use(n, True)
                return int(n)
            cluster.give(n, -1)
        return None


def exactly(problem: Problem, made: Placement, bound: int, limits: Limits, clock: Clock) -> Placement | None:
    """Search all placements of a small problem for the cheapest that leaves the fewest pods out; None if it is not small."""
    if len(problem.classes) * len(made.ring_of) > limits.exact:
        return None
    pods = sum(c.count for c in problem.classes if not c.daemon)
    budget = None if any(made.missing(problem)) else made.cost(problem)
    wider, whole = with_spares(problem, made, min(pods, 12), budget)
    facts = facts_of(whole)
    if int((facts.fit > 0).sum()) > limits.exact // PER_PAIR:
        return None
    start = wider.with_daemons(problem)
    exact = Exact(facts, limits, clock, Plan(tuple(start.ring_of), tuple(start.counts)), idle=True)
    for shape, most in enumerate(problem.most):
        nodes = [len(problem.nodes) + at for at, o in enumerate(wider.extra) if problem.offers[o].shape == shape]
        exact.model.linear([(1, lit) for n in nodes for lit in exact.variables.rings_of(n).values()], high=most)
    for priority in sorted({c.priority for c in problem.classes if not c.daemon}, reverse=True):
        exact.place(priority)
    terms = tuple(
        (node.price, lit) for n, node in enumerate(whole.nodes) if node.price for lit in exact.variables.rings_of(n).values()
    )
    if terms:
        prices = [node.price for node in whole.nodes]
        least = 0 if any(missing(whole, exact.found())) else bound
        exact.minimize(terms, lambda plan: sum(p for p, r in zip(prices, plan.ring_of, strict=True) if r >= 0), least)
    plan = exact.found()
    return Placement(wider.extra, list(plan.ring_of), [dict(on) for on in plan.counts])
