"""Which rings are proven for every order of arrival, why the others are not, and how many nodes would prove them."""

import pickle
from dataclasses import replace

import pytest

from models.answer.plan import IsolationPlan, RingPlan
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster, Resident
from models.kubernetes.labels import Labels, LabelSelector, NodeSelectorTerm, Requirement, Taint, Toleration
from models.kubernetes.pod import HostPort, PodAffinityTerm, TopologySpreadConstraint
from models.kubernetes.resources import DISKS, WHOLE, Resources
from models.trust import Membership
from planner.simulate.any_order_proof import certify
from planner.simulate.any_order_proof.proof import Proof
from planner.simulate.any_order_proof.ring_arrays import arena
from planner.simulate.any_order_proof.ring_pods import crowd
from planner.simulate.tuning import SIMULATING
from tests.simulate.certificate_rings import node, plan_of, workload

GIB = 1 << 30
CRITICAL = 2_000_001_000
TWO = [node("a"), node("b")]
DISK = f"{DISKS}gce/a"
SSD = Labels({"disk": "ssd"})
TINY = workload("tiny", 1, {"memory": 1})
WEB = LabelSelector(Labels({"app": "web"}))


PROVEN = "proven"


def verdict(plan: IsolationPlan) -> str:
    return str(certify(plan)["inner"] or PROVEN)


