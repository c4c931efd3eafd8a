"""What may change or refuse pods as they are admitted is named: webhooks and policies whose rules meet what a plan needs."""

import pytest

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster, Statement
from models.trust import Trust, TrustPolicy
from planner.admission import strangers
from tests.read.cluster_reader import cluster_of, controller

WEB = controller("Deployment")
POLICY, TRUST = TrustPolicy("shop", ("high",)), Trust((), (), FrozenMap())
PODS = 'apiGroups: [""], operations: [CREATE], resources: [pods]'


def stated(*texts) -> list[Statement]:
    """Read documents, and return all that is said of them to a plan that wrote none of them."""
    cluster: Cluster = cluster_of(*texts)
    return [*cluster.unread, *strangers.statements(cluster, POLICY, TRUST, ())]


def said(*texts) -> dict[str, str]:
    return {each.subject: each.message for each in stated(*texts)}


def gate(kind, name, inner):
    return f"{{apiVersion: admissionregistration.k8s.io/v1, kind: {kind}, metadata: {{name: {name}}}, {inner}}}"


def hooks(rule, name="hooks", kind="ValidatingWebhookConfiguration"):
    return gate(kind, name, f"webhooks: [{{name: first.example.com}}, {{name: w.example.com, rules: [{{{rule}}}]}}]")


def policy(rule, name="digests", kind="ValidatingAdmissionPolicy"):
    return gate(kind, name, f"spec: {{matchConstraints: {{resourceRules: [{{{rule}}}]}}}}")


def binding(actions, of="digests", name="bound"):
    return gate("ValidatingAdmissionPolicyBinding", name, f"spec: {{policyName: {of}, validationActions: [{actions}]}}")


MEETING = {
    "pods that are made": PODS,
    "the binding of pods to nodes": 'apiGroups: [""], operations: [CREATE], resources: [pods/binding]',
    "all that is below pods": 'apiGroups: [""], operations: [CREATE], resources: [pods/*]',
    "everything of the core": 'apiGroups: [""], operations: ["*"], resources: ["*"]',
    "everything, and all below it": 'apiGroups: ["*"], operations: [UPDATE, CREATE], resources: ["*/*"]',
    "controllers, which the plan patches": "apiGroups: [apps], operations: [UPDATE], resources: [deployments, daemonsets]",
    "ReplicationControllers, which are patched": 'apiGroups: [""], operations: [UPDATE], resources: [replicationcontrollers]',
    "runs of Jobs": "apiGroups: [batch], operations: [CREATE], resources: [jobs]",
    "rollouts": "apiGroups: [argoproj.io], operations: [UPDATE], resources: [rollouts]",
    "what is left out": "resources: [pods]",
    "all that is left out": "scope: Namespaced",
}
PASSING = {
    "other resources, of whatever group": "resources: [services]",
    "other resources": 'apiGroups: [""], operations: [CREATE], resources: [services]',
    "everything of another group": 'apiGroups: [cert-manager.io], operations: ["*"], resources: ["*"]',
    "pods of another group": "apiGroups: [metrics.k8s.io], operations: [CREATE], resources: [pods]",
    "pods that are changed": 'apiGroups: [""], operations: [UPDATE], resources: [pods]',
    "pods that are deleted": 'apiGroups: [""], operations: [DELETE], resources: [pods]',
    "commands in pods": 'apiGroups: [""], operations: ["*"], resources: [pods/exec]',
    "controllers that are deleted": "apiGroups: [apps], operations: [DELETE], resources: [deployments]",
}


@pytest.mark.parametrize("make", [hooks, policy], ids=["webhooks", "policies"])
@pytest.mark.parametrize("rule", MEETING.values(), ids=MEETING)
def test_what_may_refuse_pods_or_what_makes_them_is_named(make, rule):
    (found,) = stated(make(rule), WEB)
    name = {hooks: "ValidatingWebhookConfiguration/hooks", policy: "ValidatingAdmissionPolicy/digests"}[make]
    assert (found.subject, found.where.line) == ("admission", 1)
    assert found.message == f"{name} may refuse pods, or what makes them: which ones is not modelled"


@pytest.mark.parametrize("make", [hooks, policy], ids=["webhooks", "policies"])
@pytest.mark.parametrize("rule", PASSING.values(), ids=PASSING)
def test_what_refuses_neither_is_not(make, rule):
    assert stated(WEB, make(rule)) == []


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        pytest.param(hooks, "MutatingWebhookConfiguration", id="webhooks"),
        pytest.param(policy, "MutatingAdmissionPolicy", id="policies"),
    ],
)
def test_what_changes_pods_is_called_for_pods_that_are_made(make, kind):
    assert list(said(WEB, make(PODS, "sidecars", kind))) == [f"{kind}/sidecars"]
    for rule in PASSING.values():
        assert stated(WEB, make(rule, "sidecars", kind)) == []


