"""One way of breaking a rule of the Filter phase per row, and the finding that it must raise."""

from dataclasses import replace

import pytest

from models.answer.plan import IsolationPlan
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Resident
from models.kubernetes.labels import Labels, LabelSelector, Taint
from models.kubernetes.pod import HostPort, Pod, PodAffinityTerm
from models.kubernetes.resources import Resources
from tests.verify.breaks import Break, assert_rejected, both, nodes, place, work

INNER = "internal_untrusted.acme"
API = "Deployment/pay/api"
DB = "StatefulSet/pay/db"
GATE = "Deployment/shop/gate"
PLUGIN = "Deployment/partner/plugin"
QUEUE = "StatefulSet/shop/queue"
WEB = "Deployment/shop/web"
FULL = Resources({"cpu": 4000, "memory": 8000, "pods": 3})
AWAY = (PodAffinityTerm("host", LabelSelector(Labels({"app": "web"}))),)
OTHER = (PodAffinityTerm("host", LabelSelector(Labels({"app": "nobody"}))),)


BROKEN: list[tuple[str, Break, str]] = [
    ("a pod on a cordoned node", nodes("c1", unschedulable=True), "node-unschedulable"),
    ("a pod that names another node", work(PLUGIN, node_name="c2"), "node-name"),
    ("a pod on a node whose taint it does not tolerate", nodes("c1", taints=(Taint("gpu"),)), "taint-toleration"),
    ("a pod on a node that its own selector excludes", work(PLUGIN, node_selector=Labels({"zone": "b"})), "node-affinity"),
    ("a pod outside its ring breaks the selector that the patch adds", place(API, {"a1": 1, "c1": 1}), "node-affinity"),
    ("two pods with one host port on a node", place(GATE, {"c1": 2}), "node-ports"),
    ("more cpu requested than there is",
     nodes("c1", allocatable=Resources({"cpu": 1000, "memory": 1, "pods": 9})), "node-resources"),
    ("more pods than there are slots", nodes("c1", allocatable=FULL), "node-resources"),
    ("a resident takes the room", lambda p: replace(p, cluster=replace(p.cluster, residents=(
        Resident("r", "c1", Pod("x", containers=p.cluster.workloads[2].template.containers * 7)),))), "node-resources"),
    ("a resident holds the port", lambda p: replace(p, cluster=replace(p.cluster, residents=(
        Resident("r", "c1", Pod("x", containers=(replace(p.cluster.workloads[0].template.containers[0],
                                                         host_ports=(HostPort(443),)),))),))), "node-ports"),
    ("two pods on a claim for one", both(work(QUEUE, pods=2), place(QUEUE, {"c1": 1, "c2": 1})), "read-write-once-pod"),
    ("a claim for one pod shared with another workload", work(WEB, claims=("solo",)), "read-write-once-pod"),
    ("a volume that does not reach the node", place(DB, {"a1": 1, "a2": 1}), "stateful-volumes"),
    ("a claim whose volume does not exist", both(
        lambda p: replace(p, cluster=replace(p.cluster, claims=FrozenMap({
            **p.cluster.claims, "shop/solo": replace(p.cluster.claims["shop/solo"], volume="gone")}))),), "volume-binding"),
    ("a volume of another zone", both(
        lambda p: replace(p, cluster=replace(p.cluster, claims=FrozenMap({
            **p.cluster.claims, "shop/solo": replace(p.cluster.claims["shop/solo"], volume="zonal")}), volumes=FrozenMap({
                **p.cluster.volumes, "zonal": replace(p.cluster.volumes["pv-a"], name="zonal", node_affinity=None,
                                                      labels=Labels({"topology.kubernetes.io/zone": "q"}))}))),
        nodes("c2", labels=Labels({"host": "c2", "zone": "c", "topology.kubernetes.io/zone": "c"}))), "volume-zone"),
    ("an uneven spread", place(API, {"a1": 2}), "pod-topology-spread"),
    ("pods that must be apart on one node", place(WEB, {"c1": 2}), "pod-anti-affinity"),
    ("a pod that another must be away from", work(QUEUE, pod_anti_affinity=AWAY), "pod-anti-affinity"),
    ("a pod away from those it must be near", place("Deployment/pay/cache", {"a2": 1}), "pod-affinity"),
    ("a pod near nobody in any order", work(PLUGIN, pod_affinity=OTHER), "pod-affinity"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_a_broken_plan_is_rejected(plan: IsolationPlan, change: Break, expected: str) -> None:
    assert_rejected(plan, change, expected)
