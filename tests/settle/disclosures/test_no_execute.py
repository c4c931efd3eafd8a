"""Pods that are bound to a node which evicts them again are named, and no others."""

import pytest

from models.answer.plan import RingPlan
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Labels, Taint, Toleration
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from models.kubernetes.workload import Workload, WorkloadId
from models.trust import Group, Membership, Trust, TrustPolicy
from planner.settle.disclosures.no_execute import statements
from planner.wording.disclosures import all_said

POLICY = TrustPolicy("p", ("a",))
SOON = Taint("maintenance", "soon", "NoExecute")
BRIEF = Toleration("maintenance", "Exists", "", "NoExecute", 5)
FOR_GOOD = Toleration("maintenance", "Exists", "", "NoExecute")
FAILED = Taint("node.kubernetes.io/not-ready", "", "NoExecute")
DEFAULT = Toleration("node.kubernetes.io/not-ready", "Exists", "", "NoExecute", 300)
ROWS = {
    "a taint that is tolerated for some seconds": ((SOON,), (BRIEF,), True),
    "one of two": ((SOON, Taint("old", "", "NoExecute")), (Toleration("old", "Exists"), BRIEF), True),
    "not for good": ((SOON,), (FOR_GOOD,), False),
    "nor where the first toleration that matches is for good": ((SOON,), (FOR_GOOD, BRIEF), False),
    "but where it is not": ((SOON,), (BRIEF, FOR_GOOD), True),
    "not a taint that is not tolerated": ((SOON, Taint("gpu")), (BRIEF,), False),
    "nor another one that does not evict": ((Taint("maintenance", "soon"),), (Toleration("maintenance", "Exists"), BRIEF), False),
    "nor a node that has failed": ((FAILED,), (DEFAULT,), False),
    "also where all is tolerated": ((FAILED,), (Toleration("", "Exists", "", "NoExecute", 5),), False),
    "nor one of no matter": ((), (BRIEF,), False),
}


def said(taints, tolerations, member=None, kind="StatefulSet", in_ring=("n1",), **pod):
    """Return what is said of a workload and its ring's only node."""
    name = WorkloadId(kind, "shop", "web")
    workload = Workload(name, "apps/v1", Pod("shop", tolerations=tolerations, **pod), 1)
    nodes = (Node("n1", Labels({"zone": "a"}), taints), Node("n2"))
    trust = Trust((Group("a"),), (), FrozenMap({str(name): member or Membership("a", "a")}))
    rings = (RingPlan("a", ("a",), in_ring), RingPlan("b", ("b",), tuple({"n1", "n2"} - set(in_ring))))
    return [(one.subject, one.message) for one in all_said(statements(Cluster(nodes, (workload,)), POLICY, trust, rings))]


MESSAGE = (
    "tolerates a NoExecute taint of n1 for some time only (tolerationSeconds): its pods are evicted there when that is over, and "
    "others may be bound there, again and again"
)


@pytest.mark.parametrize(("taints", "tolerations", "is_said"), ROWS.values(), ids=ROWS)
def test_is_said_of(taints, tolerations, is_said):
    assert said(taints, tolerations) == [("StatefulSet/shop/web", MESSAGE)] * is_said


WHERE = {
    "a node of its ring": ({}, True),
    "not one of another ring": ({"in_ring": ("n2",)}, False),
    "nor one that it does not select": ({"node_selector": Labels({"zone": "b"})}, False),
    "a DaemonSet": ({"kind": "DaemonSet"}, True),
    "a shared resident": ({"kind": "DaemonSet", "in_ring": ("n2",), "member": Membership(everywhere=True)}, True),
}


@pytest.mark.parametrize(("options", "is_said"), WHERE.values(), ids=WHERE)
def test_is_said_where_pods_can_be(options, is_said):
    assert bool(said((SOON,), (BRIEF,), **options)) is is_said
