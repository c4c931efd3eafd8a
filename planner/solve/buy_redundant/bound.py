"""Proves what it costs that zones can be lost: without any one of them, its nodes excepted, there is room for all pods."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from models.solver.certificate import Certificate
from models.solver.problem import FailureDomain, Problem
from planner.solve.buy.bound.dual_certificate import bound_of, is_joint, parts_of, round_up, with_a_spare_node
from planner.solve.buy.bound.integer_bound import with_whole_counts
from planner.solve.buy.market.types import Market
from planner.solve.buy.solve import prove

Part = tuple[Market, Certificate, tuple[int, ...]]
"""What is proven of one zone's loss: the proof, and what each ring costs at least by it, in 1/scale of a price's unit."""


def _prove_by_sums(problem: Problem) -> Part:
    """Return what sums prove of a problem."""
    market, certificate = prove(problem)
    return market, certificate, parts_of(problem, certificate)


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


def with_spare(problem: Problem) -> tuple[Certificate, int]:
    """Return what sums prove where any one node may be lost: a ring has one more than pods need that no such loss excuses."""
    tied = {c for loss in problem.losses if not loss.zone for c in loss.tied}
    kept = tuple(replace(c, count=0) if i in tied else c for i, c in enumerate(problem.classes))
    certificate = prove(replace(problem, classes=kept), spare=True)[1]
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

    @classmethod
    def of(cls, problem: Problem) -> "ZoneBounds":
        """Ask the sums."""
        return cls(problem, [_prove_by_sums(problem_outside(problem, loss)) for loss in problem.losses if loss.zone])

    @property
    def bound(self) -> int:
        """Return what is proven of all zones together."""
        return self._bound([costs for _, _, costs in self.parts])

    @property
    def certificates(self) -> tuple[Certificate, ...]:
        """Return the proof."""
        return tuple(certificate for _, certificate, _ in self.parts)

    def count(self, work: float, enough: Callable[[int], bool], over: Callable[[], bool]) -> None:
        """Prove more, zone after zone, until it is enough: rings have whole numbers of nodes."""
        for number, (market, certificate, costs) in enumerate(self.parts):
            if enough(self.bound) or over():
                return
            proof, more = with_whole_counts(market, certificate, work, lambda _: False, over)
            if bound_of(market.problem, proof, more) > bound_of(market.problem, certificate, costs):
                self.parts[number] = market, proof, more

    def _bound(self, costs: Sequence[Sequence[int]]) -> int:
        """Return the more of what all rings together cost, and of what each costs by itself, in whole nodes."""
        problem, times = self.problem, zones_without(self.problem)
        if not times:
            return 0
        known = [(market.problem, proof, mine) for (market, proof, _), mine in zip(self.parts, costs, strict=True)]
        together = round_up(problem, times, sum(bound_of(*part) for part in known), None)
        if any(is_joint(outside, proof) for outside, proof, _ in known):
            return together
        apart = 0
        for ring in range(len(problem.rings)):
            outside_all = sum(round_up(outside, proof.scale, mine[ring], ring) for outside, proof, mine in known)
            apart += round_up(problem, times, outside_all, ring)
        return max(together, apart)