CPU = {"cpu": 1000}
PROVES = [
    ("a ring without pods", TWO, []),
    ("a single pod that fits", [node("a")], [workload("web", 1, {"cpu": 4000})]),
    ("equal pods that fill the ring: they cannot waste room", TWO, [workload("web", 8, CPU)]),
    ("one more than room for all but one", TWO, [workload("big", 1, {"cpu": 2000}), workload("web", 5, CPU)]),
    ("odd amounts that cannot block by whole pods", [node("a", 1000)], [workload("web", 2, {"cpu": 400})]),
    ("sums of whole pods that stay below what blocks", TWO,
     [workload("big", 1, {"cpu": 1500}), workload("web", 2, {"cpu": 1250})]),
    ("a resource that only one kind asks for", [node("a", gpu=1)], [workload("gpu", 1, {"cpu": 100}), workload("web", 3, CPU)]),
    ("a big node that others may not enter", [node("a", labels=SSD, taints=(Taint("only", "x"),)), node("b")],
     [workload("db", 1, {"cpu": 4000}, node_selector=SSD, tolerations=(Toleration("only", "Exists"),)), workload("web", 4, CPU)]),
    ("pods that would block a node only if both fitted there", [node("a", 1000, labels=SSD), node("b", 2000)],
     [workload("db", 1, {"cpu": 300}, node_selector=SSD), workload("web", 2, {"cpu": 600})]),
    ("a pod that does not ask for what the others and a daemon take", [node("a", labels=SSD), node("b")],
     [workload("agent", 0, {"memory": 4000}, "DaemonSet", priority=CRITICAL), workload("web", 1, CPU, node_selector=SSD),
      workload("cache", 2, {"memory": 2500})]),
    ("pods that are too large for a small node do not block it together",
     [node("a", 2000, labels=SSD), node("b", labels=SSD), node("c"), node("d"), node("e")],
     [workload("db", 1, {"cpu": 500, "memory": 500}, node_selector=SSD), workload("web", 3, {"cpu": 3600, "memory": 4000})]),
    ("a node for either, and one for both",
     [node("a", taints=(Taint("only", "x"),)), node("b"), node("c", taints=(Taint("only", "y"),))],
     [workload("db", 1, {"cpu": 4000}, tolerations=(Toleration("only", "Equal", "x"),)),
      workload("web", 4, CPU, tolerations=(Toleration("only", "Equal", "y"),))]),
    ("more nodes than pods", [node(name) for name in "abcd"], [workload("web", 1, {"cpu": 4000}), workload("x", 3, {"cpu": 1})]),
    ("small nodes that are blocked at once beside a big one",
     [node("a", 8000), node("b", 1000)], [workload("web", 2, {"cpu": 1000}), workload("x", 1, {"cpu": 6000})]),
    ("nodes of two shapes, where equal weights prove nothing",
     [node("a", 16000), *(node(f"b{at}", 1000) for at in range(4))], [workload("web", 5, {"cpu": 1000})]),
    ("a daemon that preempts", [node("a")],
     [workload("agent", 0, {"cpu": 1000}, "DaemonSet", priority=CRITICAL), workload("web", 3, CPU)]),
    ("a daemon beside which all others fit", [node("a")],
     [workload("agent", 0, {"cpu": 1000}, "DaemonSet"), workload("web", 3, CPU)]),
    ("a daemon that does not reach the full node", [node("a", 3000), node("b", 4000, labels=SSD)],
     [workload("agent", 0, {"cpu": 1000}, "DaemonSet", namespace="kube-system", node_selector=SSD), workload("web", 3, CPU)]),
    ("pods that ask for nothing but a slot", [node("a", pods=3)], [workload("web", 3, {})]),
    ("resources that kube-scheduler does not know", [node("a")], [workload("web", 2, {"foo": 5})]),
    ("a host port that one pod wants", TWO, [workload("web", 1, CPU, ports=(HostPort(80),))]),
    ("a host port that every pod of a DaemonSet wants", TWO, [workload("agent", 0, {}, "DaemonSet", ports=(HostPort(80),))]),
    ("the same port of two protocols", TWO, [workload("web", 1, CPU, ports=(HostPort(80),)),
                                             workload("dns", 1, CPU, ports=(HostPort(80, "UDP"),))]),
    ("anti-affinity that means nobody", TWO,
     [workload("web", 2, CPU, pod_anti_affinity=(PodAffinityTerm("zone", LabelSelector(Labels({"app": "x"}))),))]),
    ("anti-affinity of a single pod to its like", TWO,
     [workload("web", 1, CPU, pod_anti_affinity=(PodAffinityTerm("zone", WEB),))]),
    ("a spread constraint that only ranks nodes", TWO,
     [workload("web", 2, CPU, topology_spread_constraints=(TopologySpreadConstraint(1, "zone", "ScheduleAnyway", WEB),))]),
    ("scheduling gates only change the order", TWO, [workload("web", 2, CPU, scheduling_gates=("wait",))]),
    ("affinity to a name", TWO, [workload("web", 4, CPU, node_affinity=(
        NodeSelectorTerm(match_fields=(Requirement("metadata.name", "In", ("b",)),)),))]),
    ("a stopped workload", TWO, [workload("web", 0, {"cpu": 9000})]),
]  # fmt: skip
LACKING = [
    ("the others may cut the big pod's room to pieces", TWO, [workload("big", 1, {"cpu": 2500}), workload("web", 4, CPU)],
     "Deployment/shop/big may come last, and the pods before it may leave all 2 nodes that take it without enough cpu"),
    ("equal pods, one too many", TWO, [workload("web", 9, CPU)],
     "Deployment/shop/web may come last, and the pods before it may leave all 2 nodes that take it without enough cpu"),
    ("pod slots", [node("a", pods=2), node("b", pods=2)], [workload("web", 5, {})],
     "Deployment/shop/web may come last, and the pods before it may leave all 2 nodes that take it without enough pod slots"),
    ("one node by cpu and the other by memory", TWO,
     [workload("a", 1, {"cpu": 2000, "memory": 4000}), workload("c", 1, {"cpu": 3000}), workload("m", 1, {"memory": 5000})],
     "Deployment/shop/a may come last, and the pods before it may leave all 2 nodes that take it without enough cpu or memory"),
    ("a disk that one pod writes at a time", [node(name, **{DISK: WHOLE}) for name in "ab"],
     [workload("web", 3, CPU, attached=Resources({DISK: WHOLE}))],
     "Deployment/shop/web may come last, and the pods before it may leave all 2 nodes that take it without enough of disk gce/a"),
    ("a pod that fits nowhere", TWO, [workload("web", 1, {"cpu": 5000})],
     "Deployment/shop/web: no node of the ring ever has room for it beside residents and DaemonSets"),
    ("a pod for which its daemon leaves no room", [node("a")],
     [workload("agent", 0, {"cpu": 1000}, "DaemonSet", priority=CRITICAL), workload("web", 1, {"cpu": 3500})],
     "Deployment/shop/web: no node of the ring ever has room for it beside residents and DaemonSets"),
    ("a pod that no node lets in", TWO, [workload("web", 1, CPU, node_selector=SSD)],
     "Deployment/shop/web: no node of the ring ever has room for it beside residents and DaemonSets"),
    ("a ring without nodes", [], [workload("web", 1, {})],
     "Deployment/shop/web: no node of the ring ever has room for it beside residents and DaemonSets"),
    ("a resource that no node has", TWO, [workload("web", 1, {"example.com/gpu": 1})],
     "Deployment/shop/web: no node of the ring ever has room for it beside residents and DaemonSets"),
    ("a daemon whose node the others may fill", TWO,
     [workload("agent", 0, {"cpu": 1000}, "DaemonSet", priority=1000), workload("web", 4, CPU)],
     "DaemonSet/shop/agent may come last, and the pods before it may leave node a without enough cpu; "
     "with the priority class system-node-critical it would make room for itself"),
    ("daemons that do not fit together", [node("a")],
     [workload("agent", 0, {"cpu": 3000}, "DaemonSet"), workload("logs", 0, {"cpu": 2000}, "DaemonSet")],
     "DaemonSet/shop/agent: node a never has room for it beside residents and DaemonSets"),
    ("a daemon that may evict a bare pod, which nobody makes again", TWO,
     [workload("agent", 0, {"cpu": 1000}, "DaemonSet", priority=CRITICAL),
           workload("one", 1, {"cpu": 2000}, "Pod"), workload("two", 1, {"cpu": 2000}, "Pod")],
     "DaemonSet/shop/agent may come last, and the pods before it may leave node a without enough cpu"),
    ("pods as important as the daemon", TWO,
     [workload("agent", 0, {"cpu": 1000}, "DaemonSet", priority=CRITICAL), workload("web", 2, {"cpu": 2000}, priority=CRITICAL)],
     "DaemonSet/shop/agent may come last, and the pods before it may leave node a without enough cpu"),
    ("pods of which some are as important as the daemon", [*TWO, node("c"), node("d")],
     [workload("agent", 0, {"cpu": 1000}, "DaemonSet", priority=CRITICAL), workload("high", 2, {"cpu": 2000}, priority=CRITICAL),
      workload("a-low", 1, {"cpu": 2000})],
     "DaemonSet/shop/agent may come last, and the pods before it may leave node a without enough cpu"),
]  # fmt: skip


