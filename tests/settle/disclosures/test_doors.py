"""The doors are said to be shut where a cluster denies exactly what this plan's policies refuse, and open in any other case."""

from dataclasses import replace

import pytest

from models.answer.plan import Buy, RingPlan
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import AdmissionHook, Cluster
from models.trust import Admission, Claimant, PolicyNodes, Ring, Trust, TrustPolicy
from planner.admission.digest import digest
from planner.admission.policies import mutating_policies, policies
from planner.settle.disclosures.general import not_modelled, unenforced

POLICY = TrustPolicy("shop", ("high", "low"), claims=(Claimant("high", ("vault-*",)),))
TRUST = Trust((), (Ring("high", ("high",)), Ring("low", ("low",))), FrozenMap())
DENYING = {policy.name: digest(policy.spec()) for policy in policies(POLICY, TRUST, Cluster(), ())}
OPEN, SHUT = "no-admission", "admission"


def said(denying: dict[str, str], policy: TrustPolicy = POLICY, trust: Trust = TRUST) -> str:
    """Return what kind of statement is made of every ring."""
    found = unenforced(Cluster(denying=FrozenMap(denying)), policy, trust, (), ())
    return next(one.code for one in found if one.subject == "every ring")


def test_nothing_is_in_force():
    assert said({}) == OPEN


def test_all_of_them_are_in_force():
    assert said(DENYING) == SHUT


def test_policies_of_others_beside_them_do_no_harm():
    assert said({**DENYING, "digests": "0"}) == SHUT


@pytest.mark.parametrize("name", DENYING)
def test_one_is_missing(name):
    assert said({one: text for one, text in DENYING.items() if one != name}) == OPEN


@pytest.mark.parametrize("name", DENYING)
def test_one_says_something_else(name):
    assert said({**DENYING, name: "0"}) == OPEN


BOUGHT = (RingPlan("high", ("high",), buy=(Buy("m5", "a", 1),)),)
"""Nodes that Karpenter may make, as long as nobody says who does."""


def test_those_of_the_plan_that_bought_the_nodes_are_as_good_once_they_run():
    then = {one.name: digest(one.spec()) for one in policies(POLICY, TRUST, Cluster(), BOUGHT)}
    assert then != DENYING
    assert said(then) == SHUT
    named = replace(POLICY, admission=Admission(provisioners=()))
    assert said(then, named) == OPEN


OTHERS = {
    "another claim": replace(POLICY, claims=(Claimant("high", ("vault-*", "bank")),)),
    "another label of nodes": replace(POLICY, nodes=PolicyNodes(label_key="a.b/ring")),
    "another administrator": replace(POLICY, admission=Admission(admins=("root",))),
}


@pytest.mark.parametrize("policy", OTHERS.values(), ids=OTHERS)
def test_those_of_another_policy_are_in_force(policy):
    assert said(DENYING, policy) == OPEN


def test_a_label_that_a_kubelet_may_write_is_no_matter_once_they_are():
    weak = replace(POLICY, nodes=PolicyNodes(label_key="a.b/ring"))
    denying = FrozenMap({one.name: digest(one.spec()) for one in policies(weak, TRUST, Cluster(), ())})
    codes = {one.code for one in unenforced(Cluster(denying=denying), weak, TRUST, (), ())}
    assert "kubelet-label" not in codes
    assert "kubelet-label" in {one.code for one in unenforced(Cluster(), weak, TRUST, (), ())}


GIVEN = POLICY, TRUST, Cluster()
ADDING = tuple(AdmissionHook(one.kind, one.name, True, digest(one.spec())) for one in mutating_policies(*GIVEN))
OWN = (*(AdmissionHook(one.kind, one.name, digest=digest(one.spec())) for one in policies(*GIVEN, ())), *ADDING)
NAMED = {
    "all of them are there": (OWN, ""),
    "one of them says something else": (
        (replace(OWN[0], digest="0"), *OWN[1:]),
        "ValidatingAdmissionPolicy/ringfence-pods may refuse pods, or what makes them: which ones is not modelled",
    ),
    "one of them is bound with an exception": (
        (replace(OWN[1], digest=""),),
        "ValidatingAdmissionPolicy/ringfence-templates may refuse pods, or what makes them: which ones is not modelled",
    ),
    "another says the same under another name": (
        (replace(OWN[0], name="other"),),
        "ValidatingAdmissionPolicy/other may refuse pods, or what makes them: which ones is not modelled",
    ),
    "webhooks have a name of ours": (
        (AdmissionHook("ValidatingWebhookConfiguration", "ringfence-pods"),),
        "ValidatingWebhookConfiguration/ringfence-pods may refuse pods, or what makes them: which ones is not modelled",
    ),
}


@pytest.mark.parametrize(("hooks", "message"), NAMED.values(), ids=NAMED)
def test_what_may_refuse_pods_is_named_unless_it_is_the_plans_own(hooks, message):
    said = not_modelled(Cluster(hooks=hooks), POLICY, TRUST, ())
    assert [one.message for one in said if one.subject == "admission"] == [message][: bool(message)]


def test_what_may_change_pods_is_named_unless_it_is_the_plans_own():
    assert len(ADDING) == 3
    changed = (replace(ADDING[0], digest="0"), *ADDING[1:], AdmissionHook("MutatingWebhookConfiguration", "sidecars", True))
    said = {one.subject for one in not_modelled(Cluster(hooks=changed), POLICY, TRUST, ()) if "may change pods" in one.message}
    assert said == {f"MutatingAdmissionPolicy/{ADDING[0].name}", "MutatingWebhookConfiguration/sidecars"}
