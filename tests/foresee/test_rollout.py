"""Every workload rolls out again, all of them at once, after all pods have come."""

from collections import Counter
from dataclasses import replace

import pytest

from models.frozen import FrozenMap
from models.plan import IsolationPlan
from planner.foresee import ORDERS, ROLLOUTS
from planner.foresee.arrival import usual
from planner.foresee.group import cast_of
from planner.foresee.rollout import simulated
from planner.foresee.rulebook import Rulebook
from planner.foresee.simulation import Simulation
from tests.foresee.made_by_hand import left, node, plan, work

MANY = [f"as they roll out {number}" for number in range(40)]


def rolled(made: IsolationPlan, order: str) -> Simulation:
    return simulated(Rulebook(cast_of(made)), order)


def there(run: Simulation) -> dict[str, Counter[str]]:
    """Return the workloads of the pods on each node."""
    groups, nodes = run.book.cast.groups, run.book.cast.terrain.nodes
    return {
        nodes[at].name: Counter(groups[group].workload.name for group, times in pods.items() for _ in times)
        for at, pods in enumerate(run.state.arrived)
    }


def replaced(made: IsolationPlan, order: str) -> dict[str, int]:
    """Return how many pods of each workload are there that came after all had come."""
    cast = cast_of(made)
    came = sum(len(pods) for pods in cast.flow) + len(cast.daemons) - sum(one.surge for one in made.cluster.workloads)
    run, found = rolled(made, order), Counter[str]()
    for pods in run.state.arrived:
        for group, times in pods.items():
            found[cast.groups[group].workload.name] += sum(time > came for time in times)
    return dict(+found)


def most(made: IsolationPlan, order: str) -> int:
    """Return the most pods that were there at one time."""
    run_of = Simulation.come
    found = []

    def come(self, act):
        done = run_of(self, act)
        found.append(sum(there(self)["n1"].values()))
        return done

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Simulation, "come", come)
        rolled(made, order)
    return max(found)


@pytest.mark.parametrize(
    ("kind", "count"),
    [
        pytest.param("Deployment", 3, id="a Deployment's pods are replaced"),
        pytest.param("StatefulSet", 3, id="a StatefulSet's are"),
        pytest.param("Rollout", 3, id="a Rollout's are"),
        pytest.param("ReplicaSet", 0, id="nobody replaces those of a ReplicaSet"),
        pytest.param("Job", 0, id="nor those of a Job"),
    ],
)
def test_who_rolls_out(kind, count):
    made = plan([node("n1"), node("n2")], [work("web", 3, 100, kind), work("other", 1, 100)])
    for order in MANY[:10]:
        assert replaced(made, order) == {"web": count, "other": 1} if count else {"other": 1}


def test_a_daemon_comes_back_to_its_node():
    made = plan([node("n1"), node("n2")], [work("agent", 0, 100, "DaemonSet")])
    for order in MANY[:10]:
        assert replaced(made, order) == {"agent": 2}
        assert there(rolled(made, order)) == {"n1": Counter(agent=1), "n2": Counter(agent=1)}


@pytest.mark.parametrize(
    ("surge", "cpu", "pods"),
    [
        pytest.param(0, 300, 3, id="where nothing is added an old pod ends first: a full node is no obstacle"),
        pytest.param(1, 250, 4, id="one more comes before the first one ends"),
        pytest.param(2, 200, 5, id="as many more as the plan counts"),
        pytest.param(3, 150, 6, id="at most all"),
    ],
)
def test_never_are_more_pods_there_than_the_plan_counts(surge, cpu, pods):
    made = plan([node("n1")], [replace(work("web", 3 + surge, cpu), surge=surge)])
    for order in MANY[:10]:
        assert (replaced(made, order), there(rolled(made, order))) == ({"web": 3}, {"n1": Counter(web=3)})
        assert most(made, order) == (pods if surge else 3)


HERE, THERE = FrozenMap({"here": "yes"}), FrozenMap({"there": "yes"})
NODES = [node("n1", here="yes"), node("n2", here="yes"), node("n3", there="yes")]
STAY = replace(work("stay", 1, 200, "ReplicaSet", node_selector=HERE), later=1)
CROWDED = [work("big", 1, 900, node_selector=HERE), work("mid", 1, 500, node_selector=HERE), STAY]
"""The one that stays comes last, beside mid. Mid goes where big has been, if it comes before big: that is emptier."""
FAR = work("far", 2, 10, node_selector=THERE)


def test_who_is_away_may_find_its_place_taken():
    made = plan(NODES, CROWDED)
    assert {tuple(left(made, order)) for order in ORDERS if order.startswith("as they come")} == {()}
    assert {tuple(left(made, order)) for order in MANY} == {(), ("big",)}


def test_who_is_pending_waits_and_the_others_go_on():
    made = plan(NODES, [*CROWDED, FAR])
    stuck = next(order for order in MANY if left(made, order))
    assert replaced(made, stuck)["far"] == 2


@pytest.mark.parametrize("order", MANY[:20])
def test_what_happens_on_some_nodes_does_not_hang_on_who_rolls_out_elsewhere(order):
    alone, beside = (there(rolled(plan(NODES, [*CROWDED, *more]), order)) for more in ([], [FAR]))
    assert [alone[name] for name in ("n1", "n2")] == [beside[name] for name in ("n1", "n2")]


def test_a_rollout_is_the_same_every_time_and_others_are_not():
    made = plan([node("n1"), node("n2"), node("n3")], [work(name, 4, 100) for name in "abc"])
    ends = [there(rolled(made, order)) for order in MANY]
    assert ends == [there(rolled(made, order)) for order in MANY]
    assert any(end != ends[0] for end in ends)


def test_where_nobody_rolls_out_nothing_is_tried():
    assert usual(ROLLOUTS, cast_of(plan([node("n1")], [work("once", 1, 100, "Job")]))) == ()
    assert usual(ROLLOUTS, cast_of(plan([node("n1")], [work("web", 1, 100)]))) == ROLLOUTS