@pytest.mark.parametrize(("nodes", "workloads"), [row[1:] for row in PROVES], ids=[row[0] for row in PROVES])
def test_proven(nodes, workloads) -> None:
    assert verdict(plan_of(nodes, workloads)) == PROVEN


@pytest.mark.parametrize(("nodes", "workloads", "reason"), [row[1:] for row in LACKING], ids=[row[0] for row in LACKING])
def test_not_proven_for_lack_of_room(nodes, workloads, reason) -> None:
    assert verdict(plan_of(nodes, workloads)) == reason


def test_residents_take_room_and_keep_their_ports() -> None:
    pod = workload("static", 1, {"cpu": 2000}, ports=(HostPort(80),)).template
    here = (Resident("static", "a", pod),)
    assert verdict(plan_of(TWO, [workload("web", 6, CPU)], residents=here)) == PROVEN
    assert "cpu" in verdict(plan_of(TWO, [workload("web", 7, CPU)], residents=here))
    port = workload("web", 1, {"cpu": 1000}, ports=(HostPort(80),))
    assert verdict(plan_of(TWO, [port], residents=here)) == PROVEN
    assert "no node" in verdict(plan_of(TWO[:1], [port], residents=here))
    agent = workload("agent", 0, {}, "DaemonSet", ports=(HostPort(80),))
    held = "DaemonSet/shop/agent cannot be on every node of its own: a resident holds host port 80"
    assert verdict(plan_of(TWO, [agent], residents=here)) == held


