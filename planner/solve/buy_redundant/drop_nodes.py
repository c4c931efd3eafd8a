"""A small purchase made cheaper: one node less, or a cheaper one in its place, where a search still finds room for all pods.

Rings are free to trade nodes meanwhile, own and bought; what stands at the end is a purchase again, under the same proof.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from models.solver.outcome import FEASIBLE, Outcome
from models.solver.problem import Problem
from models.solver.purchase import Purchase
from planner.solve.instance.arrays import facts_of
from planner.solve.instance.offers_as_nodes import with_bought_nodes
from planner.solve.instance.ring_sizes import keeps_ring_sizes, with_ring_minimums, without_ring_minimums
from planner.solve.place.complete import complete
from planner.solve.runtime.search_context import SearchContext


def drop_nodes(problem: Problem, purchase: Purchase, context: SearchContext) -> Purchase:
    """Return the purchase, or a cheaper one where it is small, and places all pods."""
    tuning = context.tuning.redundancy
    nodes = len(problem.nodes) + len(purchase.bought)
    small = len(problem.classes) * nodes <= tuning.drop_pairs and len(purchase.bought) <= tuning.drop_bought
    if not small or any(purchase.unplaced) or not purchase.bought:
        return purchase
    return _Dropping(problem, purchase, context.with_budget(work=tuning.drop_work, conflict=0.0)).save()


@dataclass(slots=True)
class _Dropping:
    """Tries what is cheaper, the greatest savings first, a limited number of times."""

    problem: Problem
    found: Purchase
    context: SearchContext
    trials: int = 0

    def save(self) -> Purchase:
        """Go on until nothing that is cheaper was found to do."""
        while self._is_worth_it() and (better := self._better()):
            self.found = better
            self.context.progress("making the purchase cheaper")
        return self.found

    def _is_worth_it(self) -> bool:
        return self.found.cost - self.found.bound > self.context.gap * self.found.cost

    def _better(self) -> Purchase | None:
        for bought in self._cheaper():
            if self.trials >= self.context.tuning.redundancy.drop_trials or self.context.deadline.over():
                return None
            self.trials += 1
            purchase = self._place(bought)
            if purchase is not None and purchase.cost < self.found.cost:
                return purchase
        return None

    def _cheaper(self) -> Iterator[tuple[int, ...]]:
        """Yield the offers with one node less, or with a cheaper one in its place, where that is not proven to cost too little.

        Of what is alike only the first.
        """
        offers = self.problem.offers
        kinds = sorted(set(self.found.bought))
        changes = [(offers[kind].price, kind, -1) for kind in kinds]
        changes += [
            (offers[kind].price - offers[other].price, kind, other)
            for kind in kinds
            for other in range(len(offers))
            if offers[other].price < offers[kind].price and self._is_left(kind, other)
        ]
        # no purchase costs less than the bound, so greater savings are not tried
        most = self.found.cost - self.found.bound
        gainful = [change for change in changes if change[0] <= most]
        for _, dropped, taken in sorted(gainful, key=lambda change: (-change[0], change[1:])):
            rest = list(self.found.bought)
            rest.remove(dropped)
            yield tuple(sorted([*rest, *([taken] if taken >= 0 else [])]))

    def _is_left(self, dropped: int, taken: int) -> bool:
        """Say whether one more node of the other offer's shape can be had, once one of this offer is not bought."""
        shapes = [self.problem.offers[offer].shape for offer in self.found.bought]
        wanted = self.problem.offers[taken].shape
        return shapes.count(wanted) - (self.problem.offers[dropped].shape == wanted) < self.problem.most[wanted]

    def _place(self, bought: tuple[int, ...]) -> Purchase | None:
        """Place all pods on the own nodes and these; None where that was not found."""
        extra = [(offer, self.problem.offers[offer].rings) for offer in bought]
        whole = with_bought_nodes(without_idle(self.problem, self.found), extra)
        plan = complete(facts_of(with_ring_minimums(whole)), self.context)
        if plan is None:
            return None
        counts = tuple(tuple(sorted(on.items())) for on in plan.counts)
        outcome = without_ring_minimums(whole, Outcome(FEASIBLE, plan.ring_of, counts, (0,) * len(counts), ()))
        if not keeps_ring_sizes(whole, outcome.ring_of):
            return None
        # a bought node that serves nobody: the purchase without it has a trial of its own
        if any(ring < 0 for ring in outcome.ring_of[len(self.problem.nodes) :]):
            return None
        cost = sum(node.price for node, ring in zip(whole.nodes, outcome.ring_of, strict=True) if ring >= 0)
        purchase = replace(self.found, bought=bought, cost=cost, ring_of=outcome.ring_of)
        return replace(purchase, counts=outcome.counts, unplaced=outcome.unplaced)


def without_idle(problem: Problem, purchase: Purchase) -> Problem:
    """Leave out the own nodes that have a price and are not used."""
    nodes = tuple(
        replace(node, rings=(), capacity=(0,) * len(node.capacity)) if node.price and purchase.ring_of[n] < 0 else node
        for n, node in enumerate(problem.nodes)
    )
    return replace(problem, nodes=nodes)
