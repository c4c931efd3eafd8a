"""Proves what it costs that zones can be lost: without any one of them, its nodes excepted, there is room for all pods."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from models.solver.certificate import Certificate
from models.solver.problem import FailureDomain, Problem
from planner.solve.buy.bound.dual_certificate import bound_of, is_joint, parts_of, round_up, with_a_spare_node
from planner.solve.buy.bound.integer_bound import with_whole_counts
from planner.solve.buy.market.types import Market
from planner.solve.buy.solve import prove
from planner.solve.tuning.buy import BuyTuning

Part = tuple[Market, Certificate, tuple[int, ...]]
"""What is proven of one zone's loss: the proof, and what each ring costs at least by it, in 1/scale of a price's unit."""


def _prove_by_sums(problem: Problem, tuning: BuyTuning) -> Part:
    """Return what sums prove of a problem."""
    market, certificate = prove(problem, tuning)
    return market, certificate, parts_of(problem, certificate)


def _cost(part: Part) -> int:
    """Return what is proven of all rings."""
    market, certificate, costs = part
    return bound_of(market.problem, certificate, costs)


def problem_outside(problem: Problem, loss: FailureDomain) -> Problem:
    """Return the problem of the pods that a loss does not excuse, on the nodes outside; no rule between pods is kept."""
    gone, away = set(loss.nodes), set(loss.offers)
    return replace(
        problem,
        classes=tuple(
            replace(
                c,
                count=0 if i in loss.tied or c.ring < 0 else c.count,
                candidates=tuple(n for n in c.candidates if n not in gone),
                offers=tuple(o for o in c.offers if o not in away),
            )
            for i, c in enumerate(problem.classes)
        ),
        clashes=(),
        aparts=(),
        togethers=(),
        spreads=(),
        losses=(),
        sizes=(),
    )


def with_spare(problem: Problem, tuning: BuyTuning) -> tuple[Certificate, int]:
    """Return what sums prove where any one node may be lost: a ring has one more than pods need that no such loss excuses."""
    tied = {c for loss in problem.losses if not loss.zone for c in loss.tied}
    kept = tuple(replace(c, count=0) if i in tied else c for i, c in enumerate(problem.classes))
    certificate = prove(replace(problem, classes=kept), tuning, spare=True)[1]
    parts = with_a_spare_node(problem, certificate, parts_of(problem, certificate))
    return certificate, bound_of(problem, certificate, parts)


def zones_without(problem: Problem) -> int:
    """Return outside how many of the zones a node can be that costs anything."""
    zones = [loss for loss in problem.losses if loss.zone]
    nodes = (sum(n not in loss.nodes for loss in zones) for n, node in enumerate(problem.nodes) if node.price)
    offers = (sum(o not in loss.offers for loss in zones) for o, offer in enumerate(problem.offers) if offer.price)
    return max((*nodes, *offers), default=0)


@dataclass(slots=True)
class ZoneBounds:
    """What is proven of each zone's loss, by sums to begin with."""

    problem: Problem
    parts: list[Part]
    tuning: BuyTuning

    @classmethod
    def of(cls, problem: Problem, tuning: BuyTuning) -> "ZoneBounds":
        """Ask the sums."""
        zones = [problem_outside(problem, loss) for loss in problem.losses if loss.zone]
        return cls(problem, [_prove_by_sums(outside, tuning) for outside in zones], tuning)

    @property
    def bound(self) -> int:
        """Return what is proven of all zones, of rings together or of each by itself, whichever is more."""
        problem, times = self.problem, zones_without(self.problem)
        if not times:
            return 0
        # a node is counted for every zone that it is outside of, which is at most so many times
        together = round_up(problem, times, sum(map(_cost, self.parts)), None)
        if any(is_joint(market.problem, proof) for market, proof, _ in self.parts):
            return together
        return max(together, sum(map(self._of_ring, range(len(problem.rings)))))

    @property
    def certificates(self) -> tuple[Certificate, ...]:
        """Return the proof."""
        return tuple(certificate for _, certificate, _ in self.parts)

    def count(self, work: float, enough: Callable[[int], bool], over: Callable[[], bool]) -> None:
        """Prove more, zone after zone, until it is enough: rings have whole numbers of nodes."""
        for number, (market, certificate, _) in enumerate(self.parts):
            if enough(self.bound) or over():
                return
            others = sum(_cost(part) for n, part in enumerate(self.parts) if n != number)

            def is_enough(bound: int, others: int = others) -> bool:
                return enough(round_up(self.problem, zones_without(self.problem) or 1, others + bound, None))

            proof, more = with_whole_counts(market, certificate, work, is_enough, over, self.tuning.bound)
            # walks may be cut short by work or time, and then prove less than sums did
            self.parts[number] = max(self.parts[number], (market, proof, more), key=_cost)

    def _of_ring(self, ring: int) -> int:
        """Return what one ring costs by itself, in prices that there are."""
        outside = sum(round_up(market.problem, proof.scale, costs[ring], ring) for market, proof, costs in self.parts)
        return round_up(self.problem, zones_without(self.problem), outside, ring)