DENIES = {
    "one that denies": (policy(PODS), binding("Deny")),
    "one that denies and audits": (policy(PODS), binding("Deny, Audit")),
    "of several, one denies": (binding("Warn", name="a"), binding("Deny", name="b"), policy(PODS), binding("Audit", name="c")),
    "none that is in the input": (policy(PODS),),
    "one of another policy": (policy(PODS), binding("Warn", "other")),
}


@pytest.mark.parametrize("texts", DENIES.values(), ids=DENIES)
def test_a_policy_refuses_pods_by_its_bindings(texts):
    assert said(WEB, *texts)["admission"].startswith("ValidatingAdmissionPolicy/digests may refuse pods")


LETS = {
    "one that warns": (policy(PODS), binding("Warn")),
    "one that audits, which comes first": (binding("Audit, Warn"), policy(PODS)),
    "one that denies what is not for pods": (policy(PASSING["other resources"]), binding("Deny")),
    "one that warns by a policy that is not in the input": (binding("Warn"),),
}


@pytest.mark.parametrize("texts", LETS.values(), ids=LETS)
def test_a_policy_that_only_warns_or_audits_refuses_nothing(texts):
    assert stated(WEB, *texts) == []


def test_a_binding_that_denies_by_a_policy_that_is_not_in_the_input_is_named():
    message = said(WEB, binding("Deny"))["admission"]
    assert message.startswith("ValidatingAdmissionPolicyBinding/bound may refuse pods")


def test_all_are_named_in_one_statement_and_one_that_is_there_twice_once():
    texts = [hooks(PODS, f"h{at}") for at in (3, 1, 2, 1)] + [policy(PODS), policy(PODS)]
    (found,) = stated(WEB, *texts)
    hooked = ", ".join(f"ValidatingWebhookConfiguration/h{at}" for at in (1, 2, 3))
    assert found.message.startswith(f"ValidatingAdmissionPolicy/digests, {hooked} may refuse pods")


def test_of_very_many_it_is_said_how_many_there_are():
    (found,) = stated(WEB, *(hooks(PODS, f"h{at}") for at in range(9)))
    assert "ValidatingWebhookConfiguration/h4 and 4 more may refuse pods" in found.message


def stored(kind, name, spec):
    return gate(kind, f"{name}, uid: u, resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z'", f"spec: {{{spec}}}")


SPEC = "failurePolicy: Fail, matchConstraints: {{{}resourceRules: [{{{} {}}}]}}, validations: [{{expression: 'false'}}]"
BARE, COMPLETED = SPEC.format("", "", PODS), SPEC.format("matchPolicy: Equivalent, namespaceSelector: {}, ", "scope: '*',", PODS)
BOUND = "policyName: digests, validationActions: [Deny]"
DENYING = {
    "one that is bound to deny": (BARE, BOUND, True),
    "one that is bound to deny and warn": (BARE, "policyName: digests, validationActions: [Deny, Audit]", True),
    "one that only warns": (BARE, "policyName: digests, validationActions: [Warn, Audit]", False),
    "one whose binding spares namespaces": (BARE, f"{BOUND}, matchResources: {{namespaceSelector: {{}}}}", False),
    "one whose binding takes parameters": (BARE, f"{BOUND}, paramRef: {{name: values}}", False),
    "one that another is bound for": (BARE, "policyName: others, validationActions: [Deny]", False),
}


@pytest.mark.parametrize(("spec", "bound", "denies"), DENYING.values(), ids=DENYING)
def test_a_policy_denies_if_a_binding_says_so_without_exception(spec, bound, denies):
    policy, binding = stored("ValidatingAdmissionPolicy", "digests", spec), stored("ValidatingAdmissionPolicyBinding", "b", bound)
    assert list(cluster_of(binding, policy, WEB).denying) == (["digests"] if denies else [])


def test_what_the_api_server_adds_makes_no_other_policy():
    binding = stored("ValidatingAdmissionPolicyBinding", "b", BOUND)
    first, second = (
        cluster_of(stored("ValidatingAdmissionPolicy", "digests", spec), binding, WEB).denying for spec in (BARE, COMPLETED)
    )
    narrowed = BARE.replace("resourceRules", "namespaceSelector: {matchLabels: {a: b}}, resourceRules")
    third = cluster_of(stored("ValidatingAdmissionPolicy", "digests", narrowed), binding, WEB).denying
    lenient = BARE.replace("Fail", "Ignore")
    fourth = cluster_of(stored("ValidatingAdmissionPolicy", "digests", lenient), binding, WEB).denying
    assert first == second
    assert len({first["digests"], third["digests"], fourth["digests"]}) == 3


def test_what_a_file_says_is_not_in_force():
    policy, binding = (
        gate("ValidatingAdmissionPolicy", "digests", f"spec: {{{BARE}}}"),
        gate("ValidatingAdmissionPolicyBinding", "b", f"spec: {{{BOUND}}}"),
    )
    assert not cluster_of(policy, binding, WEB).denying
