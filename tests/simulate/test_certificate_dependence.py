"""Rings with pods that depend on each other are at best tried, and so is one with pods that are not wholly understood."""

from dataclasses import replace

import pytest

from models.answer.plan import IsolationPlan
from models.disclosure import Disclosure, DisclosureCode
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Statement
from models.kubernetes.labels import Labels, LabelSelector, NodeSelectorTerm, Requirement
from models.kubernetes.pod import HostPort, PodAffinityTerm, TopologySpreadConstraint
from models.kubernetes.resources import DEVICES
from models.kubernetes.storage import Claim, StorageClass, Volume
from models.trust import Membership
from planner.simulate.any_order_proof import certify, nodes_to_prove
from planner.wording.disclosures import said
from planner.wording.unread import NOT_MODELLED
from tests.simulate.certificate_rings import CRITICAL, node, plan_of, workload

CPU = {"cpu": 1000}
TWO = [node("a"), node("b")]
SSD = Labels({"disk": "ssd"})
WEB, DB = (LabelSelector(Labels({"app": name})) for name in ("web", "db"))


PROVEN = "proven"


def verdict(plan: IsolationPlan) -> str:
    return str(certify(plan)["inner"] or PROVEN)


DEPENDS = [
    ("affinity", workload("web", 1, CPU, pod_affinity=(PodAffinityTerm("zone", WEB),)),
     "Deployment/shop/web has to find the pods that its affinity asks for, so it depends on who came before"),
    ("anti-affinity to its like", workload("web", 2, CPU, pod_anti_affinity=(PodAffinityTerm("zone", WEB),)),
     "Deployment/shop/web has to stay away from its like"),
    ("a hard spread constraint", workload("web", 1, CPU, topology_spread_constraints=(TopologySpreadConstraint(9, "zone"),)),
     "Deployment/shop/web has a DoNotSchedule spread constraint, so it depends on where the others are"),
    ("a host port that two pods want", workload("web", 2, CPU, ports=(HostPort(80),)),
     "Deployment/shop/web cannot be on one node with its like: both want host port 80"),
    ("anti-affinity between pods that differ by their claims",
     workload("db", 2, CPU, "StatefulSet", claim_templates=("data",), pod_anti_affinity=(PodAffinityTerm("zone", DB),)),
     "StatefulSet/shop/db has to stay away from its like"),
    ("a host port that pods want which differ by their claims",
     workload("db", 2, CPU, "StatefulSet", claim_templates=("data",), ports=(HostPort(80),)),
     "StatefulSet/shop/db cannot be on one node with its like: both want host port 80"),
    ("a claim that is not bound", workload("web", 1, CPU, claims=("loose",)),
     "Deployment/shop/web claims loose, which is not bound to a known volume"),
    ("a claim that asks for a volume which others may take", workload("web", 1, CPU, claims=("asking",)),
     "Deployment/shop/web claims asking, and another claim may take the volume that it asks for first"),
    ("a claim that is not known", workload("web", 1, CPU, claims=("gone",)),
     "Deployment/shop/web claims gone, which is not bound to a known volume"),
    ("a claim that waits, wanted by two", workload("web", 2, CPU, claims=("late",)),
     "Deployment/shop/web shares late, whose volume will be where the first of its pods goes"),
    ("a claim that takes what is there", workload("web", 1, CPU, claims=("local",)),
     "Deployment/shop/web claims local, which may take one of the volumes of storage class local that others may take"),
    ("a claim whose volume stays where it is made", workload("web", 1, CPU, claims=("late",)),
     "Deployment/shop/web claims late, whose volume stays where its pod was first, and may be out of reach of the next one"),
    ("claims of a StatefulSet, which outlive its pods",
     workload("web", 1, CPU, "StatefulSet", claim_templates=("data",), new_claims=(Claim(name="data", storage_class="made"),)),
     "StatefulSet/shop/web claims data, whose volume stays where its pod was first, and may be out of reach of the next one"),
    ("a claim whose volume is made of storage that others use up",
     workload("web", 2, CPU, new_claims=(Claim(name="scratch", storage_class="counted"),)),
     "Deployment/shop/web claims scratch, for whose volume there may be no storage left where others have theirs "
     "(CSIStorageCapacity)"),
    ("a claim that takes what is there, though volumes are made too",
     workload("web", 2, CPU, new_claims=(Claim(name="scratch", storage_class="both"),)),
     "Deployment/shop/web claims scratch, which may take one of the volumes of storage class both that others may take"),
    ("a claim of a DaemonSet whose volume not every node reaches", workload("web", 0, CPU, "DaemonSet", claims=("data-db-0",)),
     "DaemonSet/shop/web claims data-db-0, and pods of it are made also where its volume is out of reach"),
    ("a claim for one pod at a time, of a DaemonSet", workload("web", 0, CPU, "DaemonSet", claims=("mine",)),
     "DaemonSet/shop/web shares shop/mine, which one pod at a time may use (ReadWriteOncePod)"),
    ("claims yet to be made", workload("web", 1, CPU, "StatefulSet", claim_templates=("data",)),
     "StatefulSet/shop/web claims data, which is not bound to a known volume"),
    ("a claim for one pod at a time, wanted by two", workload("web", 2, CPU, claims=("solo",)),
     "Deployment/shop/web shares shop/solo, which one pod at a time may use (ReadWriteOncePod)"),
    ("a claim for one pod at a time, which another one makes", workload("web", 1, CPU, claims=("data-alone-0",)),
     "Deployment/shop/web shares shop/data-alone-0, which one pod at a time may use (ReadWriteOncePod)"),
    ("nodeName", workload("web", 1, CPU, node_name="a"), "Deployment/shop/web names its node, and so goes past kube-scheduler"),
    ("another scheduler", workload("web", 1, CPU, scheduler_name="mine"),
     "Deployment/shop/web is bound by mine, whose rules are not known"),
    ("what the reader did not understand", workload("odd", 1, CPU), "Deployment/shop/odd: resourceClaims are not modelled"),
]  # fmt: skip
CLAIMS = {
    "claims": FrozenMap(
        {
            "shop/loose": Claim("shop", "loose"),
            "shop/asking": Claim("shop", "asking", "anywhere"),
            "shop/late": Claim("shop", "late", storage_class="made"),
            "shop/local": Claim("shop", "local", storage_class="local"),
            "shop/mine": Claim("shop", "mine", "anywhere", ("ReadWriteOncePod",), bound=True),
            "shop/solo": Claim("shop", "solo", "pv", ("ReadWriteOncePod",), bound=True),
            "shop/data-alone-0": Claim("shop", "data-alone-0", "pv", ("ReadWriteOncePod",), bound=True),
            "shop/data-db-0": Claim("shop", "data-db-0", "pv", bound=True),
            "shop/data-db-1": Claim("shop", "data-db-1", "pv", bound=True),
        }
    ),
    "storage_classes": FrozenMap(
        {
            "made": StorageClass("made", "csi.test.dev", waits=True),
            "local": StorageClass("local", waits=True),
            "both": StorageClass("both", "csi.test.dev", waits=True),
            "counted": StorageClass("counted", "csi.test.dev", waits=True, counted=True),
        }
    ),
    "volumes": FrozenMap(
        {
            "pv": Volume("pv", node_affinity=(NodeSelectorTerm((Requirement("disk", "In", ("ssd",)),)),)),
            "anywhere": Volume("anywhere"),
            "taken": Volume("taken", storage_class="made", available=False),
            "spare": Volume("spare", storage_class="both", available=True),
        }
    ),
    "unread": (Statement("Deployment/shop/odd", "resourceClaims are not modelled"), Statement("Foo/x/y", "unknown kind")),
}


