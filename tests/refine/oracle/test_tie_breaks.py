"""Where nodes score alike kube-scheduler may take either: a plan that only one of its choices keeps is not kept."""

from collections import Counter
from dataclasses import replace

import pytest

from models.answer.order_result import stuck_in, tried
from models.answer.plan import IsolationPlan, RingPlan
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Labels
from models.kubernetes.node import Node
from models.kubernetes.pod import Container, Pod
from models.kubernetes.resources import Resources
from models.kubernetes.workload import Workload, WorkloadId
from models.trust import Membership, Trust, TrustPolicy
from planner import simulate
from planner.refine.oracle import tie_breaks
from planner.refine.tuning import TUNING, Tuning
from planner.simulate import memory
from planner.solve.runtime import workers


def _plan(*kinds: str, less: int = 0) -> IsolationPlan:
    """Two nodes of 4 cores with a label, the second one with less; a pod of 1, and one of 4 for those labelled x alone."""
    nodes = tuple(
        Node(
            f"n{at}",
            Labels({"kind": kind, "kubernetes.io/hostname": f"n{at}"}),
            allocatable=Resources({"cpu": 4000 - at * less, "pods": 9}),
        )
        for at, kind in enumerate(kinds)
    )
    small, large = _workload("a-small", 1000), _workload("b-large", 4000, node_selector=Labels({"kind": "x"}))
    members = FrozenMap({str(one.id): Membership("r", "r") for one in (small, large)})
    rings = (RingPlan("r", ("r",), tuple(node.name for node in nodes)),)
    return IsolationPlan(
        "p", "feasible", TrustPolicy("p", ("r",)), Cluster(nodes, (small, large)), Trust((), (), members), rings=rings
    )


def _workload(name: str, cpu: int, **more: object) -> Workload:
    container = Container("main", requests=Resources({"cpu": cpu}))
    return Workload(WorkloadId("Deployment", "shop", name), "apps/v1", Pod("shop", containers=(container,), **more), 1)


def test_bad_luck_is_found_in_an_order_that_went_well():
    plan = _plan("x", "y")
    known = simulate.foresee(plan, ("largest first",))
    assert known.rings[0].any_order == tried(1)
    assert tie_breaks.with_other_ties(plan, known, ("smallest first",)).rings[0].any_order == stuck_in("smallest first")


def test_without_bad_luck_the_forecast_stays():
    plan = _plan("x", "y")
    known = simulate.foresee(plan, ("largest first",))
    assert tie_breaks.with_other_ties(plan, known, ("largest first",)) == known


def test_where_workload_comes_after_workload_each_way_has_other_times():
    """The small one always goes to the larger node, so that no tie decides, but who comes first."""
    plan = _plan("x", "y", less=2000)
    assert simulate.foresee(plan, ("smallest first",)).rings[0].any_order == stuck_in("smallest first")
    known = simulate.foresee(plan, ("largest first", "as they come 2"))
    assert known.rings[0].any_order == tried(2)
    assert tie_breaks.with_other_ties(plan, known, ("largest first",)) == known
    assert tie_breaks.with_other_ties(plan, known, ("as they come 2",)).rings[0].any_order == stuck_in("as they come 2")


@pytest.mark.parametrize("order", ["smallest first", "as they come 2", "as they roll out 1"])
def test_the_same_run_can_be_tried_again(order):
    """The same luck leaves the same pods pending, and none where the other node will do for the large one, too."""
    plan = _plan("x", "y")
    bad = [run for run in tie_breaks.with_other_ties(plan, simulate.foresee(plan, ()), (order,)).runs if run.pending]
    assert bad
    assert list(map(tie_breaks.again(plan), bad)) == bad
    assert not any(run.pending for run in map(tie_breaks.again(_plan("x", "x")), bad))


def test_what_the_orders_own_luck_left_pending_is_left_pending_again():
    plan = _plan("x", "y", less=2000)
    runs = simulate.foresee(plan, simulate.ORDERS).runs
    assert {bool(run.pending) for run in runs} == {True, False}
    assert tuple(map(tie_breaks.again(plan), runs)) == runs


