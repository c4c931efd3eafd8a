"""Who belongs to which group and ring: accepts, and every way to say no."""

from dataclasses import replace

import pytest

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import LabelSelector
from models.kubernetes.pod import Container, Pod
from models.kubernetes.workload import Workload, WorkloadId
from models.source import Source
from models.trust import Assignment, Claimant, Match, Membership, TrustPolicy
from planner.errors import BadInput
from planner.trust import trust

LEVEL, TENANT = "ringfence.dev/trust-level", "ringfence.dev/tenant"
POLICY = TrustPolicy("shop", ("restricted", "internal", "untrusted"))


def workload(name="web", pod=None, own=None, kind="Deployment", namespace="shop", image="registry.example/web:1", job=None):
    template = Pod(namespace=namespace, labels=FrozenMap(pod or {}), containers=(Container("main", image),))
    return Workload(
        WorkloadId(kind, namespace, name),
        "apps/v1",
        template,
        labels=FrozenMap(own or {}),
        run_labels=FrozenMap(job or {}),
        where=Source("shop.yaml", 7),
    )


def cluster(*workloads, **namespaces):
    return Cluster(workloads=workloads, namespaces=FrozenMap({n: FrozenMap(labels) for n, labels in namespaces.items()}))


def membership(policy, *args, **kwargs):
    made = workload(*args, **{k: v for k, v in kwargs.items() if k != "namespaces"})
    return trust(policy, cluster(made, **kwargs.get("namespaces", {}))).members[str(made.id)]


ACCEPTS = [
    ("a tag on the pod template decides", POLICY, {"pod": {LEVEL: "internal"}}, "internal"),
    ("a tag on the workload decides", POLICY, {"own": {LEVEL: "internal"}}, "internal"),
    ("a tag on a CronJob's job template decides", POLICY, {"job": {LEVEL: "internal"}}, "internal"),
    ("a tag on the Namespace decides", POLICY, {"namespaces": {"shop": {LEVEL: "internal"}}}, "internal"),
    ("tags that agree are one tag", POLICY, {"pod": {LEVEL: "internal"}, "own": {LEVEL: "internal"}}, "internal"),
    ("untagged may be a level", replace(POLICY, untagged="untrusted"), {}, "untrusted"),
    (
        "a tag beats an assignment",
        replace(POLICY, assign=(Assignment("untrusted"),)),
        {"pod": {LEVEL: "internal"}},
        "internal",
    ),
    (
        "the first matching assignment wins",
        replace(
            POLICY, assign=(Assignment("restricted", Match(names=("api",))), Assignment("internal"), Assignment("untrusted"))
        ),
        {},
        "internal",
    ),
    (
        "an image without a registry comes from docker.io/library",
        replace(POLICY, assign=(Assignment("untrusted", Match(images=("docker.io/library/*",))),)),
        {"image": "nginx"},
        "untrusted",
    ),
    (
        "two stars cross slashes",
        replace(POLICY, assign=(Assignment("untrusted", Match(images=("docker.io/**",))),)),
        {"image": "docker.io/a/b/c:1"},
        "untrusted",
    ),
    (
        "a port in the registry's name is part of it",
        replace(POLICY, assign=(Assignment("internal", Match(images=("localhost:5000/*",))),)),
        {"image": "localhost:5000/web"},
        "internal",
    ),
    (
        "namespaces match by pattern and kinds exactly",
        replace(POLICY, assign=(Assignment("internal", Match(kind="Deployment", namespaces=("sh*",))),)),
        {},
        "internal",
    ),
    (
        "labels match the pod template's",
        replace(POLICY, assign=(Assignment("internal", Match(labels=LabelSelector(FrozenMap({"app": "web"})))),)),
        {"pod": {"app": "web"}},
        "internal",
    ),
    (
        "a claimed level is believed where the claim says so",
        replace(POLICY, claims=(Claimant("restricted", ("pay*", "shop")),)),
        {"pod": {LEVEL: "restricted"}},
        "restricted",
    ),
    (
        "tenants part a level that separates them",
        replace(POLICY, separate_tenants=("internal",)),
        {"pod": {LEVEL: "internal"}, "namespaces": {"shop": {TENANT: "blue"}}},
        "internal/blue",
    ),
    ("tenants do not part other levels", POLICY, {"pod": {LEVEL: "internal", TENANT: "blue"}}, "internal"),
    (
        "an assignment may name the tenant",
        replace(POLICY, separate_tenants=("internal",), assign=(Assignment("internal", tenant="green"),)),
        {},
        "internal/green",
    ),
]


@pytest.mark.parametrize(("policy", "given", "group"), [row[1:] for row in ACCEPTS], ids=[row[0] for row in ACCEPTS])
def test_accepts(policy, given, group):
    assert membership(policy, **given).group == group


