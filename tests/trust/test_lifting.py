"""Levels that a workload gets without a tag are claimed like others, and a resident of every ring has none of its own."""

from dataclasses import replace

import pytest

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.labels import Labels, LabelSelector
from models.kubernetes.pod import Container, Pod
from models.kubernetes.workload import Workload, WorkloadId
from models.source import Source
from models.trust import Assignment, Claimant, Match, Membership, TrustPolicy
from planner.errors import BadInput
from planner.trust import trust

LEVEL = "ringfence.dev/trust-level"
POLICY = TrustPolicy("shop", ("restricted", "untrusted"), claims=(Claimant("restricted", ("payments",)),))
TIER = Match(labels=LabelSelector(FrozenMap({"tier": "pay"})))


def workload(namespace: str = "partner", kind: str = "Deployment", pod: dict[str, str] | None = None, **own: object) -> Workload:
    template = Pod(namespace, Labels({"tier": "pay", **(pod or {})}), (Container("c", "registry.corp/web:1"),))
    return Workload(WorkloadId(kind, namespace, "web"), "apps/v1", template, where=Source("a.yaml", 3), **own)  # type: ignore[arg-type]


def member(policy: TrustPolicy, one: Workload, namespace: dict[str, str] | None = None) -> Membership:
    cluster = Cluster(workloads=(one,), namespaces=FrozenMap({one.id.namespace: Labels(namespace or {})}))
    return trust(policy, cluster).members[str(one.id)]


def test_a_level_that_a_label_says_is_mended_at_the_label():
    with pytest.raises(BadInput) as error:
        member(POLICY, workload(pod={LEVEL: "restricted"}))
    (fault,) = error.value.faults
    assert fault.fix == "change the label, or add the namespace to spec.claims"


LIFTS = [
    pytest.param(replace(POLICY, assign=(Assignment("restricted", TIER),)), "spec.assign[0] of the policy", id="a rule"),
    pytest.param(replace(POLICY, untagged="restricted"), "spec.untagged of the policy", id="the level for the untagged"),
]


@pytest.mark.parametrize(("policy", "place"), LIFTS)
def test_a_claim_binds_what_is_lifted_by(policy, place):
    with pytest.raises(BadInput) as error:
        member(policy, workload())
    (fault,) = error.value.faults
    assert fault.reason == (
        f"Deployment/partner/web: {place} gives it level 'restricted', which only namespaces payments may carry"
    )
    assert fault.fix == f"change {place}, or add the namespace to spec.claims"
    assert str(fault.where) == "a.yaml:3"


@pytest.mark.parametrize(("policy", "place"), LIFTS)
def test_in_a_namespace_that_may_carry_the_level_it_is_given(policy, place):
    found = member(policy, workload("payments"))
    assert (found.group, found.because, found.believed) == ("restricted", place, False)


def test_the_rule_that_gave_a_level_is_known_by_its_number():
    policy = replace(POLICY, assign=(Assignment("restricted", Match("Job")), Assignment("untrusted", TIER)))
    assert member(policy, workload()).rule == 1
    assert member(policy, workload(pod={LEVEL: "untrusted"})).rule is None
    assert member(replace(POLICY, untagged="untrusted"), workload()).rule is None


ADMITTED = (Match("DaemonSet", ("kube-system",)), Match(names=("web",)))
EVERYWHERE = replace(POLICY, everywhere=ADMITTED, where=Source("trust.yaml", 2))
TAGGED = [
    pytest.param({"pod": {LEVEL: "untrusted"}}, "'untrusted' on the pod template", id="its pod template"),
    pytest.param({"labels": Labels({LEVEL: "untrusted"})}, "'untrusted' on the DaemonSet", id="the DaemonSet"),
    pytest.param({"pod": {LEVEL: "nonsense"}}, "'nonsense' on the pod template", id="its pod template, and no policy knows it"),
]


@pytest.mark.parametrize(("given", "place"), TAGGED)
def test_a_resident_of_every_ring_that_says_a_level_is_refused_with_both_places_where_it_stands_on(given, place):
    with pytest.raises(BadInput) as error:
        member(EVERYWHERE, workload(kind="DaemonSet", **given))
    (fault,) = error.value.faults
    assert fault.reason == (
        f"DaemonSet/partner/web says level {place}, and spec.everywhere[1] of the policy (trust.yaml:2) lets it into every ring"
    )
    assert (str(fault.where), fault.fix) == ("a.yaml:3", "remove the label, or narrow spec.everywhere")


def test_the_level_of_a_namespace_is_that_of_the_others_in_it():
    found = member(EVERYWHERE, workload(kind="DaemonSet"), {LEVEL: "untrusted"})
    assert (found.everywhere, found.rule) == (True, 1)
    assert member(EVERYWHERE, workload(), {LEVEL: "untrusted"}).group == "untrusted"
