"""What kube-scheduler leaves pending after a loss: plans made by hand, and that where the pods are makes the difference."""

from collections import Counter
from dataclasses import replace

import pytest

from models.answer.plan import Placement
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Resident
from models.kubernetes.labels import LabelSelector
from models.kubernetes.pod import Container, Pod, TopologySpreadConstraint
from planner.simulate import ORDERS
from planner.simulate.scenarios.node_failure import Aftermath, as_bound, as_planned
from planner.simulate.scheduler.pods import cast_of
from planner.simulate.scheduler.rulebook import Rulebook
from planner.simulate.scheduler.simulation import Simulation
from tests.simulate.made_by_hand import HOST, node, plan, work


def placed(made, **on):
    """Put the pods of each workload where `on` says."""
    ids = {one.id.name: one.id for one in made.cluster.workloads}
    places = tuple(Placement(ids[name], "a", "a", sum(at.values()), FrozenMap(at)) for name, at in on.items())
    return replace(made, placements=places)


def left(made, *gone, orders=ORDERS[:4]):
    found = Aftermath(made, frozenset(gone)).worst([as_planned(made)], orders, 2)
    return {name.name: count for name, count in found.pods.items()}, found.stranded.total()


NODES = [node("n1"), node("n2"), node("n3")]
EVEN = (TopologySpreadConstraint(1, HOST, "DoNotSchedule", LabelSelector(FrozenMap({"app": "web"}))),)
ROWS = {
    "room elsewhere": ([work("web", 3, 400)], {"web": {"n1": 1, "n2": 1, "n3": 1}}, ["n1"], {}, 0),
    "no room elsewhere": ([work("web", 3, 600)], {"web": {"n1": 1, "n2": 1, "n3": 1}}, ["n1"], {"web": 1}, 0),
    "a packing exists, and whoever comes first takes the room of whoever comes last": (
        [work("little", 2, 200), work("big", 1, 800), work("old", 2, 200), work("other", 1, 400)],
        {"little": {"n1": 2}, "big": {"n1": 1}, "old": {"n2": 1, "n3": 1}, "other": {"n3": 1}},
        ["n1"],
        {"big": 1},
        0,
    ),
    "nothing but the lost node ever takes it": (
        [work("web", 1, 400, node_selector=FrozenMap({HOST: "n1"}))], {"web": {"n1": 1}}, ["n1"], {"web": 1}, 1,
    ),
    "two nodes at once": ([work("web", 3, 400)], {"web": {"n1": 1, "n2": 1, "n3": 1}}, ["n1", "n2"], {"web": 1}, 0),
    "a lost node is no domain of a spread any more": (
        [work("web", 3, 100, topology_spread_constraints=EVEN)], {"web": {"n1": 1, "n2": 1, "n3": 1}}, ["n1"], {}, 0,
    ),
    "a DaemonSet's pod is not made again": (
        [work("agent", 0, 900, kind="DaemonSet"), work("web", 1, 100)], {"web": {"n1": 1}}, ["n1"], {}, 0,
    ),
    "a pod of higher priority takes the place of another, which has none then": (
        [work("high", 1, 800, priority=5), work("low", 2, 800)],
        {"high": {"n1": 1}, "low": {"n2": 1, "n3": 1}},
        ["n1"],
        {"low": 1},
        0,
    ),
    "unless its class never preempts": (
        [work("high", 1, 800, priority=5, preempts=False), work("low", 2, 800)],
        {"high": {"n1": 1}, "low": {"n2": 1, "n3": 1}},
        ["n1"],
        {"high": 1},
        0,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("workloads", "on", "gone", "pending", "stranded"), ROWS.values(), ids=ROWS)
def test_what_is_pending_after_a_loss(workloads, on, gone, pending, stranded):
    assert left(placed(plan(NODES, workloads), **on), *gone) == (pending, stranded)


def test_static_pods_of_a_lost_node_are_gone_with_it():
    static = Pod("kube-system", containers=(Container("main", requests=FrozenMap({"cpu": 900})),))
    made = plan([*NODES], [work("web", 1, 400)], residents=(Resident("etcd-n1", "n1", static),))
    assert left(placed(made, web={"n2": 1}), "n1") == ({}, 0)
    assert left(placed(made, web={"n2": 1}), "n2") == ({}, 0)


def test_pods_are_where_a_simulation_has_bound_them():
    made = plan(NODES, [work("web", 4, 300), work("agent", 0, 10, kind="DaemonSet")])
    run = Simulation(Rulebook(cast_of(made)), "as applied").run()
    counts = {name: there.total() for name, there in as_bound(run).items()}
    assert sum(counts.values()) == 4
    assert {seat[0].name for there in as_bound(run).values() for seat in there} == {"web"}


def test_the_state_before_a_loss_decides_what_it_leaves():
    made = plan([node("n1"), node("n2")], [work("web", 2, 500), work("db", 1, 500)])
    after = Aftermath(made, frozenset({"n1"}))
    seats = as_planned(placed(made, web={"n1": 2}, db={"n2": 1}))
    other = as_planned(placed(made, web={"n2": 2}, db={"n1": 1}))
    assert after.worst([other], ORDERS[:1], 1).pods.total() == 1
    assert after.worst([seats], ORDERS[:1], 1).pods.total() == 1
    assert after.worst([{}], ORDERS[:1], 1).pods == Counter()