@pytest.mark.parametrize(("one", "reason"), [row[1:] for row in DEPENDS], ids=[row[0] for row in DEPENDS])
def test_not_proven_where_pods_depend_on_each_other(one, reason) -> None:
    alone = workload("alone", 1, {}, "StatefulSet", claim_templates=("data",))
    plan = plan_of([node(name, labels=SSD) for name in "abcdef"], [one, alone], **CLAIMS)
    assert verdict(plan) == reason
    assert nodes_to_prove(plan, "inner", "a") is None


def test_volumes_that_are_made_for_each_pod_anew_need_only_room() -> None:
    claimed = (Claim(name="scratch", storage_class="made"),)
    assert verdict(plan_of(TWO, [workload("cache", 2, CPU, new_claims=claimed)], **CLAIMS)) == PROVEN


@pytest.mark.parametrize(
    ("kind", "held", "said"),
    [
        pytest.param("Deployment", "cpu", PROVEN, id="those that are made again make room for a critical DaemonSet"),
        pytest.param("Job", "cpu", "may come last", id="those of a Job may not: after some evictions it has failed"),
        pytest.param("Pod", "cpu", "may come last", id="nor bare pods, which nobody makes again"),
        pytest.param("Deployment", f"{DEVICES}gpu", "may come last", id="devices are not free before who has them is gone"),
    ],
)
def test_preemption_is_counted_on_where(kind, held, said) -> None:
    agent = workload("agent", 0, {held: 1000}, "DaemonSet", priority=CRITICAL)
    room = {"cpu": 8000, "pods": 9, held: 2000}
    nodes = [replace(node(name), allocatable=FrozenMap(room)) for name in "abc"]
    assert said in verdict(plan_of(nodes, [agent, workload("web", 2, {held: 1000}, kind)]))