REJECTS = [
    ("no tag and no assignment", POLICY, {}, "carries no level"),
    ("an unknown level", POLICY, {"pod": {LEVEL: "intern"}}, "unknown level 'intern' on the pod template"),
    (
        "template and workload disagree",
        POLICY,
        {"pod": {LEVEL: "internal"}, "own": {LEVEL: "untrusted"}},
        "'internal' on the pod template, 'untrusted' on the Deployment",
    ),
    (
        "job template and CronJob disagree",
        POLICY,
        {"job": {LEVEL: "internal"}, "own": {LEVEL: "untrusted"}, "kind": "CronJob"},
        "'internal' on the job template, 'untrusted' on the CronJob",
    ),
    (
        "template and namespace disagree",
        POLICY,
        {"pod": {LEVEL: "internal"}, "namespaces": {"shop": {LEVEL: "untrusted"}}},
        "'internal' on the pod template, 'untrusted' on Namespace shop",
    ),
    (
        "a level that another namespace claims",
        replace(POLICY, claims=(Claimant("restricted", ("payments",)),)),
        {"pod": {LEVEL: "restricted"}},
        "which only namespaces payments may carry",
    ),
    (
        "no tenant where tenants are separated",
        replace(POLICY, separate_tenants=("internal",)),
        {"pod": {LEVEL: "internal"}},
        "names no tenant",
    ),
    (
        "one star does not cross slashes",
        replace(POLICY, assign=(Assignment("untrusted", Match(images=("docker.io/*",))),)),
        {"image": "docker.io/a/b"},
        "carries no level",
    ),
    (
        "an assignment to another kind",
        replace(POLICY, assign=(Assignment("internal", Match(kind="Job")),)),
        {},
        "carries no level",
    ),
]


@pytest.mark.parametrize(("policy", "given", "message"), [row[1:] for row in REJECTS], ids=[row[0] for row in REJECTS])
def test_rejects(policy, given, message):
    with pytest.raises(BadInput) as error:
        membership(policy, **given)
    (fault,) = error.value.faults
    assert message in str(fault)
    assert str(fault).startswith("shop.yaml:7: label ringfence.dev/")
    assert fault.fix


@pytest.mark.parametrize(("kind", "is_for_all"), [("DaemonSet", True), ("Deployment", False)])
def test_what_runs_on_every_node_may_be_meant_for_every_ring(kind, is_for_all):
    with pytest.raises(BadInput) as error:
        membership(POLICY, kind=kind)
    (fault,) = error.value.faults
    assert ("spec.everywhere" in fault.fix) is is_for_all


def test_all_faults_are_said_together():
    with pytest.raises(BadInput) as error:
        trust(POLICY, cluster(workload("a"), workload("b"), workload("c", pod={LEVEL: "x"})))
    assert len(error.value.faults) == 3


def test_a_claim_ends_the_belief():
    believed = membership(POLICY, pod={LEVEL: "internal"})
    claimed = membership(replace(POLICY, claims=(Claimant("internal", ("shop",)),)), pod={LEVEL: "internal"})
    assigned = membership(replace(POLICY, untagged="internal"))
    assert (believed.believed, claimed.believed, assigned.believed) == (True, False, False)


def test_everywhere_makes_shared_residents_of_daemonsets_only():
    policy = replace(POLICY, untagged="internal", everywhere=(Match(namespaces=("shop",)),))
    daemon = membership(policy, kind="DaemonSet")
    assert daemon == Membership(everywhere=True, because="the policy's everywhere", rule=0)
    assert membership(policy).group == "internal"


def rings(policy, *levels):
    made = trust(policy, cluster(*(workload(f"w{at}", pod=labels) for at, labels in enumerate(levels))))
    return {ring.name: ring.groups for ring in made.rings}


def test_by_default_every_group_has_a_ring_of_its_own():
    assert rings(POLICY, {LEVEL: "internal"}, {LEVEL: "restricted"}) == {"internal": ("internal",), "restricted": ("restricted",)}


def test_groups_that_may_share_are_one_ring():
    policy = replace(POLICY, may_share=(("internal", "untrusted"),))
    found = rings(policy, *({LEVEL: level} for level in POLICY.levels))
    assert found == {"internal_untrusted": ("internal", "untrusted"), "restricted": ("restricted",)}


def test_a_ring_is_a_clique_even_where_sharing_is_not_transitive():
    policy = replace(POLICY, may_share=(("restricted", "internal"), ("internal", "untrusted")))
    found = rings(policy, *({LEVEL: level} for level in POLICY.levels))
    assert found == {"internal_restricted": ("internal", "restricted"), "untrusted": ("untrusted",)}


def test_a_level_that_separates_tenants_shares_with_others_not_among_its_own():
    policy = replace(POLICY, separate_tenants=("restricted",), may_share=(("restricted", "internal"),))
    made = trust(
        policy,
        cluster(
            workload("a", pod={LEVEL: "restricted", TENANT: "blue"}),
            workload("b", pod={LEVEL: "restricted", TENANT: "green"}),
            workload("c", pod={LEVEL: "internal"}),
        ),
    )
    assert made.sharing == (("internal", "restricted/blue"), ("internal", "restricted/green"))
    assert [ring.groups for ring in made.rings] == [("internal", "restricted/blue"), ("restricted/green",)]


def test_ring_names_are_label_values_and_unique():
    levels = tuple(f"a-rather-long-level-name-{at}" for at in range(4))
    policy = TrustPolicy("long", (*levels, "a", "b", "a_b"), may_share=(levels, ("a", "b")))
    found = rings(policy, *({LEVEL: level} for level in policy.levels))
    assert len(found) == 3
    assert all(len(name) <= 63 and name[-1].isalnum() for name in found)
