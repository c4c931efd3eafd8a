"""A purchase whose rings survive what they must: the one for the packing alone where it does, else the cheapest that is found.

Zones are survived by places in several of them, which are bought as pods are. Where that does not do, harder problems are bought
for. What is found is made cheaper node by node, and what is small searched exactly, losses and all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from models.solver.certificate import Certificate
from models.solver.outcome import FEASIBLE
from models.solver.problem import Problem
from models.solver.purchase import Purchase
from planner.solve.buy.bound.dual_certificate import bound_of, with_a_spare_node
from planner.solve.buy.pack.assignment import Candidate
from planner.solve.buy.solve import buy
from planner.solve.buy_redundant.bound import ZoneBounds, with_spare
from planner.solve.buy_redundant.drop_nodes import drop_nodes, without_idle
from planner.solve.buy_redundant.exact import candidate_of, search_exactly, without_unused
from planner.solve.buy_redundant.replicas_per_zone import problems_of_replicas, without_implied_failures
from planner.solve.buy_redundant.reserve import Harder, with_a_node, with_left_over
from planner.solve.buy_redundant.spare_node import with_smaller, with_spare_nodes
from planner.solve.buy_redundant.spare_nodes_per_zone import with_fewer, with_spare_nodes_per_zone
from planner.solve.instance.arrays import facts_of
from planner.solve.instance.assignment import Assignment, count_missing
from planner.solve.instance.ring_sizes import keeps_ring_sizes, with_ring_minimums
from planner.solve.instance.validate import breaches
from planner.solve.owned.solve import search
from planner.solve.redundancy.check import failures
from planner.solve.runtime.search_context import SearchContext
from planner.solve.tuning.redundancy import RedundancyTuning


def redundant_purchase(problem: Problem, purchase: Purchase, context: SearchContext) -> Purchase:
    """Return a purchase that survives all losses, as cheap as one is found, else the given one; the bound counts losses too."""
    if any(purchase.unplaced) or not problem.losses:
        return purchase
    return _Search(problem, purchase, context).run()


@dataclass(slots=True)
class _Search:
    """One search beside a purchase that may not survive; `best` does."""

    problem: Problem
    found: Purchase
    context: SearchContext
    best: Purchase | None = None

    @property
    def tuning(self) -> RedundancyTuning:
        """Return what steers it."""
        return self.context.tuning.redundancy

    def run(self) -> Purchase:
        """Look for one that survives, and then for a cheaper one, unless it costs what is proven anyhow."""
        proof = self.found.certificate
        self._know(bound_of(self.problem, proof, with_a_spare_node(self.problem, proof, self.found.parts)), proof)
        if any(not loss.zone for loss in self.problem.losses):
            proof, bound = with_spare(self.problem, self.context.tuning.buy)
            self._know(bound, proof)
        self._take(candidate_of(self.found))
        self._again()
        if not self._goes_on():
            return self.best or self.found
        self.context.progress("buying for what must survive a loss")
        outside, is_dearer = ZoneBounds.of(self.problem, self.context.tuning.buy), self.best is None
        self._raise(outside)
        # what survived as it was is as cheap as packing gets: then only the bound is worth more work
        if is_dearer:
            self._begin()
        if self._goes_on():
            outside.count(self.context.budget.work, self._is_enough, self.context.deadline.over)
            self._raise(outside)
        if is_dearer:
            self._save()
        return self.best or self.found

    def _goes_on(self) -> bool:
        """Say whether there is time, and what is known does not do."""
        return not (self.context.deadline.over() or self._is_enough(self.found.bound))

    def _is_quick(self, purchase: Purchase) -> bool:
        """Say whether placements on so many nodes are looked at quickly, with all their losses."""
        losses = len(candidate_of(purchase).problem(without_implied_failures(self.problem)).losses)
        return len(self.problem.classes) * len(purchase.ring_of) * losses <= self.tuning.most_lost

    def _is_small(self) -> bool:
        return len(self.problem.classes) * len(self.found.ring_of) <= self.tuning.most_pairs

    def _is_enough(self, bound: int) -> bool:
        """Say whether a purchase is known that costs hardly more than this bound."""
        return self.best is not None and self.best.cost - bound <= self.context.gap * self.best.cost

    def _raise(self, outside: ZoneBounds) -> None:
        """Take note of what is proven of zones."""
        self._know(outside.bound, replace(self.found.certificate, lost=outside.certificates))

    def _know(self, bound: int, proof: Certificate) -> None:
        """Take note of what is proven, where that is more."""
        if bound > self.found.bound:
            self.found = replace(self.found, bound=bound, certificate=proof)
            self.best = self.best and replace(self.best, bound=bound, certificate=proof)

    def _take(self, candidate: Candidate | None) -> None:
        """Keep a placement of all pods that holds and survives, if it is the cheapest."""
        # cost is asked first: losses take long to look at
        if candidate is None or (self.best is not None and candidate.cost(self.problem) >= self.best.cost):
            return
        whole, plan = candidate.problem(self.problem), Assignment(tuple(candidate.ring_of), tuple(candidate.counts))
        wrong = (
            any(count_missing(whole, plan))
            or any(breaches(whole, plan.ring_of, plan.counts))
            or not keeps_ring_sizes(whole, plan.ring_of)
        )
        if not wrong and not any(failures(facts_of(whole), plan, self.context)):
            self.best = replace(
                self.found,
                ring_of=plan.ring_of,
                bought=tuple(candidate.extra),
                counts=tuple(tuple(sorted(on.items())) for on in candidate.counts),
                unplaced=(0,) * len(self.problem.classes),
                cost=candidate.cost(self.problem),
            )

    def _own(self, counts: Sequence[Sequence[tuple[int, int]]]) -> list[dict[int, int]]:
        """Return where the problem's own pods are, of those of a harder one."""
        return [dict(on) for on in counts[: len(self.problem.classes)]]

    def _again(self) -> None:
        """Place all pods anew on the nodes of the purchase, in case these do."""
        if self.best is None and self._is_small() and not self.context.deadline.over():
            whole = with_ring_minimums(candidate_of(self.found).problem(without_idle(self.problem, self.found)))
            outcome = search(whole, self.context.quiet().with_budget(work=self.tuning.drop_work, conflict=0.0))
            if outcome.verdict == FEASIBLE:
                candidate = Candidate(list(self.found.bought), list(outcome.ring_of), self._own(outcome.counts))
                self._take(without_unused(self.problem, candidate))

    def _begin(self) -> None:
        """Find one that survives, at whatever cost."""
        if self._is_small():
            self._in_places()
            for harder in (with_left_over, with_a_node):
                if self.best is None:
                    self._mend(harder(self.problem))
            self._stand_by()
        else:
            self._stand_by()
            if self.best is None:
                self._in_places()

    def _in_places(self) -> None:
        """Buy places in several zones."""
        for refuge in problems_of_replicas(self.problem, self.tuning.most_zones if self._is_small() else 0):
            purchase = self._buy(refuge.problem) if self._goes_on() else None
            self._take(refuge.place_pods(self.problem, purchase) if purchase else None)

    def _stand_by(self) -> None:
        """Let nodes stand by for those that are lost, where nothing else was found."""
        for beside in (self._with_standby, self._mirror_zones):
            if self.best is None and self._goes_on():
                self._take(beside())

    def _with_standby(self) -> Candidate | None:
        """Let nodes stand by for any one, and see whether that costs less where nodes are smaller."""
        candidate = None if any(loss.zone for loss in self.problem.losses) else candidate_of(self.found)
        cheapest: Candidate | None = None
        while candidate is not None and self._goes_on():
            beside = without_unused(self.problem, with_spare_nodes(self.problem, candidate, self.context))
            if beside is None or (cheapest and beside.cost(self.problem) >= cheapest.cost(self.problem)):
                break
            cheapest, narrow = beside, with_smaller(self.problem, candidate, self.tuning.smaller)
            smaller = self._buy(narrow, self.tuning.nearly) if narrow else None
            candidate = candidate_of(smaller) if smaller else None
        return cheapest

    def _mirror_zones(self) -> Candidate | None:
        """Let zones stand in for each other, with what was bought, or else with what leaves enough of each shape for that."""
        if sum(loss.zone for loss in self.problem.losses) < 2:
            return None
        candidate = with_spare_nodes_per_zone(self.problem, candidate_of(self.found))
        if candidate is None and self._goes_on():
            fewer = self._buy(with_fewer(self.problem))
            candidate = with_spare_nodes_per_zone(self.problem, candidate_of(fewer)) if fewer else None
        return without_unused(self.problem, candidate)

    def _buy(self, problem: Problem, gap: float = 0.0) -> Purchase | None:
        """Buy for a harder problem, at least within this gap; None where pods are left out."""
        purchase = buy(with_ring_minimums(problem), replace(self.context.quiet(), gap=max(gap, self.context.gap)))
        return None if any(purchase.unplaced) else purchase

    def _mend(self, harder: Harder) -> None:
        """Buy for one harder problem after the other until what is bought survives."""
        candidate = candidate_of(self.found)
        for _ in range(self.tuning.rounds):
            plan = Assignment(tuple(candidate.ring_of), tuple(candidate.counts))
            packing = self.context.with_budget(exact=0)
            hurt = list(failures(facts_of(candidate.problem(self.problem)), plan, packing))
            purchase = self._buy(harder(candidate, hurt)) if hurt and not self.context.deadline.over() else None
            if purchase is None:
                return
            candidate = Candidate(list(purchase.bought), list(purchase.ring_of), self._own(purchase.counts)).with_daemons(
                self.problem
            )
            self._take(candidate)
            if self.best is not None:
                return

    def _save(self) -> None:
        """Make it cheaper, node by node, and then search exactly, which may find the first one too."""
        zones = without_implied_failures(self.problem)
        if self.best is not None and self._goes_on() and self._is_quick(self.best):
            self._take(candidate_of(drop_nodes(zones, self.best, self.context)))
        if self._goes_on() and self._is_small():
            start = self.best or self.found
            self._take(search_exactly(zones, start, self.best is not None, self.context))
