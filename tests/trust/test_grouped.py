"""What is wrong with all that one owner makes is said once, with how many there are."""

import pytest

from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Labels
from models.kubernetes.pod import Pod
from models.kubernetes.workload import Workload, WorkloadId
from models.source import Source
from models.trust import Claimant, TrustPolicy
from planner.errors import BadInput
from planner.trust import trust

LEVEL = "ringfence.dev/trust-level"
POLICY = TrustPolicy("p", ("a", "b"), claims=(Claimant("a", ("pay",)),))
KAFKA, DNS = "StrimziPodSet.core.strimzi.io/shop/events", "Deployment/shop/dns"


def pods(count, owner, **labels):
    """Make pods of one owner."""
    name = owner.rpartition("/")[2] or "lone"
    return [
        Workload(
            WorkloadId("Pod", "shop", f"{name}-{at}"), "v1", Pod("shop", Labels(labels)), where=Source("f", at + 1), made_by=owner
        )
        for at in range(count)
    ]


FAULTS = {
    "many pods of one owner": (pods(4, KAFKA), [f"so it is with 3 more that {KAFKA} makes"]),
    "one pod of an owner": (pods(1, KAFKA), [""]),
    "pods of two owners": ([*pods(3, DNS), *pods(2, KAFKA)], [f"2 more that {DNS} makes", f"1 more that {KAFKA} makes"]),
    "pods that nobody makes": (pods(2, ""), ["", ""]),
    "a level that they may not carry": (pods(2, KAFKA, **{LEVEL: "a"}), [f"so it is with 1 more that {KAFKA} makes"]),
}


@pytest.mark.parametrize(("workloads", "ends"), FAULTS.values(), ids=FAULTS)
def test_it_is_said_once_of(workloads, ends):
    with pytest.raises(BadInput) as caught:
        trust(POLICY, Cluster(workloads=tuple(workloads)))
    reasons = [fault.reason for fault in caught.value.faults]
    assert len(reasons) == len(ends)
    assert all(any(reason.endswith(end) for reason in reasons) for end in ends)
    assert all(("more that" in reason) is any(ends) for reason in reasons)


def test_it_is_said_of_the_first():
    with pytest.raises(BadInput) as caught:
        trust(POLICY, Cluster(workloads=tuple(pods(3, KAFKA))))
    (fault,) = caught.value.faults
    assert fault.reason.startswith("Pod/shop/events-0 carries no level, ")
    assert fault.where == Source("f", 1)
