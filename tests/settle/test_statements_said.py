"""What a plan says of its own accord: limits of volumes, and levels that may be missing by mistake."""

import pytest

from models.cluster import Cluster
from models.frozen import FrozenMap
from models.pod import Pod
from models.trust import Group, Membership, Trust, TrustPolicy
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


UNTAGGED = {
    "who has the level by default is named": ("spec.untagged of the policy", ("a",), {"untagged"}),
    "who has it by a rule is not": ("spec.assign[0] of the policy", ("a",), set()),
    "a level that nobody has is": ("spec.assign[0] of the policy", ("a", "b"), {"level b"}),
}


@pytest.mark.parametrize(("because", "levels", "subjects"), UNTAGGED.values(), ids=UNTAGGED)
def test_what_may_be_a_tag_that_was_misspelt_is_said(because, levels, subjects):
    """A tag with a misspelt key would otherwise take away the separation without a word."""
    trust = Trust((Group("a"),), (), FrozenMap({str(WEB): Membership("a", "a", because=because)}))
    cluster = Cluster(workloads=(Workload(WEB, "apps/v1", Pod("shop"), 1),))
    found = not_modelled(cluster, TrustPolicy("p", levels, untagged="a"), trust, ())
    assert {one.subject for one in found if one.subject.startswith(("untagged", "level"))} == subjects


DAEMONS = {
    "an agent without a class": (Workload(WorkloadId("DaemonSet", "logging", "log"), "apps/v1", Pod("logging")), True),
    "one that is critical to its node": (
        Workload(WorkloadId("DaemonSet", "logging", "log"), "apps/v1", Pod("logging", priority=2_000_001_000)),
        False,
    ),
    "not a DaemonSet": (Workload(WEB, "apps/v1", Pod("shop"), 1), False),
}


@pytest.mark.parametrize(("workload", "said"), DAEMONS.values(), ids=DAEMONS)
def test_a_daemon_that_may_come_too_late_is_said(workload, said):
    """Seen on a real control plane: the last pod to come was an agent's, and its node was full."""
    trust = Trust((), (), FrozenMap({str(workload.id): Membership("a", "a")}))
    found = not_modelled(Cluster(workloads=(workload,)), TrustPolicy("p", ("a",)), trust, ())
    assert any(one.subject == "DaemonSets" for one in found) is said
