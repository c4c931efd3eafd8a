"""Buys node pools: each workload is led to nodes of few shapes, where kube-scheduler has little to get wrong.

A packing that mixes shapes and sizes as best it can is what kube-scheduler finds least, so it takes much spare room to keep one.
Here nodes are chosen together with the shapes that each workload prefers, so that a kube-scheduler which is tried on the way
leaves no pod out; pods that find no room there go to any other node of their ring.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from models.answer.plan import Guide
from planner.refine.moves import pool_trial
from planner.refine.moves.pool_search import PoolMoves, PoolSearch, Ways
from planner.refine.moves.pool_trial import REQUIRE, Passed, PoolTrial
from planner.refine.oracle.candidate import Proposals
from planner.refine.tuning import TUNING, Tuning

if TYPE_CHECKING:
    from models.answer.plan import IsolationPlan, RingPlan
    from models.kubernetes.workload import WorkloadId
    from planner.refine.oracle.evaluation import Evaluation
    from planner.refine.purchase import Buyer
    from planner.solve.node_pools import Inventory, PoolCandidate

NONE = "none"


def buy_node_pools(buyer: "Buyer", tuning: Tuning, best: "Evaluation") -> Proposals:
    """Try plans of pools until kube-scheduler keeps one, cheap ones first; who asks for preferred hints gets no others.

    Rings that are kept stay as they are, unless it turns out that they are not.
    """
    guide = buyer.policy.guide
    if guide == NONE or buyer.churn:
        return best
    from planner.solve.node_pools import with_required_hints

    buyer.context.progress("looking for nodes and guides that kube-scheduler goes along with")
    rings = buyer.formulation.problem.rings
    pools = Pools(buyer, buyer.stock(), best, tuning)
    ways = pools.ways([r for r, ring in enumerate(rings) if ring in pool_trial.short_of_evaluation(best)])
    if ways:
        hold = partial(with_required_hints, pools.stock) if guide == REQUIRE else None
        yield from PoolSearch(rings, ways, PoolMoves(pools.trial, pools.ways, pools.grow, hold), tuning).run()
    return best


@dataclass(slots=True)
class Pools:
    """The ways of a stock as plans of a buyer, in place of the best plan; `passed` are runs that a way of a ring went through."""

    buyer: "Buyer"
    stock: "Inventory"
    best: "Evaluation"
    tuning: Tuning = TUNING
    passed: Passed = field(init=False, default_factory=set)

    def ways(self, rings: "Sequence[int]") -> "dict[int, list[PoolCandidate]]":
        """Return the ways to buy for some rings, or for all where none is named: until one costs no more than the packing."""
        from planner.solve.node_pools import pool_candidates

        buyer, tuning = self.buyer, self.tuning
        least = {r: cost for r, cost in buyer.cost_of_rings().items() if r in rings or not rings}
        left = buyer.seconds_left()
        seconds = left and tuning.pool_share * left
        is_firm = buyer.policy.guide == REQUIRE
        candidates_of = pool_candidates(self.stock, is_firm, buyer.is_late, seconds, tuning.pool_search, least)
        return {r: list(candidates) for r, candidates in candidates_of.items()}

    def trial(self, chosen: Ways, doing: str) -> PoolTrial:
        """Return what the loop is to ask of these ways."""
        ways = {self.buyer.formulation.problem.rings[r]: way for r, way in chosen.items()}
        return PoolTrial(doing, partial(self._plan, dict(chosen), ways), ways, self.passed)

    def _plan(self, chosen: Ways, ways: "Mapping[str, PoolCandidate]") -> "IsolationPlan | None":
        """Return the plan with its hints; None where these ways cannot be had together."""
        plan = self.buyer.of_pools(self.stock, chosen)
        return plan and self.with_hints(plan, ways)

    def grow(self, way: "PoolCandidate", workloads: "set[WorkloadId]") -> "PoolCandidate | None":
        """Return the way of a ring with a node more for these workloads; None where there is none."""
        from planner.solve.node_pools import fill_nodes, with_more_nodes

        batches = self.buyer.formulation.batches
        classes = {c for c, alike in enumerate(batches) if any(batch.workload.id in workloads for batch in alike)}
        larger = with_more_nodes(self.stock, way, classes)
        return larger if larger != way and fill_nodes(self.stock, larger) is not None else None

    def with_hints(self, plan: "IsolationPlan", ways: "Mapping[str, PoolCandidate]") -> "IsolationPlan":
        """Return the plan with the hints of the ways chosen, and with those that it had of rings that are kept.

        In the other rings pods are led to where the plan has them.
        """
        from planner.refine.hints import guides
        from planner.refine.oracle import failures

        kept = {ring.name for ring in plan.rings} - pool_trial.short_of_evaluation(self.best).keys() - ways.keys()
        others = [ring.name for ring in plan.rings if ring.name not in ways.keys() | kept]
        hints = [guide for guide in self.best.plan.guides if plan.trust.members[str(guide.workload)].ring in kept]
        hints += guides(plan, others, required=self.buyer.policy.guide == REQUIRE)
        for ring in plan.rings:
            if ring.name in ways:
                hints += self.hints_of(plan, ring, ways[ring.name])
        return failures.with_losses_repacked(replace(plan, guides=tuple(sorted(hints, key=lambda guide: guide.workload))))

    def hints_of(self, plan: "IsolationPlan", ring: "RingPlan", way: "PoolCandidate") -> "Iterator[Guide]":
        """Yield what leads the workloads of a ring to the pools of a way, or to the shapes."""
        from planner.refine.hints import may_be_led, telling_key
        from planner.rules.purchased_node import pool_name
        from planner.solve.node_pools import affinity_hints

        inside = frozenset(ring.nodes)
        nodes = tuple(node for node in plan.cluster.nodes if node.name in inside)
        rules = plan.policy.nodes
        key = rules.pool_key if way.pools else telling_key(nodes, rules.label_key)
        if key is None:
            return
        formulation = self.buyer.formulation
        places = (*formulation.nodes, *formulation.offers)
        everything = {node.labels[key] for node in nodes}
        for c, homes in affinity_hints(self.stock, way).items():
            values = {pool_name(home) if way.pools else places[home].labels[key] for home in homes}
            for batch in formulation.batches[c]:
                required = way.firm and may_be_led(batch.workload, required=True)
                if values != everything and may_be_led(batch.workload, required=required):
                    yield Guide(batch.workload.id, key, tuple(sorted(values)), required=required)
