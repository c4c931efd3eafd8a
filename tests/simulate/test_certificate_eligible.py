"""Nodes that let different pods in are not taken for one type."""

from dataclasses import replace

from models.frozen_map import FrozenMap
from models.kubernetes.storage import Claim, StorageClass
from planner.rules.plugins.volumebinding import NOTHING_SAID
from planner.simulate.any_order_proof.eligibility import Doors
from planner.simulate.any_order_proof.ring_pods import crowd
from tests.simulate.certificate_rings import node, plan_of, workload

COUNTED = StorageClass("counted", "csi.test.dev", waits=True, counted=True, capacities=NOTHING_SAID)


def test_a_node_that_is_bought_is_of_another_type_where_storage_is_counted():
    """Of the one no driver has said what storage it has, of the other that there is none."""
    labels = {"kubernetes.io/hostname": "alike"}
    nodes = [node("owned", labels=labels), replace(node("bought", labels=labels), shape="large")]
    web = workload("web", 1, {"cpu": 1}, new_claims=(Claim(name="data", storage_class="counted", size=1),))
    plan = plan_of(nodes, [web], storage_classes=FrozenMap({"counted": COUNTED}))
    found = crowd(plan, plan.rings[0])
    doors = Doors(found)
    assert [doors.open_to(found.members[0].pod)[at] for at in doors.type_of] == [False, True]
