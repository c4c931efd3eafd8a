"""What the patch leaves as it is is guarded, too: the ring that a manifest says itself must not vanish unseen."""

import json

from models.trust import Membership, PolicyNodes
from planner.emit.patches.workload import operations
from tests.emit.emit_plans import LABEL, TAINT, manifest
from tests.read.cluster_reader import cluster_of

KEYS = PolicyNodes(LABEL, TAINT)
NODE = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}, "status": {"allocatable": {"cpu": 1, "pods": 9}}}


def guards(**placement) -> dict:
    items = [manifest("Deployment", "web", **placement), NODE]
    found = cluster_of(nodes=json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    made = operations(found.workloads[0], Membership("group", "red"), KEYS)
    return {one["path"].rpartition("/")[2]: one["value"] for one in made if one["op"] == "test"}


def test_a_selector_that_implies_the_ring_is_guarded_beside_the_toleration_that_is_added():
    assert guards(nodeSelector={LABEL: "red"}) == {"tolerations": None, "nodeSelector": {LABEL: "red"}, "affinity": None}


def test_a_toleration_that_covers_the_ring_is_guarded_beside_the_selector_that_is_added():
    everything = [{"operator": "Exists"}]
    assert guards(tolerations=everything) == {"tolerations": everything, "nodeSelector": None, "affinity": None}


def test_that_there_is_no_affinity_is_guarded():
    assert guards() == {"tolerations": None, "nodeSelector": None, "affinity": None}


def test_an_affinity_that_stays_is_guarded():
    affinity = {
        "nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{"matchExpressions": []}]}}
    }
    assert guards(affinity=affinity)["affinity"] == affinity


def test_a_workload_that_carries_its_ring_is_guarded_all_the_same():
    carried = {"nodeSelector": {LABEL: "red"}, "tolerations": [{"key": TAINT, "value": "red"}]}
    assert guards(**carried) == {**carried, "affinity": None}
