"""Rings of node groups, chosen before anything is bought, and what comes by growth: of the ring of its group."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from models.solver.outcome import FEASIBLE, INFEASIBLE, MILLION
from models.solver.purchase import RingChoice
from planner.refine import compare
from planner.refine.shop import NOBODY
from planner.refine.tuning import TUNING, Tuning

if TYPE_CHECKING:
    from models.answer.plan import IsolationPlan
    from models.kubernetes.cluster import Cluster
    from models.solver.indexed_problem import IndexedProblem
    from models.solver.purchase import Purchase
    from models.trust import Trust, TrustPolicy
    from planner.refine.purchase import Buyer
    from planner.solve import SearchContext
    from planner.solve.blocks.settle import RingChooser


@dataclass(frozen=True, slots=True)
class Settled:
    """Rings of node groups: by node, the problem then, and what is proven whatever they are.

    By sums all costs at least `least` with these rings, and with any that are proposed after them.
    """

    rings: Mapping[str, str]
    formulation: "IndexedProblem"
    proof: "Purchase | None" = None
    least: float = 0.0


@dataclass(slots=True)
class GroupRings:
    """Proposes rings for the node groups of one cluster, those first by which the pods are cheap that need other nodes."""

    formulation: "IndexedProblem"
    cluster: "Cluster"
    policy: "TrustPolicy"
    trust: "Trust"
    context: "SearchContext"
    tuning: Tuning = TUNING
    _proof: "Purchase | None" = None
    _chooser: "RingChooser | None" = None

    @property
    def may_grow(self) -> bool:
        """Say whether there is more than one proposal: groups grow by whole numbers, of which sums know little."""
        return bool(self.formulation.problem.growths)

    @property
    def most_cheaper(self) -> int:
        """Return how many more rings are tried once all pods have a place."""
        problem = self.formulation.problem
        places = len(problem.nodes) + sum(problem.most[growth.shape] for growth in problem.growths)
        return self.tuning.group_rings_cheaper if len(problem.classes) * places <= self.tuning.group_rings_pairs else 0

    def first(self) -> Settled:
        """Return the rings that are tried first."""
        problem = self.formulation.problem
        if not problem.blocks and not problem.growths:
            return Settled(NOBODY, self.formulation)
        self._prove()
        nowhere = RingChoice({n: -1 for block in problem.blocks for n in block}, {g.shape: -1 for g in problem.growths})
        return self._as_they_run() or self._settled(self._choose() or nowhere)

    def next(self, plan: "IsolationPlan") -> Settled | None:
        """Return other rings than those of the last plan, which had too little, or may be too dear; None if none is left."""
        if self._chooser:
            self._rule_out(plan, self._chooser)
        choice = self._choose()
        return self._settled(choice) if choice else None

    def _rule_out(self, plan: "IsolationPlan", chooser: "RingChooser") -> None:
        problem, short = self.formulation.problem, {self.trust.members[str(left.workload)].ring for left in plan.unplaced}
        named = {problem.rings.index(name) for name in short if name in problem.rings}
        daemons = any(c.daemon and c.ring >= 0 for c in problem.classes)
        more_helps = bool(named) and plan.verdict != FEASIBLE and not (daemons or problem.spreads)
        chooser.rule_out(named or range(len(problem.rings)), more_helps)

    def _choose(self) -> RingChoice | None:
        self._chooser = self._chooser or self._value_pods()
        return self._chooser.choose()

    def _in_brief(self) -> "SearchContext":
        return self.context.with_budget(work=self.tuning.lead_work, conflict=0.0).part(self.tuning.counting_share)

    def _prove(self) -> None:
        """Find what all costs at least, whatever the rings are."""
        from planner.solve import purchase

        self._proof = purchase(replace(self.formulation.problem, blocks=(), losses=(), growths=()), self._in_brief())

    def _as_they_run(self) -> Settled | None:
        """Return the rings of a placement on the nodes that run, as if no group could grow, if there is one."""
        from planner.formulate.offers import without_offers
        from planner.solve import solve

        problem = self.formulation.problem
        if not problem.growths or not problem.nodes:
            return None
        outcome = solve(without_offers(problem), self.context.with_budget(conflict=0.0).part(self.tuning.packing_share))
        if outcome.verdict != FEASIBLE:
            return None
        nodes = {number: outcome.ring_of[number] for block in problem.blocks for number in block}
        shapes = {growth.shape: max((outcome.ring_of[n] for n in growth.nodes), default=-1) for growth in problem.growths}
        return self._settled(RingChoice(nodes, shapes, 0.0))

    def _value_pods(self) -> "RingChooser":
        """Say what pods are worth, by what all of them cost on nodes that are bought."""
        from planner.formulate.offers import without_growth, without_nodes, without_offers
        from planner.solve import purchase, ring_chooser

        problem = self.formulation.problem
        elsewhere = without_growth(without_nodes(replace(problem, blocks=(), losses=())))
        certificate = purchase(elsewhere, self._in_brief()).certificate
        is_stuck = [not c.offers for c in elsewhere.classes]
        given = problem if problem.growths else without_offers(problem)
        return ring_chooser(given, certificate.worth, certificate.scale, is_stuck, self._in_brief())

    def _settled(self, choice: RingChoice) -> Settled:
        """Write the problem down anew, with these rings."""
        from planner.formulate import formulate

        problem, rings = self.formulation.problem, (*self.formulation.problem.rings, "")
        named = {problem.nodes[number].name: rings[ring] for number, ring in choice.nodes.items()}
        offers = enumerate(problem.offers)
        grown = ((self.formulation.offers[o].name, choice.shapes.get(offer.shape)) for o, offer in offers)
        named |= {name: rings[ring] for name, ring in grown if ring is not None}
        return Settled(named, formulate(self.cluster, self.policy, self.trust, named), self._proof, choice.least)


def cheapest(rings: GroupRings, context: "SearchContext", churn: bool) -> "tuple[Buyer, IsolationPlan]":
    """Return who buys with the best rings that were found, and the packing; a no is one whatever the rings of groups are."""
    from planner.refine.purchase import Buyer

    def tried(formulation: "IndexedProblem", settled: Settled | None) -> "tuple[Buyer, IsolationPlan]":
        known, proof = (settled.rings, settled.proof) if settled else (NOBODY, None)
        buyer = Buyer(formulation, rings.cluster, rings.policy, rings.trust, context, churn, rings.tuning, known, proof)
        return buyer, buyer.first()

    settled = rings.first()
    best = last = tried(settled.formulation, settled)
    feasible = int(best[1].verdict == FEASIBLE)
    for _ in range(rings.tuning.group_rings if rings.may_grow else 0):
        if feasible > rings.most_cheaper or context.deadline.over() or _is_least(best[1], settled):
            break
        following = rings.next(last[1])
        if following is None or _is_least(best[1], following):
            break
        settled, last = following, tried(following.formulation, following)
        feasible += last[1].verdict == FEASIBLE
        best = last if compare.cheaper(last[1], best[1]) is last[1] else best
    if settled.rings and best[1].verdict == INFEASIBLE:
        bare = replace(rings.formulation, problem=replace(rings.formulation.problem, blocks=(), growths=()))
        return best[0], compare.refused_whatever(best[1], tried(bare, None)[1])
    return best


def _is_least(plan: "IsolationPlan", settled: Settled) -> bool:
    """Say whether a plan costs no more than others do by sums."""
    return plan.verdict == FEASIBLE and round(compare.cost(plan) * MILLION) <= settled.least
