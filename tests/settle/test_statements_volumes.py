"""Limits of attached volumes are not modelled, and said wherever there are volumes."""

import pytest

from models.cluster import Cluster
from models.frozen import FrozenMap
from models.pod import Pod
from models.trust import Membership, Trust, TrustPolicy
from models.workload import Workload, WorkloadId
from planner.settle.statements import not_modelled

WEB = WorkloadId("StatefulSet", "shop", "web")
ROWS = {
    "a claim of the template": (Workload(WEB, "apps/v1", Pod("shop", claims=("data",)), 1), True),
    "claims that are made for each pod": (Workload(WEB, "apps/v1", Pod("shop"), 1, claim_templates=("data",)), True),
    "no volume, nothing to say": (Workload(WEB, "apps/v1", Pod("shop"), 1), False),
}


@pytest.mark.parametrize(("workload", "said"), ROWS.values(), ids=ROWS)
def test_volume_limits_are_said_to_be_unknown(workload, said):
    found = not_modelled(
        Cluster(workloads=(workload,)), TrustPolicy("p", ("a",)), Trust((), (), FrozenMap({str(WEB): Membership("a", "a")})), ()
    )
    assert any(one.subject == "volumes" for one in found) is said
