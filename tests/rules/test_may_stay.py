from dataclasses import replace

import pytest

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Labels, LabelSelector
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod, TopologySpreadConstraint
from models.kubernetes.workload import Workload, WorkloadId
from models.trust import PolicyNodes
from planner.rules.may_stay import settled

WEB = LabelSelector(Labels({"app": "web"}))
BY_ZONE = TopologySpreadConstraint(1, "zone", label_selector=WEB)
BY_HOST = TopologySpreadConstraint(2, "host", label_selector=WEB)
RING = PolicyNodes().label_key


def node(name: str, ring: str = "r", **labels: str) -> Node:
    return Node(name, Labels({"zone": name[0], "host": name, **({RING: ring} if ring else {}), **labels}))


def web(name: str = "web", pods: int = 6, kind: str = "Deployment", app: str = "web", **running: int) -> Workload:
    pod = Pod("shop", Labels({"app": app}), topology_spread_constraints=(BY_ZONE,))
    return Workload(WorkloadId(kind, "shop", name), "apps/v1", pod, pods, running=FrozenMap(running))


def by(workload: Workload, *constraints: TopologySpreadConstraint) -> Workload:
    return replace(workload, template=replace(workload.template, topology_spread_constraints=constraints))


NODES = tuple(node(name) for name in ("a1", "a2", "b1", "c1", "c2"))
SKEWED = web(a1=2, a2=1, b1=3)
ELSEWHERE = LabelSelector(Labels({"app": "db"}))
HOME = [
    ("pods that are spread are at home where they run", web(a1=1, a2=1, b1=2, c1=2), NODES, {"a1": 1, "a2": 1, "b1": 2, "c1": 2}),
    ("one too many in a zone is no breach", web(pods=5, a1=1, a2=1, b1=2, c1=1), NODES, {"a1": 1, "a2": 1, "b1": 2, "c1": 1}),
    ("where a zone is empty as many have to go there as make it even", SKEWED, NODES, {"a1": 1, "a2": 1, "b1": 2}),
    ("nodes outside the ring make no zone", SKEWED, (*NODES[:3], node("c1", "")), {"a1": 2, "a2": 1, "b1": 3}),
    ("nor do those of another ring", SKEWED, (*NODES[:3], node("c1", "s")), {"a1": 2, "a2": 1, "b1": 3}),
    ("before there is a ring all are at home", SKEWED, tuple(node(one.name, "") for one in NODES), {"a1": 2, "a2": 1, "b1": 3}),
    ("pods that are to come fill the empty zone first", replace(SKEWED, pods=8), NODES, {"a1": 2, "a2": 1, "b1": 3}),
    ("as far as they go", replace(SKEWED, pods=7), NODES, {"a1": 1, "a2": 1, "b1": 3}),
    ("a wish to be spread lets all stay", by(SKEWED, replace(BY_ZONE, when_unsatisfiable="ScheduleAnyway")), NODES,
     {"a1": 2, "a2": 1, "b1": 3}),
    ("so does a spread of other pods", by(SKEWED, replace(BY_ZONE, label_selector=ELSEWHERE)), NODES,
     {"a1": 2, "a2": 1, "b1": 3}),
    ("a zone that lets none of its pods in is none", replace(SKEWED, template=replace(SKEWED.template, node_selector=Labels(
        {"disk": "fast"}))), (*(node(one.name, disk="fast") for one in NODES[:3]), node("c1")), {"a1": 2, "a2": 1, "b1": 3}),
    ("where there are too few zones nobody has anywhere to go", by(SKEWED, replace(BY_ZONE, min_domains=4)), NODES,
     {"a1": 2, "a2": 1, "b1": 3}),
    ("hosts are domains too", by(web(pods=4, a1=4), BY_HOST), NODES, {"a1": 2}),
    ("the stricter of two constraints decides", by(web(pods=4, a1=4), BY_HOST, BY_ZONE), NODES, {"a1": 2}),
    ("DaemonSets have no choice", web(kind="DaemonSet", a1=2, a2=1, b1=3), NODES, {"a1": 2, "a2": 1, "b1": 3}),
]  # fmt: skip


@pytest.mark.parametrize(("workload", "nodes", "expected"), [row[1:] for row in HOME], ids=[row[0] for row in HOME])
def test_who_is_at_home(workload: Workload, nodes: tuple[Node, ...], expected: dict[str, int]) -> None:
    assert settled(workload, "r", Cluster(nodes, (workload,)), PolicyNodes()) == expected


def test_pods_of_another_workload_that_the_selector_counts_fill_a_zone_too() -> None:
    crowd, other = web("crowd", pods=2, a1=1, a2=1), web("other", pods=2, b1=1, c1=1)
    for more, at_home in (((), {"a2": 1}), ((other,), {"a1": 1, "a2": 1}), ((web("db", app="db", b1=1, c1=1),), {"a2": 1})):
        assert settled(crowd, "r", Cluster(NODES, (crowd, *more)), PolicyNodes()) == at_home


def test_nodes_that_the_policy_leaves_alone_make_no_zone() -> None:
    policy = PolicyNodes(exclude=LabelSelector(Labels({"zone": "c"})))
    assert settled(SKEWED, "r", Cluster(NODES, (SKEWED,)), policy) == {"a1": 2, "a2": 1, "b1": 3}


def test_a_workload_of_no_ring_is_at_home_wherever_it_runs() -> None:
    assert settled(SKEWED, "", Cluster(NODES, (SKEWED,)), PolicyNodes()) == {"a1": 2, "a2": 1, "b1": 3}
