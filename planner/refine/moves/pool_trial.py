"""What becomes of a candidate of pools, stage by stage: what stopped those before is cheapest to ask, so it is asked first."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from models.answer.order_reports import RolloutsSimulated
from planner.refine.moves.pool_search import Short, Trial
from planner.refine.oracle.orders import is_small, rolls_out
from planner.wording.order_reports import rollouts_said

if TYPE_CHECKING:
    from models.answer.forecast import Forecast, Run
    from models.answer.plan import IsolationPlan
    from models.kubernetes.workload import WorkloadId
    from planner.refine.oracle.evaluation import Evaluation
    from planner.refine.oracle.oracle import Oracle
    from planner.solve.node_pools import PoolCandidate

REQUIRE = "require"
Passed = set[tuple[str, str, Any]]
"""Runs (order, what broke ties), each with a way of a ring of which it left no pod pending."""


@dataclass(frozen=True, slots=True)
class PoolTrial:
    """Asks what becomes of the `ways` of each ring, stage by stage until one leaves pods pending; `make` makes their plan."""

    doing: str
    make: "Callable[[], IsolationPlan | None]"
    ways: "Mapping[str, PoolCandidate]"
    passed: Passed

    def ask(self, oracle: "Oracle") -> Trial | None:
        """Return what came of them; None where these ways cannot be had together."""
        plan = self.make()
        if plan is None:
            return None
        known, again = oracle.counter_examples, partial(oracle.again, plan)
        short, rolling, runs = stopped_again(plan, known, again, self.ways, self.passed)
        oracle.remember(runs)
        if short:
            return Trial(short, rolling, oracle.tuning.pool_quick)
        if short := short_on_arrival(plan, oracle.foresee) or short_after_failure(plan):
            return Trial(short)
        evaluation = oracle.evaluate(plan)
        oracle.remember(evaluation.forecast.runs)
        if (short := short_of_evaluation(evaluation)) or evaluation.misses:
            return Trial(short, stuck_in_rollouts(evaluation))
        strays, short = with_further_rollouts(oracle, evaluation)
        return Trial(short, frozenset(short), kept=True, strays=strays)


def short_of_evaluation(evaluation: "Evaluation") -> Short:
    """Return the rings that are not kept, at once or after a failure, and whose pods are pending there."""
    short: dict[str, set[WorkloadId]] = {ring: set() for ring in evaluation.not_kept}
    for name in sorted(evaluation.pending | evaluation.after_failure):
        if ring := evaluation.plan.trust.members[str(name)].ring:
            short.setdefault(ring, set()).add(name)
    return short


def stopped_again(
    plan: "IsolationPlan", known: "Sequence[Run]", again: "Callable[[Run], Run]", ways: Mapping[str, Any], passed: Passed
) -> "tuple[Short, frozenset[str], list[Run]]":
    """Return the rings that have pods pending in known runs, and whose pods; those in which they have in rollouts; and the runs.

    `ways` is what each ring has. Rings are apart, so that a run need not be tried again whose rings are known to be stuck, or
    which `passed` them as they are.
    """
    members, runs = plan.trust.members, []
    short: dict[str, set[WorkloadId]] = {}
    rolling: set[str] = set()
    for run in known:
        asked = {members[str(left.workload)].ring for left in run.pending} - short.keys()
        if all(ring in ways and (run.order, run.luck, ways[ring]) in passed for ring in asked):
            continue
        runs.append(again(run))
        stuck = short_of(plan, runs[-1:])
        rolling |= stuck.keys() if _rolls(run.order) else frozenset()
        for ring, workloads in stuck.items():
            short.setdefault(ring, set()).update(workloads)
        if not (stuck and _ends_early(run.order)):
            passed |= {(run.order, run.luck, way) for ring, way in ways.items() if ring not in short}
    return dict(sorted(short.items())), frozenset(rolling), runs


def short_on_arrival(plan: "IsolationPlan", foresee: "Callable[[IsolationPlan, tuple[str, ...]], Forecast]") -> Short:
    """Return the rings that have pods pending, and whose pods, in the first order that leaves any."""
    from planner import simulate

    for order in simulate.ORDERS:
        if short := short_of(plan, foresee(plan, (order,)).runs):
            return short
    return {}


def short_of(plan: "IsolationPlan", runs: "Iterable[Run]") -> "dict[str, set[WorkloadId]]":
    """Return the rings of which runs leave more pods pending than the plan says, and whose pods of theirs."""
    from planner.simulate.pending_by_ring import pending_by_ring, unplaced_by_ring

    short: dict[str, set[WorkloadId]] = {}
    for run in runs:
        left = pending_by_ring(plan, run) - unplaced_by_ring(plan)
        for ring in (plan_ring.name for plan_ring in plan.rings if left[plan_ring.name]):
            mine = {pods.workload for pods in run.pending if plan.trust.members[str(pods.workload)].ring == ring}
            short.setdefault(ring, set()).update(mine)
    return dict(sorted(short.items()))


def short_after_failure(plan: "IsolationPlan") -> Short:
    """Return the rings that cannot be packed again after a failure that they must survive, and whose pods are pending then."""
    from planner.refine.oracle.failures import is_wanted

    by_name = {str(workload.id): workload.id for workload in plan.cluster.workloads}
    failing = [loss for loss in plan.losses if loss.failing and is_wanted(plan, loss)]
    return {loss.ring: {by_name[name] for name in loss.worst[0].pending} for loss in failing}


def stuck_in_rollouts(evaluation: "Evaluation") -> frozenset[str]:
    """Return the rings that are stuck in a rollout, and in no order of arrival before."""
    results = {ring.ring: ring.any_order for ring in evaluation.forecast.rings}
    return frozenset(ring for ring, result in results.items() if result.is_stuck and _rolls(result.order))


def with_further_rollouts(oracle: "Oracle", evaluation: "Evaluation") -> "tuple[int, Short]":
    """Try further rollouts, of small plans no more than were tried anyhow; the plan then says how many there were.

    Return how many of them leave pods pending, and whose, ring by ring. Where pods may be held these stop those to come, too.
    """
    from planner.refine.oracle import tie_breaks

    plan, tuning = evaluation.plan, oracle.tuning
    if is_small(plan, tuning) or not rolls_out(plan, tuning):
        return 0, {}
    runs = tie_breaks.further_rollouts(plan, oracle.progress, tuning)
    if plan.policy.guide == REQUIRE:
        oracle.remember(runs)
    short: dict[str, set[WorkloadId]] = {}
    for left in (left for run in runs for left in run.pending):
        if ring := plan.trust.members[str(left.workload)].ring:
            short.setdefault(ring, set()).add(left.workload)
    told = replace(plan, not_modelled=(*plan.not_modelled, rollouts_said(rollouts_simulated(plan, runs))))
    strays = sum(bool(run.pending) for run in runs)
    oracle.keep(replace(evaluation, plan=told, strays=strays))
    return strays, dict(sorted(short.items()))


def rollouts_simulated(plan: "IsolationPlan", runs: "Sequence[Run]") -> RolloutsSimulated:
    """Return how many rollouts were tried, and how many pods they leave pending."""
    from planner.simulate import SCALED

    left = [sum(pods.pods for pods in run.pending) for run in runs]
    scaled, may_hold = sum(run.order in SCALED for run in runs), plan.policy.guide == REQUIRE
    return RolloutsSimulated(len(runs), scaled, sum(map(bool, left)), max(left, default=0), may_hold and any(left))


def _rolls(order: str) -> bool:
    from planner.simulate import ROLLOUTS, SCALED

    return order in (*ROLLOUTS, *SCALED)


def _ends_early(order: str) -> bool:
    """Say whether a run of the order ends where pods of any ring are pending, so that it tells nothing of the others."""
    from planner.simulate import SCALED

    return order in SCALED