def test_a_daemon_may_not_evict_a_resident() -> None:
    agent = workload("agent", 0, CPU, "DaemonSet", priority=CRITICAL)
    web = workload("web", 4, CPU)
    here = (Resident("lone", "a", workload("lone", 1, {"cpu": 100}).template),)
    assert verdict(plan_of(TWO, [agent, web])) == PROVEN
    assert "node a" in verdict(plan_of(TWO, [agent, web], residents=here))
    static = (replace(here[0], pod=replace(here[0].pod, priority=CRITICAL)),)
    assert verdict(plan_of(TWO, [agent, web], residents=static)) == PROVEN


def test_each_ring_is_judged_by_its_own_nodes_and_pods() -> None:
    plan = plan_of(TWO, [workload("low", 5, CPU), workload("web", 4, CPU)])
    members = FrozenMap({**plan.trust.members, "Deployment/shop/low": Membership("outer", "outer")})
    rings = (RingPlan("inner", ("inner",), ("b",)), RingPlan("outer", ("outer",), ("a",)))
    found = certify(replace(plan, trust=replace(plan.trust, members=members), rings=rings))
    assert found["inner"] is None
    assert str(found["outer"]).startswith("Deployment/shop/low may come last")


def test_amounts_of_bytes_are_compared_exactly() -> None:
    nodes = [node("a", memory=64 * GIB + 1), node("b", memory=64 * GIB + 1)]
    fits = [workload("big", 1, {"memory": 32 * GIB + 1}), workload("web", 2, {"memory": 32 * GIB})]
    assert verdict(plan_of(nodes, fits)) == PROVEN
    odd = [workload("big", 1, {"memory": 32 * GIB + 2}), workload("web", 2, {"memory": 32 * GIB})]
    assert "memory" in verdict(plan_of(nodes, odd))


@pytest.mark.parametrize("room", [(1 << 42) - 1, (1 << 43) - 1, (1 << 50) + 1])
def test_huge_amounts_do_not_overflow(room) -> None:
    nodes = [node(name, memory=room) for name in "abc"]
    assert (
        verdict(plan_of(nodes, [workload("web", 3, {"memory": room - 7, "cpu": 1}), workload("x", 9, {"memory": 1})])) != PROVEN
    )
    assert verdict(plan_of(nodes, [workload("web", 2, {"memory": room // 2}), workload("x", 9, {"memory": 3})])) == PROVEN


def test_the_largest_amounts_do_not_overflow_in_the_share_of_a_small_pod() -> None:
    room = 1 << 50
    numbers = arena(crowd(plan := plan_of([node("a", memory=room)], [workload("big", 1, {"memory": room}), TINY]), plan.rings[0]))
    tiny = numbers.classes.names.index("Deployment/shop/tiny")
    assert Proof(numbers, SIMULATING.proof).pod(tiny, numbers.shapes.counts()) is not None


def test_the_same_plan_gives_the_same_words() -> None:
    plan = plan_of(TWO, [workload("big", 1, {"cpu": 2500}), workload("web", 4, CPU)])
    assert certify(plan) == certify(pickle.loads(pickle.dumps(plan)))


def test_an_empty_cluster_has_nothing_to_prove() -> None:
    assert certify(replace(plan_of(TWO, []), rings=(), cluster=Cluster())) == {}
