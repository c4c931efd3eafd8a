"""Buys node pools: each workload is led to nodes of few shapes, where kube-scheduler has little to get wrong.

A packing that mixes shapes and sizes as best it can is what kube-scheduler finds least, so it takes much spare room to keep one.
Here nodes are chosen together with the shapes that each workload prefers, so that a kube-scheduler which is tried on the way
leaves no pod out; pods that find no room there go to any other node of their ring.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from models.answer.plan import Guide
from planner.refine.moves import pool_trial
from planner.refine.moves.pool_search import PoolMoves, PoolSearch, Short, Trial, Ways
from planner.refine.moves.pool_trial import REQUIRE, Passed, Stages

if TYPE_CHECKING:
    from models.answer.forecast import Run
    from models.answer.plan import IsolationPlan, RingPlan
    from models.kubernetes.workload import WorkloadId
    from planner.refine.oracle.oracle import Oracle
    from planner.refine.purchase import Buyer
    from planner.solve.node_pools import Inventory, PoolCandidate

NONE = "none"


def buy_node_pools(buyer: "Buyer", oracle: "Oracle") -> "IsolationPlan | None":
    """Return the first plan of pools that kube-scheduler keeps, cheap ones first; None where none was found.

    Who asks for preferred hints gets no others.
    """
    guide, tuning = buyer.policy.guide, oracle.tuning
    if guide == NONE or buyer.churn:
        return None
    from planner.solve.node_pools import pool_candidates

    buyer.context.progress("looking for nodes and guides that kube-scheduler goes along with")
    stock = buyer.stock()
    left = buyer.seconds_left()
    seconds = left and tuning.pool_share * left
    ways = pool_candidates(stock, guide == REQUIRE, buyer.is_late, seconds, tuning=tuning.pool_search)
    if not ways:
        return None
    rings = buyer.formulation.problem.rings
    return PoolSearch(
        rings, {r: list(candidates) for r, candidates in ways.items()}, Pools(buyer, oracle, stock).moves(), tuning
    ).run()


@dataclass(slots=True)
class Pools:
    """The ways of a stock as plans of a buyer, which an oracle tries; `passed` are runs that a way of a ring went through."""

    buyer: "Buyer"
    oracle: "Oracle"
    stock: "Inventory"
    passed: Passed = field(init=False, default_factory=set)

    def moves(self) -> PoolMoves:
        """Return what can be done with them."""
        from planner.solve.node_pools import with_required_hints

        hold = partial(with_required_hints, self.stock) if self.buyer.policy.guide == REQUIRE else None
        plan = partial(self.buyer.of_pools, self.stock)
        propose, is_late, progress = self.oracle.propose, self.buyer.is_late, self.buyer.context.progress
        return PoolMoves(plan, self.trial, self.grow, hold, propose, is_late, progress)

    def trial(self, plan: "IsolationPlan", chosen: Ways) -> Trial:
        """Try the plan with its hints."""
        stages = Stages(
            known=partial(self._stopped_again, chosen=chosen),
            arrivals=partial(pool_trial.short_on_arrival, foresee=self.oracle.foresee),
            failures=pool_trial.short_after_failure,
            verdict=self._verdict,
            rollouts=partial(pool_trial.with_further_rollouts, simulated=self.rollouts, tuning=self.oracle.tuning),
        )
        return pool_trial.trial_of(self.with_hints(plan, chosen), stages, self.oracle.tuning)

    def grow(self, way: "PoolCandidate", workloads: "set[WorkloadId]") -> "PoolCandidate | None":
        """Return the way of a ring with a node more for these workloads; None where there is none."""
        from planner.solve.node_pools import fill_nodes, with_more_nodes

        batches = self.buyer.formulation.batches
        classes = {c for c, alike in enumerate(batches) if any(batch.workload.id in workloads for batch in alike)}
        larger = with_more_nodes(self.stock, way, classes)
        return larger if larger != way and fill_nodes(self.stock, larger) is not None else None

    def with_hints(self, plan: "IsolationPlan", chosen: Ways) -> "IsolationPlan":
        """Return the plan with the hints of the ways chosen; in the other rings pods are led to where the plan has them."""
        from planner.refine.hints import guides
        from planner.refine.oracle import failures

        problem = self.buyer.formulation.problem
        ways = {problem.rings[r]: way for r, way in chosen.items()}
        others = [ring.name for ring in plan.rings if ring.name not in ways]
        hints = list(guides(plan, others, required=self.buyer.policy.guide == REQUIRE))
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

    def _stopped_again(self, plan: "IsolationPlan", chosen: Ways) -> "tuple[Short, frozenset[str]]":
        """Try the runs that stopped the candidates before."""
        from planner.refine.oracle import tie_breaks

        known: Sequence[Run] = self.oracle.counter_examples
        if not known:
            return {}, frozenset()
        rings = self.buyer.formulation.problem.rings
        ways = {rings[r]: way for r, way in chosen.items()}
        again = tie_breaks.again(plan, self.oracle.progress)
        short, rolling, runs = pool_trial.stopped_again(plan, known, again, ways, self.passed)
        self.oracle.remember(runs)
        return short, rolling

    def _verdict(self, candidate: "IsolationPlan") -> "tuple[IsolationPlan, Short]":
        """Return the plan with what was foreseen of it, the rings that are not kept, and whose pods are pending there."""
        plan, not_kept, pending = self.oracle.verdict(candidate)
        short: dict[str, set[WorkloadId]] = {ring: set() for ring in not_kept}
        for name in sorted(pending):
            if ring := candidate.trust.members[str(name)].ring:
                short.setdefault(ring, set()).add(name)
        return plan, short

    def rollouts(self, plan: "IsolationPlan") -> "list[Run]":
        """Return further rollouts; where pods may be held they stop the next candidates, too."""
        from planner.refine.oracle import tie_breaks

        runs = tie_breaks.further_rollouts(plan, self.oracle.progress, self.oracle.tuning)
        if plan.policy.guide == REQUIRE:
            self.oracle.remember(runs)
        return runs
