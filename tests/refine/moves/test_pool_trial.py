"""What a candidate of pools is asked, stage by stage, and what each stage says of it."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from models.answer.forecast import Forecast, Pending, RingForecast, Run
from models.answer.order_result import OrderResult
from models.answer.plan import IsolationPlan, Lost, Outlook, RingPlan
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.pod import Pod
from models.kubernetes.workload import Workload, WorkloadId
from models.solver.outcome import FEASIBLE
from models.trust import Demand, Membership, Survive, Trust, TrustPolicy
from planner import simulate
from planner.refine.moves import pool_trial
from planner.refine.moves.pool_search import Trial
from planner.refine.moves.pool_trial import PoolTrial
from planner.refine.oracle import tie_breaks
from planner.refine.oracle.evaluation import Evaluation
from planner.refine.oracle.oracle import Oracle
from planner.refine.tuning import TUNING, Tuning
from tests.shop_that_buys import quiet

A, B = "restricted", "untrusted"
W0, W1 = WorkloadId("Deployment", "shop", "w0"), WorkloadId("DaemonSet", "shop", "w1")
ARRIVAL, ROLLOUT, DAY = simulate.ORDERS[1], simulate.ROLLOUTS[1], simulate.SCALED[1]
SHORT = {A: {W0}}


def plan(**policy):
    """Make a plan of a ring with a workload, and of one that runs everywhere."""
    members = FrozenMap({str(W0): Membership(A, A), str(W1): Membership(everywhere=True)})
    cluster = Cluster(workloads=(Workload(W0, "apps/v1", Pod("shop"), 5),))
    rings = (RingPlan(A, (A,)),)
    return IsolationPlan("p", FEASIBLE, TrustPolicy("p", (A,), **policy), cluster, Trust((), (), members), rings=rings)


def evaluation(candidate, result="tried 9 orders", misses=0):
    """Say of a candidate what was foreseen of its ring."""
    forecast = Forecast((), (RingForecast(A, OrderResult.parse(result), None),))
    return replace(Evaluation.of(candidate, forecast, False), misses=misses)


CALM = {
    "stopped_again": ({}, frozenset(), []),
    "short_on_arrival": {},
    "short_after_failure": {},
    "short_of_evaluation": {},
    "with_further_rollouts": (0, {}),
}
"""What each stage says of a candidate that nothing stops."""
TRIALS = [
    ("nothing stops it", {}, Trial({}, kept=True)),
    ("further rollouts do, and it is kept", {"with_further_rollouts": (3, SHORT)}, Trial(SHORT, frozenset({A}), 1, True, 3)),
    ("a known counter-example", {"stopped_again": (SHORT, frozenset(), [])}, Trial(SHORT, frozenset(), TUNING.pool_quick)),
    ("a known rollout", {"stopped_again": (SHORT, frozenset({A}), [])}, Trial(SHORT, frozenset({A}), TUNING.pool_quick)),
    ("an order of arrival", {"short_on_arrival": SHORT}, Trial(SHORT)),
    ("it cannot be packed again after a failure", {"short_after_failure": SHORT}, Trial(SHORT)),
    ("kube-scheduler leaves pods pending after a failure", {"short_of_evaluation": SHORT}, Trial(SHORT)),
    ("a rollout", {"seen": evaluation(plan(), f"stuck in {ROLLOUT}", 1)}, Trial({A: set()}, frozenset({A}))),
    ("pods that run everywhere are left pending", {"seen": evaluation(plan(), misses=1)}, Trial({})),
]


@pytest.mark.parametrize(("stages", "trial"), [row[1:] for row in TRIALS], ids=[row[0] for row in TRIALS])
def test_what_stops_a_candidate(monkeypatch, stages, trial):
    seen = stages.get("seen", evaluation(plan()))
    monkeypatch.setattr(Oracle, "evaluate", lambda *_: seen)
    for name, answer in {**CALM, **stages}.items():
        if name != "seen" and not (name == "short_of_evaluation" and "seen" in stages):
            monkeypatch.setattr(pool_trial, name, lambda *_, answer=answer: answer)
    assert PoolTrial("trying", plan, {}, set()).ask(Oracle(quiet)) == trial


def test_ways_that_cannot_be_had_together_are_not_tried():
    assert PoolTrial("trying", lambda: None, {}, set()).ask(Oracle(quiet)) is None


AGAIN = [
    (
        "each run tells of the rings that were stuck in it",
        {ARRIVAL: A, ROLLOUT: B},
        {ARRIVAL: A, ROLLOUT: B},
        (),
        [ARRIVAL, ROLLOUT],
        {A, B},
    ),
    ("of both at once", {ARRIVAL: A + B}, {ARRIVAL: A + B}, (), [ARRIVAL], {A, B}),
    ("of a ring that is stuck no other run is tried", {ARRIVAL: A, ROLLOUT: A}, {ARRIVAL: A, ROLLOUT: A}, (), [ARRIVAL], {A}),
    ("one that another ring was stuck in, too, is", {ARRIVAL: A, ROLLOUT: A + B}, {ARRIVAL: A}, (), [ARRIVAL, ROLLOUT], {A}),
    ("until one is stuck all are", {ARRIVAL: A, ROLLOUT: A}, {ROLLOUT: A}, (), [ARRIVAL, ROLLOUT], {A}),
    ("a run may be of a ring that was not stuck in it before", {ARRIVAL: A}, {ARRIVAL: B}, (), [ARRIVAL], {B}),
    ("what a ring went through as it is need not be tried again", {ARRIVAL: A, ROLLOUT: B}, {ROLLOUT: B}, [A], [ROLLOUT], {B}),
    ("but for another ring", {ARRIVAL: A + B}, {}, [A], [ARRIVAL], set()),
    ("a day ends with the first pods that are pending, and tells nothing of other rings", {DAY: A + B}, {DAY: A}, (), [DAY], {A}),
    (
        "one that leaves a pod pending that runs everywhere always is",
        {ARRIVAL: "", ROLLOUT: ""},
        {},
        [A, B],
        [ARRIVAL, ROLLOUT],
        set(),
    ),
]


@pytest.mark.parametrize(
    ("known", "stuck", "passed", "tried", "short"), [row[1:] for row in AGAIN], ids=[row[0] for row in AGAIN]
)
def test_what_plans_before_did_not_go_through_is_tried_first(known, stuck, passed, tried, short):
    """Written as run -> rings that it left pods pending in, before and now; those that passed went through all as they are."""
    of = {A: WorkloadId("Deployment", "shop", "a"), B: WorkloadId("Deployment", "shop", "b"), "": W1}

    def pending(said):
        return tuple(Pending(who, 1, "") for ring, who in of.items() if (ring in said if ring else not said))

    seen, now = [], dict(stuck)
    candidate = SimpleNamespace(
        trust=SimpleNamespace(members={str(who): SimpleNamespace(ring=ring) for ring, who in of.items()}),
        rings=(RingPlan(A, (A,), ()), RingPlan(B, (B,), ())),
        unplaced=(),
    )
    oracle = Oracle(quiet, counter_examples=tuple(Run(name, pending(rings), luck="ties") for name, rings in known.items()))
    ways = {A: "way of a", B: "way of b"}
    went_through = {(name, "ties", ways[ring]) for ring in passed for name in known}

    def again(run):
        seen.append(run.order)
        return replace(run, pending=pending(now.get(run.order, "none")))

    def ask(ways=ways):
        seen.clear()
        short, rolling, runs = pool_trial.stopped_again(candidate, oracle.counter_examples, again, ways, went_through)
        oracle.remember(runs)
        return short, rolling

    rolling = {ring for ring in (A, B) for name in (ROLLOUT, DAY) if name in tried and ring in stuck.get(name, ())}
    assert ask() == ({ring: {of[ring]} for ring in sorted(short)}, rolling)
    assert seen == tried
    ask()
    assert set(seen) >= {name for name in tried if name in stuck or not known[name]}
    assert set(seen) <= {name for name in known if name not in tried or name in stuck or not known[name]}, "what went well is not"
    assert {way for name, _, way in went_through if name == DAY} == set()
    now.clear()
    assert ask({ring: f"another {way}" for ring, way in ways.items()}) == ({}, frozenset())
    assert sorted(seen) == sorted(known), "with other ways all must be"


def test_the_orders_of_arrival_are_tried_until_one_leaves_pods_pending():
    orders, stuck = [], {simulate.ORDERS[2]: (Pending(W0, 1, ""),)}

    def foresee(_, asked):
        orders.extend(asked)
        return Forecast((Run(asked[0], stuck.get(asked[0], ())),))

    assert pool_trial.short_on_arrival(plan(), foresee) == SHORT
    assert orders == list(simulate.ORDERS[:3])
    stuck.clear()
    assert pool_trial.short_on_arrival(plan(), foresee) == {}
    assert orders[3:] == list(simulate.ORDERS)


def test_rings_that_must_survive_a_failure_and_cannot_be_packed_after_it_are_short():
    def outlook(of, failing):
        return Outlook(A, of, 3, 3, failing, worst=(Lost("n", FrozenMap({str(W0): 2})),) if failing else ())

    made = plan(survive=Survive(nodes=1))
    assert pool_trial.short_after_failure(replace(made, losses=(outlook("node", 1),))) == SHORT
    assert pool_trial.short_after_failure(replace(made, losses=(outlook("node", 0), outlook("zone", 1)))) == {}


RUNS = [Run("as they roll out 1", (Pending(W0, 2, ""),)), Run(simulate.SCALED[0], (Pending(W1, 1, ""),)), Run("a")]


@pytest.mark.parametrize(
    ("small", "policy", "strays", "short", "remembered"),
    [
        pytest.param(
            0, {"demand": Demand(surge=True)}, 2, SHORT, (), id="of large plans that count rollouts more of those are tried"
        ),
        pytest.param(
            0,
            {"demand": Demand(surge=True), "guide": "require"},
            2,
            SHORT,
            (*RUNS[:2],),
            id="and first next time if pods can be held",
        ),
        pytest.param(0, {"demand": Demand(surge=False)}, 0, {}, (), id="of those that count none no more are"),
        pytest.param(9, {"demand": Demand(surge=True)}, 0, {}, (), id="of small ones many were"),
    ],
)
def test_whom_further_rollouts_leave_pending(monkeypatch, small, policy, strays, short, remembered):
    monkeypatch.setattr(tie_breaks, "further_rollouts", lambda *_: RUNS)
    oracle = Oracle(quiet, tuning=Tuning(small=small))
    assert pool_trial.with_further_rollouts(oracle, evaluation(plan(**policy))) == (strays, short)
    told = oracle.best.plan.not_modelled if oracle.best else ()
    assert [statement.subject for statement in told] == (["further rollouts"] if strays else [])
    assert oracle.counter_examples == remembered


def test_what_further_rollouts_left_pending_is_counted():
    runs = [Run("as they roll out 1", (Pending(W0, 2, ""), Pending(W1, 1, ""))), *RUNS[1:]]
    report = pool_trial.rollouts_simulated(plan(), runs)
    assert (report.runs, report.scaled, report.stuck, report.most, report.may_hold) == (3, 1, 2, 3, False)
    assert pool_trial.rollouts_simulated(plan(guide="require"), runs) == replace(report, may_hold=True)
    calm = [replace(run, pending=()) for run in runs]
    assert pool_trial.rollouts_simulated(plan(guide="require"), calm) == replace(report, stuck=0, most=0)
