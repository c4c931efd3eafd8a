"""What a plan says of its own accord: limits of volumes, and levels that may be missing by mistake."""

import pytest

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster, DisruptionBudget
from models.kubernetes.labels import Labels, LabelSelector
from models.kubernetes.pod import Pod, PodAffinityTerm, TopologySpreadConstraint
from models.kubernetes.workload import Workload, WorkloadId
from models.trust import Group, Membership, Trust, TrustPolicy
from planner.settle.disclosures import drains
from planner.settle.disclosures.general import not_modelled
from planner.wording.disclosures import all_said

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


AGENT = WorkloadId("DaemonSet", "logging", "log")
SPREAD = TopologySpreadConstraint(1, "rack")
KEPT_OFF = {
    "one with a claim": (AGENT, Pod("logging", claims=("data",)), True),
    "one with hard spread": (AGENT, Pod("logging", topology_spread_constraints=(SPREAD,)), True),
    "one with required affinity": (AGENT, Pod("logging", pod_affinity=(PodAffinityTerm("rack", LabelSelector()),)), True),
    "not one without": (AGENT, Pod("logging"), False),
    "nor what is no DaemonSet": (WEB, Pod("logging", claims=("data",)), False),
}


@pytest.mark.parametrize(("name", "pod", "said"), KEPT_OFF.values(), ids=KEPT_OFF)
def test_a_daemon_whose_pods_are_made_where_they_cannot_be_is_said(name, pod, said):
    trust = Trust((), (), FrozenMap({str(name): Membership("a", "a")}))
    found = not_modelled(Cluster(workloads=(Workload(name, "apps/v1", pod, 1),)), TrustPolicy("p", ("a",)), trust, ())
    assert any("there they stay pending, and are not counted" in one.message for one in found) is said


BUDGETS = {
    "one that lets none go": ("3", "", 3, True),
    "a share that lets none go": ("100%", "", 3, True),
    "none may be away": ("", "0", 3, True),
    "one may be away": ("", "1", 3, False),
    "one pod of three may go": ("2", "", 3, False),
    "half of three, rounded up": ("50%", "", 3, False),
    "a budget of nobody": ("3", "", 0, False),
}


@pytest.mark.parametrize(("least", "away", "pods", "said"), BUDGETS.values(), ids=BUDGETS)
def test_a_budget_that_stops_every_drain_is_said(least, away, pods, said):
    budget = DisruptionBudget("shop", "web", LabelSelector(Labels({"app": "web"})), least, away)
    workload = Workload(WEB, "apps/v1", Pod("shop", Labels({"app": "web"})), pods + 1, surge=1)
    found = all_said(drains.statements(Cluster(workloads=(workload,), budgets=(budget,))))
    assert [one.subject for one in found] == ["PodDisruptionBudget/shop/web"] * said


UNCOUNTED = {
    "pods of a Job by how many may be away": ("Job", "", "1", True),
    "pods of a Job by a share": ("Job", "50%", "", True),
    "pods of a Job by how many must stay": ("Job", "1", "", False),
    "pods of a CronJob by how many may be away": ("CronJob", "", "1", True),
    "pods of a StatefulSet by how many may be away": ("StatefulSet", "", "1", False),
    "pods of a custom resource, which may have a scale": ("Rollout", "", "1", False),
}


@pytest.mark.parametrize(("kind", "least", "away", "said"), UNCOUNTED.values(), ids=UNCOUNTED)
def test_a_budget_whose_pods_cannot_be_counted_stops_every_drain(kind, least, away, said):
    budget = DisruptionBudget("shop", "web", LabelSelector(Labels({"app": "web"})), least, away)
    workload = Workload(WorkloadId(kind, "shop", "web"), "v1", Pod("shop", Labels({"app": "web"})), 4)
    found = [one.message for one in all_said(drains.statements(Cluster(workloads=(workload,), budgets=(budget,))))]
    assert [f"cannot count the pods of a {kind}" in one for one in found] == [True] * said


NEAR = PodAffinityTerm("zone", LabelSelector(Labels({"app": "web"})))
COMPANY = {
    "pods that must be near them": ((NEAR,), "Deployment", "", True),
    "near others": ((PodAffinityTerm("zone", LabelSelector(Labels({"app": "db"}))),), "Deployment", "", False),
    "near them and others at once": (
        (NEAR, PodAffinityTerm("zone", LabelSelector(Labels({"app": "db"})))), "Deployment", "", False,
    ),
    "near nobody": ((), "Deployment", "", False),
    "a DaemonSet's, which no drain evicts": ((NEAR,), "DaemonSet", "", False),
    "those that a budget keeps too": ((NEAR,), "Deployment", "1", False),
}  # fmt: skip


@pytest.mark.parametrize(("terms", "kind", "least", "said"), COMPANY.values(), ids=COMPANY)
def test_who_must_be_near_pods_that_stay_may_be_pending(terms, kind, least, said):
    budget = DisruptionBudget("shop", "web", LabelSelector(Labels({"app": "web"})), "1")
    more = (DisruptionBudget("shop", "cache", LabelSelector(Labels({"app": "cache"})), least),) if least else ()
    web = Workload(WEB, "apps/v1", Pod("shop", Labels({"app": "web"})), 1)
    pod = Pod("shop", Labels({"app": "cache"}), pod_affinity=terms)
    near = Workload(WorkloadId(kind, "shop", "cache"), "apps/v1", pod, 1)
    found = all_said(drains.statements(Cluster(workloads=(near, web), budgets=(budget, *more))))[0].message
    assert (f"pods of {near.id}, which must be near them, may be pending" in found) is said


def test_a_budget_that_lets_none_go_until_an_autoscaler_adds_pods_is_said():
    budget = DisruptionBudget("shop", "web", LabelSelector(Labels({"app": "web"})), "2")
    workload = Workload(WEB, "apps/v1", Pod("shop", Labels({"app": "web"})), 5, later=3)
    (said,) = all_said(drains.statements(Cluster(workloads=(workload,), budgets=(budget,))))
    assert said.message.startswith("allows none of its 2 pods to be evicted until autoscalers and schedules add pods")


def test_pods_of_a_daemon_set_stop_the_eviction_of_others_and_are_not_evicted_themselves():
    budget = DisruptionBudget("shop", "all", LabelSelector(), max_unavailable="1")
    daemon = Workload(WorkloadId("DaemonSet", "shop", "agent"), "apps/v1", Pod("shop"), 0)
    others = Workload(WEB, "apps/v1", Pod("shop"), 3)
    assert not list(drains.statements(Cluster(workloads=(daemon,), budgets=(budget,))))
    (said,) = all_said(drains.statements(Cluster(workloads=(daemon, others), budgets=(budget,))))
    assert "allows none of its 3 pods to be evicted" in said.message


SPREADS = {
    "the default counts nodes that are cordoned": ("DoNotSchedule", "Ignore", True),
    "one that honors taints does not": ("DoNotSchedule", "Honor", False),
    "a wish keeps nobody pending": ("ScheduleAnyway", "Ignore", False),
}


@pytest.mark.parametrize(("when", "taints", "said"), SPREADS.values(), ids=SPREADS)
def test_spread_over_nodes_that_are_dead_but_there_is_said(when, taints, said):
    constraint = TopologySpreadConstraint(1, "zone", when, LabelSelector(), node_taints_policy=taints)
    workload = Workload(WEB, "apps/v1", Pod("shop", topology_spread_constraints=(constraint,)), 1)
    assert bool(list(drains.statements(Cluster(workloads=(workload,))))) is said