@pytest.mark.parametrize(
    ("pods", "ways"),
    [
        pytest.param(0, 8, id="nobody"),
        pytest.param(500, 8, id="hundreds of pods"),
        pytest.param(1_000, 4, id="a thousand have half the luck"),
        pytest.param(4_000, 3, id="thousands have the least that anybody has"),
    ],
)
def test_the_more_pods_come_the_less_luck_is_tried(pods, ways):
    assert tie_breaks.ties(pods, 10) == ways


@pytest.mark.parametrize(("pods", "times"), [(0, 4), (100, 4), (200, 2), (400, 1), (4000, 1)])
def test_the_fewer_pods_come_the_more_times_are_tried(pods, times):
    assert tie_breaks.times(pods, 8) == times


@pytest.fixture
def asked(monkeypatch):
    """Return the orders that are simulated, as they come."""
    found = []

    def noted(book, order, *luck):
        found.append(order)
        return real(book, order, *luck)

    real = memory.simulate_order
    monkeypatch.setattr(memory, "simulate_order", noted)
    return found


def test_only_orders_that_are_drawn_are_drawn_again_and_more_often_than_ties_are_broken(asked):
    plan = _plan("x", "y")
    named = ("largest first", "as they come 1", "as they roll out 1", "random 1")
    known = simulate.foresee(plan, ("by namespace",))
    asked.clear()
    tie_breaks.with_other_ties(plan, known, named, ways=3)
    began = Counter(order.partition(", ")[0] for order in asked)
    assert began == {
        "largest first": 3,
        "as they come 1": 3 * TUNING.draws,
        "as they roll out 1": 3 * TUNING.draws,
        "random 1": 3,
    }
    assert [order for order in asked if order.startswith("as they come 1, ")] == [
        f"as they come 1, ties {tie}" for tie in range(3 * TUNING.draws)
    ]


def test_where_there_are_autoscalers_further_rollouts_also_go_on_while_these_have_fewer_pods(asked):
    plan = _plan("x", "x")
    some = tuple(replace(one, pods=one.pods + 1, later=1) for one in plan.cluster.workloads)
    tie_breaks.further_rollouts(
        replace(plan, cluster=replace(plan.cluster, workloads=some)), tuning=Tuning(rollout_ties=9, draws_work=0)
    )
    fewer = [f"as they roll out while autoscalers have fewer {kind}, ties 8" for kind in (1, 2, 3)]
    assert asked == [*(f"as they roll out {kind}, ties 8" for kind in (1, 2, 3)), *fewer]


def test_further_rollouts_are_others_than_those_that_were_tried(asked):
    tuning = Tuning(rollout_ties=10, draws_work=0)
    assert not any(run.pending for run in tie_breaks.further_rollouts(_plan("x", "x"), tuning=tuning))
    assert asked == [f"as they roll out {kind}, ties {tie}" for kind in (1, 2, 3) for tie in (8, 9)]
    assert {bool(run.pending) for run in tie_breaks.further_rollouts(_plan("x", "y"), tuning=tuning)} == {True, False}


@pytest.mark.parametrize("processors", [1, 2])
def test_luck_is_the_same_in_processes_of_their_own(monkeypatch, processors):
    plan = _plan("x", "y")
    known = simulate.foresee(plan, ("largest first",))
    here = tie_breaks.with_other_ties(plan, known, simulate.ORDERS)
    monkeypatch.setattr(workers, "processors", lambda: processors)
    assert tie_breaks.with_other_ties(plan, known, simulate.ORDERS, tuning=Tuning(apart=0)) == here
    assert here != known


@pytest.mark.parametrize("apart", [0, TUNING.apart])
def test_who_is_asked_for_progress_may_end_it(monkeypatch, apart):
    class LateError(Exception):
        pass

    asked = []

    def progress(_):
        asked.append(1)
        if len(asked) > 1:
            raise LateError

    monkeypatch.setattr(workers, "processors", lambda: 2)
    plan = _plan("x", "y")
    with pytest.raises(LateError):
        tie_breaks.with_other_ties(
            plan, simulate.foresee(plan, ("largest first",)), simulate.ORDERS, progress=progress, tuning=Tuning(apart=apart)
        )