def test_nodes_are_told_apart_by_what_decides_where_volumes_are_made() -> None:
    """Both pods of web on the node in rack 1 leave db without a node."""
    rack = NodeSelectorTerm((Requirement("rack", "In", ("1",)),))
    given = {**CLAIMS, "storage_classes": FrozenMap({"racked": StorageClass("racked", "csi.test.dev", True, (rack,))})}
    db = workload("db", 1, {"cpu": 1000}, new_claims=(Claim(name="scratch", storage_class="racked"),))
    nodes = [node("a", labels=Labels({"rack": "1"})), node("b", labels=Labels({"rack": "2"}))]
    assert "the one node that takes it" in verdict(plan_of(nodes, [db, workload("web", 2, {"cpu": 2000})], **given))


SELECTED = {"fields": ("podAffinity",), "keys": ("hash",), "namespaces": ("far",)}


@pytest.mark.parametrize("case", [case for case in NOT_MODELLED if case.startswith(("preferences", "preferred", "required"))])
def test_what_only_ranks_nodes_does_not_matter(case: str) -> None:
    unread = said(Disclosure.of(DisclosureCode.NOT_MODELLED, "Deployment/shop/web", case=case, **SELECTED))
    is_proven = verdict(plan_of(TWO, [workload("web", 8, CPU)], unread=(unread,))) == PROVEN
    assert is_proven == (not case.startswith("required"))


def test_a_pod_with_a_bound_claim_waits_for_the_nodes_that_reach_its_volume() -> None:
    db = workload("db", 1, {"cpu": 3000}, "StatefulSet", claim_templates=("data",))
    nodes = [node("a", labels=SSD), node("b")]
    assert verdict(plan_of(nodes, [db, workload("web", 1, CPU)], **CLAIMS)) == PROVEN
    assert "the one node that takes it" in verdict(plan_of(nodes, [db, workload("web", 2, CPU)], **CLAIMS))


def test_pods_of_other_rings_matter_where_they_keep_others_away() -> None:
    web = workload("web", 1, CPU)
    shy = workload("shy", 1, CPU, pod_anti_affinity=(PodAffinityTerm("zone", WEB),))
    plan = plan_of(TWO, [web, shy])
    members = FrozenMap({**plan.trust.members, str(shy.id): Membership("outer", "outer")})
    apart = replace(plan, trust=replace(plan.trust, members=members))
    assert verdict(apart) == "Deployment/shop/web has to be kept away from Deployment/shop/shy"
    near = replace(shy, template=replace(shy.template, pod_anti_affinity=(PodAffinityTerm("kubernetes.io/hostname", WEB),)))
    assert verdict(replace(apart, cluster=replace(apart.cluster, workloads=(near, web)))) == PROVEN
