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
    from models.solver.problem import Problem
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
    _is_over: bool = False

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
        return self._as_they_run() or self._choose() or self._settled(nowhere)

    def next(self, plan: "IsolationPlan") -> Settled | None:
        """Return other rings than those of the last plan, which had too little, or may be too dear; None if none is left."""
        if self._chooser and not self._is_over:
            short = {self.trust.members[str(left.workload)].ring for left in plan.unplaced}
            rings = self.formulation.problem.rings
            self._rule_out({rings.index(name) for name in short if name in rings}, self._chooser)
        return None if self._is_over else self._choose()

    def _choose(self) -> Settled | None:
        """Return the rings that are cheapest by sums of those with which a quick purchase finds places for all pods."""
        chooser = self._chooser = self._chooser or self._value_pods()
        settled = None
        for _ in range(self.tuning.group_rings if self.may_grow else 1):
            choice = chooser.choose()
            if choice is None:
                break
            settled = self._settled(choice)
            short = self._short(settled) if self.may_grow else set()
            if not short:
                return settled
            self._rule_out(short, chooser)
        self._is_over = True
        return settled

    def _short(self, settled: Settled) -> set[int]:
        """Return the rings in which a quick purchase leaves pods out."""
        from planner.solve import purchase

        problem = replace(settled.formulation.problem, losses=())
        left_out = purchase(problem, self._in_brief()).unplaced
        return {pod_class.ring for pod_class, left in zip(problem.classes, left_out, strict=True) if left}

    def _rule_out(self, short: set[int], chooser: "RingChooser") -> None:
        """Ask of the rings that have too little for other blocks; where none is known to have, of all."""
        problem = self.formulation.problem
        more_helps = not (any(c.daemon and c.ring >= 0 for c in problem.classes) or problem.spreads)
        named = short - {-1}
        chooser.rule_out(named or range(len(problem.rings)), bool(named) and more_helps)

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
        from planner.solve.blocks.settle import most_common

        problem = self.formulation.problem
        if not problem.growths or _are_too_few(problem):
            return None
        outcome = solve(without_offers(problem), self.context.with_budget(conflict=0.0).part(self.tuning.packing_share))
        if outcome.verdict != FEASIBLE:
            return None
        nodes = {number: outcome.ring_of[number] for block in problem.blocks for number in block}
        shapes = {growth.shape: most_common([outcome.ring_of[n] for n in growth.nodes]) for growth in problem.growths}
        return self._settled(RingChoice(nodes, shapes))

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


def _are_too_few(problem: "Problem") -> bool:
    """Say whether all nodes together have less of a resource than all pods ask for."""
    asked = [sum(c.count * c.requests[k] for c in problem.classes if not c.daemon) for k in range(len(problem.resources))]
    return any(want > sum(node.capacity[k] for node in problem.nodes) for k, want in enumerate(asked))


def _is_least(plan: "IsolationPlan", settled: Settled) -> bool:
    """Say whether a plan costs no more than others do by sums."""
    return plan.verdict == FEASIBLE and round(compare.cost(plan) * MILLION) <= settled.least
