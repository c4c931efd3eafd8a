import pytest

from models.cluster import Cluster
from models.frozen import FrozenMap
from models.labels import Labels
from models.pod import Pod
from models.trust import Membership, PolicyNodes, Trust, TrustPolicy
from models.workload import Raw, Workload, WorkloadId, Written
from planner.settle.statements import not_modelled

POLICY = TrustPolicy("shop", ("red", "blue"), nodes=PolicyNodes("x/ring", "x/taint"))
WEB = WorkloadId("Deployment", "shop", "web")

SELECTED = [
    ("the RuntimeClass selects another ring: its pods will be refused", {"x/ring": "blue"}, None, "red", True),
    ("also where the workload selects something else itself", {"x/ring": "blue", "disk": "ssd"}, '{"disk":"ssd"}', "red", True),
    ("the RuntimeClass selects this ring", {"x/ring": "red"}, None, "red", False),
    ("the workload itself selects another ring: the patch corrects it", {"x/ring": "blue"}, '{"x/ring":"blue"}', "red", False),
    ("a shared resident stays where its RuntimeClass is", {"x/ring": "blue"}, None, "", False),
    ("the RuntimeClass selects no ring", {"disk": "ssd"}, None, "red", False),
]


@pytest.mark.parametrize(
    ("selector", "written", "ring", "is_said"), [row[1:] for row in SELECTED], ids=[row[0] for row in SELECTED]
)
def test_a_runtime_class_that_contradicts_the_ring_is_said(
    selector: dict[str, str], written: str | None, ring: str, is_said: bool
) -> None:
    pod = Pod("shop", node_selector=Labels(selector))
    web = Workload(WEB, "apps/v1", pod, written=Written(node_selector=Raw(written) if written else None))
    member = Membership("red", ring) if ring else Membership(everywhere=True)
    trust = Trust((), (), FrozenMap({str(WEB): member}))
    found = [one.message for one in not_modelled(Cluster(workloads=(web,)), POLICY, trust, ()) if one.subject == str(WEB)]
    refused = "its RuntimeClass selects x/ring=blue: the API server will refuse its pods in ring red"
    assert found == ([refused] if is_said else [])
