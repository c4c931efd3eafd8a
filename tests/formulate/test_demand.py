"""More pods than any nodes hold are not counted one by one, and amounts that nobody can count are refused."""

import pytest

from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Labels
from models.kubernetes.node import Node, NodeShape
from models.kubernetes.pod import Container, Pod
from models.kubernetes.resources import Resources
from models.kubernetes.workload import Workload, WorkloadId
from models.solver.outcome import INFEASIBLE
from models.trust import TrustPolicy
from planner.errors import BadInput
from planner.formulate import formulate
from planner.settle import Extras, settle
from planner.solve import solve
from planner.trust import trust

LEVEL, ZONE, HOST = "ringfence.dev/trust-level", "topology.kubernetes.io/zone", "kubernetes.io/hostname"
POLICY = TrustPolicy("t", ("high", "low"))
ROOM = Resources({"cpu": 4000, "memory": 8 << 30, "pods": 10})
HUGE = 2**31 - 1


def node(name, room=ROOM):
    return Node(name, Labels({ZONE: "a", HOST: name}), allocatable=room)


def workload(name, pods, level="low", **asked):
    requests = Resources(asked or {"cpu": 500})
    template = Pod("shop", Labels({"app": name, LEVEL: level}), (Container("main", requests=requests),))
    return Workload(WorkloadId("Deployment", "shop", name), "apps/v1", template, pods)


TWO = (node("n1"), node("n2"))


def cluster(*workloads, nodes=TWO, shapes=()):
    return Cluster(nodes=nodes, workloads=workloads, shapes=shapes)


def formulated(given):
    return formulate(given, POLICY, trust(POLICY, given))


@pytest.mark.parametrize(
    ("pods", "asked"),
    [
        pytest.param(17, {"cpu": 500}, id="one more than fits"),
        pytest.param(100_000, {"cpu": 500}, id="as many as a cluster has at most"),
        pytest.param(1_500, {"cpu": 500}, id="as many as a repair may find room for"),
    ],
)
def test_what_a_cluster_may_be_asked_for_is_counted_as_it_is(pods, asked):
    made = formulated(cluster(workload("web", pods, **asked)))
    assert [one.count for one in made.problem.classes] == [pods]
    assert not any(made.beyond)


@pytest.mark.parametrize(
    ("pods", "asked"),
    [
        pytest.param(HUGE, {"cpu": 500}, id="two thousand million pods"),
        pytest.param(HUGE, {"cpu": 0}, id="that ask for nothing but a slot"),
        pytest.param(10**12, {"cpu": 500}, id="a CronJob whose runs overlap for years"),
        pytest.param(50_000, {"memory": 2**50}, id="fewer that ask for a PiB each"),
    ],
)
def test_what_no_nodes_hold_is_counted_as_beyond_them(pods, asked):
    made = formulated(cluster(workload("web", pods, **asked)))
    (counted,) = made.problem.classes
    assert counted.count + made.beyond[0] == pods
    assert counted.count <= 1 + 20 + 10 * 1_000, "all slots, and those of a thousand nodes more"
    assert counted.count * max(counted.requests) < 2**62


def test_the_plan_speaks_of_all_of_them():
    given = cluster(workload("pay", 2, "high"), workload("web", HUGE))
    made, trusted = formulated(given), trust(POLICY, given)
    outcome = solve(made.problem)
    plan = settle(made, outcome, given, POLICY, trusted, Extras())
    placed = sum(one.pods for one in plan.placements)
    assert plan.verdict == INFEASIBLE
    assert sum(one.pods for one in plan.unplaced) == HUGE + 2 - placed
    assert next(goal for goal in plan.goals if goal.name == "unplaced").value == HUGE + 2 - placed
    assert max(one.needed for one in plan.shortages if one.resource == "pods") == HUGE


def test_for_what_not_even_all_that_can_be_bought_holds_nothing_is_bought():
    shape = NodeShape("large", ROOM, ("a",), 100_000)
    made = formulated(cluster(workload("pay", 2), workload("web", HUGE, cpu=1000), shapes=(shape,)))
    offered = {one.count: bool(one.offers) for one in made.problem.classes}
    assert offered == {2: True, 1 + 2 * 4 + 4 * 1_000: False}


def test_what_can_be_bought_is_still_bought():
    shape = NodeShape("large", ROOM, ("a",), 100_000)
    made = formulated(cluster(workload("web", 200_000, cpu=1000), shapes=(shape,)))
    assert [(one.count, bool(one.offers)) for one in made.problem.classes] == [(200_000, True)]


def test_nodes_that_have_more_together_than_can_be_counted_are_refused():
    large = Resources({"cpu": 4000, "memory": 2**50, "pods": 10})
    nodes = tuple(node(f"n{at}", large) for at in range(2**12 + 1))
    with pytest.raises(BadInput, match="the nodes have more memory together than can be counted"):
        formulated(cluster(workload("web", 1, memory=1), nodes=nodes))


def test_pods_that_ask_for_more_together_than_can_be_counted_are_refused():
    shape = NodeShape("large", Resources({"cpu": 4000, "memory": 2**50, "pods": 10}), ("a",), 100_000)
    with pytest.raises(BadInput, match="the pods ask for more memory together than can be counted, those of Deployment/shop/web"):
        formulated(cluster(workload("web", 100_000, memory=2**50), workload("pay", 1), shapes=(shape,)))
