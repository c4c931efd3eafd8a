"""A purchase whose rings survive what they must: the one for the packing alone where it does, else the cheapest that is found.

Zones are survived by places in several of them, which are bought as pods are. Where that does not do, harder problems are bought
for. What is found is made cheaper node by node, and what is small searched exactly, losses and all.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from models.solver.certificate import Certificate
from models.solver.outcome import FEASIBLE
from models.solver.problem import Problem
from models.solver.purchase import Purchase
from planner.solve.buy.bound.dual_certificate import and_a_node, bound_of
from planner.solve.buy.pack.assignment import Placement
from planner.solve.buy.solve import buy
from planner.solve.buy_redundant.bound import Outside, with_spare
from planner.solve.buy_redundant.drop_nodes import WORK, thrifty, without_idle
from planner.solve.buy_redundant.exact import chosen, placement, trimmed
from planner.solve.buy_redundant.replicas_per_zone import by_zone, refuges
from planner.solve.buy_redundant.reserve import Harder, with_a_node, with_left_over
from planner.solve.buy_redundant.spare_node import with_smaller, with_standby
from planner.solve.buy_redundant.spare_nodes_per_zone import mirrored, with_fewer
from planner.solve.instance.arrays import facts_of
from planner.solve.instance.assignment import Plan, missing
from planner.solve.instance.ring_sizes import marked, obeyed
from planner.solve.instance.validate import breaches
from planner.solve.owned.solve import search
from planner.solve.redundancy.check import failures
from planner.solve.runtime.budget import Limits
from planner.solve.runtime.deadline import Deadline

ROUNDS = 8
"""So many harder problems of one make are bought for."""
MOST_PAIRS = 20_000
"""Up to so many pairs of a class and a node, they are, and pods are placed anew; else only places in all zones are bought."""
MOST_LOST = 20_000
"""Up to so many such pairs times losses, a purchase is made cheaper node by node."""
NEARLY = 0.005
"""So near to the least what is bought of smaller nodes may be."""
Progress = Callable[[str], None]


def lasting(problem: Problem, found: Purchase, limits: Limits, progress: Progress, gap: float = 0.0) -> Purchase:
    """Return a purchase that survives all losses, as cheap as one is found, else the given one; the bound counts losses too."""
    if any(found.unplaced) or not problem.losses:
        return found
    return _Search(problem, found, limits, progress, gap, Deadline(limits.seconds)).run()


@dataclass(slots=True)
class _Search:
    """One search beside a purchase that may not survive; `best` does."""

    problem: Problem
    found: Purchase
    limits: Limits
    progress: Progress
    gap: float
    deadline: Deadline
    best: Purchase | None = None

    def run(self) -> Purchase:
        """Look for one that survives, and then for a cheaper one, unless it costs what is proven anyhow."""
        proof = self.found.certificate
        self._know(bound_of(self.problem, proof, and_a_node(self.problem, proof, self.found.parts)), proof)
        if any(not loss.zone for loss in self.problem.losses):
            proof, bound = with_spare(self.problem)
            self._know(bound, proof)
        self._take(placement(self.found))
        self._again()
        if not self._goes_on():
            return self.best or self.found
        self.progress("buying for what must survive a loss")
        outside, is_dearer = Outside.of(self.problem), self.best is None
        self._raise(outside)
        if is_dearer:
            self._begin()
        if self._goes_on():
            outside.count(self.limits.work, self._is_enough, self.deadline.over)
            self._raise(outside)
        if is_dearer:
            self._save()
        return self.best or self.found

    def _goes_on(self) -> bool:
        """Say whether there is time, and what is known does not do."""
        return not (self.deadline.over() or self._is_enough(self.found.bound))

    def _is_quick(self, found: Purchase) -> bool:
        """Say whether placements on so many nodes are looked at quickly, with all their losses."""
        losses = len(placement(found).problem(by_zone(self.problem)).losses)
        return len(self.problem.classes) * len(found.ring_of) * losses <= MOST_LOST

    def _is_small(self) -> bool:
        return len(self.problem.classes) * len(self.found.ring_of) <= MOST_PAIRS

    def _is_enough(self, bound: int) -> bool:
        """Say whether a purchase is known that costs hardly more than this bound."""
        return self.best is not None and self.best.cost - bound <= self.gap * self.best.cost

    def _in_time(self) -> Limits:
        return replace(self.limits, seconds=self.deadline.left())

    def _raise(self, outside: Outside) -> None:
        """Take note of what is proven of zones."""
        self._know(outside.bound, replace(self.found.certificate, lost=outside.certificates))

    def _know(self, bound: int, proof: Certificate) -> None:
        """Take note of what is proven, where that is more."""
        if bound > self.found.bound:
            self.found = replace(self.found, bound=bound, certificate=proof)
            self.best = self.best and replace(self.best, bound=bound, certificate=proof)

    def _take(self, made: Placement | None) -> None:
        """Keep a placement of all pods that holds and survives, if it is the cheapest."""
        if made is None or (self.best is not None and made.cost(self.problem) >= self.best.cost):
            return
        whole, plan = made.problem(self.problem), Plan(tuple(made.ring_of), tuple(made.counts))
        wrong = any(missing(whole, plan)) or any(breaches(whole, plan.ring_of, plan.counts)) or not obeyed(whole, plan.ring_of)
        if not wrong and not any(failures(facts_of(whole), plan, self.limits, self.deadline)):
            self.best = replace(
                self.found,
                ring_of=plan.ring_of,
                bought=tuple(made.extra),
                counts=tuple(tuple(sorted(on.items())) for on in made.counts),
                unplaced=(0,) * len(self.problem.classes),
                cost=made.cost(self.problem),
            )

    def _own(self, counts: Sequence[Sequence[tuple[int, int]]]) -> list[dict[int, int]]:
        """Return where the problem's own pods are, of those of a harder one."""
        return [dict(on) for on in counts[: len(self.problem.classes)]]

    def _again(self) -> None:
        """Place all pods anew on the nodes of the purchase, in case these do."""
        if self.best is None and self._is_small() and not self.deadline.over():
            whole = marked(placement(self.found).problem(without_idle(self.problem, self.found)))
            outcome = search(whole, replace(self._in_time(), work=WORK, conflict=0.0), lambda _: None)
            if outcome.verdict == FEASIBLE:
                made = Placement(list(self.found.bought), list(outcome.ring_of), self._own(outcome.counts))
                self._take(trimmed(self.problem, made))

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
        for refuge in refuges(self.problem, pairs=self._is_small()):
            made = self._bought(refuge.problem) if self._goes_on() else None
            self._take(refuge.settled(self.problem, made) if made else None)

    def _stand_by(self) -> None:
        """Let nodes stand by for those that are lost, where nothing else was found."""
        for beside in (self._with_standby, self._mirrored):
            if self.best is None and self._goes_on():
                self._take(beside())

    def _with_standby(self) -> Placement | None:
        """Let nodes stand by for any one, and see whether that costs less where nodes are smaller."""
        made = None if any(loss.zone for loss in self.problem.losses) else placement(self.found)
        cheapest: Placement | None = None
        while made is not None and self._goes_on():
            beside = trimmed(self.problem, with_standby(self.problem, made, self.deadline))
            if beside is None or (cheapest and beside.cost(self.problem) >= cheapest.cost(self.problem)):
                break
            cheapest, narrow = beside, with_smaller(self.problem, made)
            smaller = self._bought(narrow, NEARLY) if narrow else None
            made = placement(smaller) if smaller else None
        return cheapest

    def _mirrored(self) -> Placement | None:
        """Let zones stand in for each other, with what was bought, or else with what leaves enough of each shape for that."""
        if sum(loss.zone for loss in self.problem.losses) < 2:
            return None
        made = mirrored(self.problem, placement(self.found))
        if made is None and self._goes_on():
            fewer = self._bought(with_fewer(self.problem))
            made = mirrored(self.problem, placement(fewer)) if fewer else None
        return trimmed(self.problem, made)

    def _bought(self, problem: Problem, gap: float = 0.0) -> Purchase | None:
        """Buy for a harder problem, at least within this gap; None where pods are left out."""
        made = buy(marked(problem), self._in_time(), lambda _: None, max(gap, self.gap))
        return None if any(made.unplaced) else made

    def _mend(self, harder: Harder) -> None:
        """Buy for one harder problem after the other until what is bought survives."""
        made = placement(self.found)
        for _ in range(ROUNDS):
            plan = Plan(tuple(made.ring_of), tuple(made.counts))
            packing = replace(self.limits, exact=0)
            hurt = list(failures(facts_of(made.problem(self.problem)), plan, packing, self.deadline))
            found = self._bought(harder(made, hurt)) if hurt and not self.deadline.over() else None
            if found is None:
                return
            made = Placement(list(found.bought), list(found.ring_of), self._own(found.counts)).with_daemons(self.problem)
            self._take(made)
            if self.best is not None:
                return

    def _save(self) -> None:
        """Make it cheaper, node by node, and then search exactly, which may find the first one too."""
        zones = by_zone(self.problem)
        if self.best is not None and self._goes_on() and self._is_quick(self.best):
            self._take(placement(thrifty(zones, self.best, self._in_time(), self.progress, self.gap)))
        if self._goes_on() and self._is_small():
            start = self.best or self.found
            self._take(chosen(zones, start, self.best is not None, self.limits, self.deadline))
