"""How many more nodes prove a ring for every order of arrival."""

from dataclasses import replace

import pytest

from models.kubernetes.cluster import Resident
from models.kubernetes.labels import Labels
from planner.simulate.any_order_proof import nodes_to_prove
from tests.simulate.certificate_rings import CRITICAL, node, plan_of, workload

CPU = {"cpu": 1000}
TWO = [node("a"), node("b")]
SSD = Labels({"disk": "ssd"})
GROWS = [
    ("a proven ring", TWO, [workload("web", 8, CPU)], 0),
    ("one node that nothing can block", TWO, [workload("big", 1, {"cpu": 2500}), workload("web", 4, CPU)], 1),
    ("room for pods that did not fit", TWO, [workload("web", 17, CPU)], 3),
    ("a class that the new nodes do not take", [node("a"), node("b", labels=SSD)],
     [workload("db", 5, CPU, node_selector=SSD)], None),
    ("pods that are bound to one host", TWO,
     [workload("web", 5, CPU, node_selector=Labels({"kubernetes.io/hostname": "a"}))], None),
    ("a pod that is larger than the node", TWO, [workload("web", 1, {"cpu": 5000})], None),
    ("a daemon that is never safe", TWO, [workload("agent", 0, CPU, "DaemonSet"), workload("web", 4, CPU)], None),
    ("new nodes that bring a daemon of their own", TWO,
     [workload("agent", 0, CPU, "DaemonSet", priority=CRITICAL), workload("web", 9, CPU)], 1),
    ("nodes that bring a daemon which is not safe on them", [node("a", labels=SSD), node("b", 1000)],
     [workload("agent", 0, CPU, "DaemonSet", node_selector=SSD), workload("web", 3, CPU, node_selector=SSD)], 0),
]  # fmt: skip


@pytest.mark.parametrize(("nodes", "workloads", "count"), [row[1:] for row in GROWS], ids=[row[0] for row in GROWS])
def test_nodes_to_prove(nodes, workloads, count) -> None:
    assert nodes_to_prove(plan_of(nodes, workloads), "inner", "a") == count


def test_nodes_to_prove_are_nodes_as_they_come_without_residents() -> None:
    pod = workload("static", 1, {"cpu": 3000}).template
    plan = plan_of([node("a")], [workload("web", 4, CPU)], residents=(Resident("static", "a", pod),))
    assert nodes_to_prove(plan, "inner", "a") == 1


def test_nodes_that_bring_a_daemon_which_is_not_safe_on_them_prove_nothing() -> None:
    agent = workload("agent", 0, CPU, "DaemonSet", node_selector=SSD)
    plan = plan_of([node("a", labels=SSD), node("b")], [agent, workload("web", 5, CPU)])
    without = replace(plan, rings=(replace(plan.rings[0], nodes=("b",)),))
    assert nodes_to_prove(without, "inner", "a") is None
    assert nodes_to_prove(without, "inner", "b") == 1


@pytest.mark.parametrize(("ring", "name"), [("inner", "z"), ("outer", "a")])
def test_nodes_to_prove_asks_for_a_ring_and_a_node_of_the_plan(ring, name) -> None:
    with pytest.raises(ValueError, match=f"no ring {ring} or no node {name}"):
        nodes_to_prove(plan_of(TWO, []), ring, name)
