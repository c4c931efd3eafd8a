"""Rights by which somebody becomes somebody else: who is told of, and whose pods make it a way up."""

import json

import pytest

from planner.check import check
from planner.check.request import Request
from planner.inputs import Inputs

IDENTITIES = {
    *("may-escalate", "may-impersonate", "may-make-tokens", "may-approve-clients", "may-make-pods", "may-read-secrets"),
}
RBAC, CERTIFICATES = "rbac.authorization.k8s.io", "certificates.k8s.io"
AGENT, PERSON = {"kind": "ServiceAccount", "namespace": "games", "name": "agent"}, {"kind": "User", "name": "anna"}
POLICY = {
    "apiVersion": "ringfence.dev/v1alpha1",
    "kind": "TrustPolicy",
    "metadata": {"name": "t"},
    "spec": {
        "levels": ["trusted", "internal", "untrusted"],
        "claims": [{"level": "trusted", "namespaces": ["games", "shop"]}],
        "untagged": "untrusted",
    },
}


def rule(group, resource, *verbs, names=()):
    return {
        "apiGroups": [group],
        "resources": [resource],
        "verbs": list(verbs),
        **({"resourceNames": list(names)} if names else {}),
    }


def grant(*rules, subject=AGENT, namespace=""):
    """The role of these rules, bound in a namespace or in all."""
    kind = "RoleBinding" if namespace else "ClusterRoleBinding"
    placed = {"name": "agent", **({"namespace": namespace} if namespace else {})}
    reference = {"apiGroup": RBAC, "kind": "ClusterRole", "name": "agent"}
    return [
        {"apiVersion": f"{RBAC}/v1", "kind": "ClusterRole", "metadata": {"name": "agent"}, "rules": list(rules)},
        {"apiVersion": f"{RBAC}/v1", "kind": kind, "metadata": placed, "roleRef": reference, "subjects": [subject]},
    ]


def pod(name, namespace, level, **spec):
    labels = {"ringfence.dev/trust-level": level} if level else {}
    container = {"name": "c", "image": "x:1", "resources": {"requests": {"cpu": "1m", "memory": "1Mi"}}}
    meta = {"name": name, "namespace": namespace, "labels": labels}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"containers": [container], **spec}}


@pytest.fixture
def told(tmp_path):
    """Return id and severity of what is found of identities in these objects, with a policy or without one."""

    def run(objects, policy=None):
        (tmp_path / "w.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))
        (tmp_path / "t.json").write_text(json.dumps(policy))
        inputs = Inputs((str(tmp_path / "w.json"),), (), str(tmp_path / "t.json") if policy else "")
        rights = {
            "may-escalate",
            "may-impersonate",
            "may-make-tokens",
            "may-approve-clients",
            "may-make-pods",
            "may-read-secrets",
        }
        return [(entry.id, entry.severity) for entry in check(Request(inputs)).findings if entry.id in rights]

    return run


APPROVAL = rule(CERTIFICATES, "certificatesigningrequests/approval", "update")


def signer(*names):
    return rule(CERTIFICATES, "signers", "approve", names=names)


RIGHTS = {
    "escalate": (grant(rule(RBAC, "clusterroles", "escalate")), "may-escalate"),
    "escalate of roles": (grant(rule(RBAC, "roles", "escalate")), "may-escalate"),
    "bind": (grant(rule(RBAC, "clusterroles", "bind")), "may-escalate"),
    "every verb on roles": (grant(rule(RBAC, "*", "*")), "may-escalate"),
    "bind of cluster-admin": (grant(rule(RBAC, "clusterroles", "bind", names=["view", "cluster-admin"])), "may-escalate"),
    "bind of a role that is named": (grant(rule(RBAC, "clusterroles", "bind", names=["view"])), ""),
    "roles that are only made": (grant(rule(RBAC, "clusterroles", "create", "update")), ""),
    "bind of another group": (grant(rule("x.example", "clusterroles", "bind")), ""),
    "impersonate users": (grant(rule("", "users", "impersonate")), "may-impersonate"),
    "impersonate groups": (grant(rule("", "groups", "impersonate")), "may-impersonate"),
    "impersonate service accounts": (grant(rule("", "serviceaccounts", "impersonate")), "may-impersonate"),
    "impersonate system:masters": (grant(rule("", "groups", "impersonate", names=["system:masters"])), "may-impersonate"),
    "impersonate one user": (grant(rule("", "users", "impersonate", names=["bert"])), ""),
    "impersonate users in a namespace": (grant(rule("", "users", "impersonate"), namespace="shop"), ""),
    "make tokens": (grant(rule("", "serviceaccounts/token", "create")), "may-make-tokens"),
    "make tokens of one account": (grant(rule("", "serviceaccounts/token", "create", names=["agent"])), ""),
    "make service accounts": (grant(rule("", "serviceaccounts", "create")), ""),
    "make StatefulSets": (grant(rule("apps", "statefulsets", "create")), "may-make-pods"),
    "change Deployments": (grant(rule("apps", "deployments", "patch")), "may-make-pods"),
    "make pods in one namespace": (grant(rule("", "pods", "create"), namespace="shop"), ""),
    "change one Deployment": (grant(rule("apps", "deployments", "update", names=["agent"])), ""),
    "scale Deployments": (grant(rule("apps", "deployments/scale", "update")), ""),
    "delete pods": (grant(rule("", "pods", "delete")), ""),
    "make pods as a user": (grant(rule("", "pods", "create"), subject=PERSON), ""),
    "make pods beside everything else": (grant(rule("*", "*", "patch"), rule("batch", "jobs", "create")), ""),
    "list secrets": (grant(rule("", "secrets", "list")), "may-read-secrets"),
    "get secrets": (grant(rule("", "secrets", "get")), "may-read-secrets"),
    "get one secret": (grant(rule("", "secrets", "get", names=["tls"])), ""),
    "list secrets of one namespace": (grant(rule("", "secrets", "list"), namespace="shop"), ""),
    "make secrets": (grant(rule("", "secrets", "create")), ""),
    "approve kubelets": (grant(APPROVAL, signer("kubernetes.io/kube-apiserver-client-kubelet")), "may-approve-clients"),
    "approve clients": (grant(APPROVAL, signer("kubernetes.io/kube-apiserver-client")), "may-approve-clients"),
    "approve for every signer": (grant(APPROVAL, signer()), "may-approve-clients"),
    "approve for every signer of Kubernetes": (grant(APPROVAL, signer("kubernetes.io/*")), "may-approve-clients"),
    "approve what kubelets serve with": (grant(APPROVAL, signer("kubernetes.io/kubelet-serving")), ""),
    "approve for a signer, and no request": (grant(signer("kubernetes.io/kube-apiserver-client")), ""),
    "approve requests for no signer": (grant(APPROVAL), ""),
}


@pytest.mark.parametrize("case", RIGHTS)
def test_a_right_by_which_one_becomes_another_is_told(case, told):
    objects, expected = RIGHTS[case]
    assert told(objects) == ([(expected, "warning")] if expected else [])


TOKENS = rule("", "serviceaccounts/token", "create")
VAULT = pod("vault", "shop", "trusted")


def agent(level, **spec):
    return pod("agent", "games", level, serviceAccountName="agent", **spec)


WHO = {
    "pods of the least trusted level": ([agent(""), VAULT, *grant(TOKENS)], "error"),
    "pods of the most trusted level": ([agent("trusted"), VAULT, *grant(TOKENS)], ""),
    "pods of the only level in the input, where the policy has one above": ([agent(""), *grant(TOKENS)], "warning"),
    "pods of the only level in the input, in its own namespace": ([agent(""), *grant(TOKENS, namespace="games")], ""),
    "pods of two levels": (
        [agent("trusted"), {**agent(""), "metadata": {"name": "b", "namespace": "games"}}, *grant(TOKENS)],
        "error",
    ),
    "pods without the token": ([agent("", automountServiceAccountToken=False), VAULT, *grant(TOKENS)], "warning"),
    "pods that are not in the input": ([VAULT, *grant(TOKENS)], "warning"),
    "a user": ([VAULT, *grant(TOKENS, subject=PERSON)], "warning"),
    "a right in a namespace that is more trusted": ([agent(""), VAULT, *grant(TOKENS, namespace="shop")], "error"),
    "a right in its own namespace": ([agent(""), VAULT, *grant(TOKENS, namespace="games")], ""),
    "a right of a user in one namespace": ([VAULT, *grant(TOKENS, subject=PERSON, namespace="shop")], ""),
}


@pytest.mark.parametrize("case", WHO)
def test_a_right_is_worse_the_less_its_pods_are_trusted(case, told):
    objects, expected = WHO[case]
    assert told(objects, POLICY) == ([("may-make-tokens", expected)] if expected else [])


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        pytest.param("", [("may-read-secrets", "error")], id="of the least trusted level"),
        pytest.param("trusted", [], id="of the most trusted level"),
    ],
)
def test_secrets_of_a_level_above_are_an_error(level, expected, told):
    assert told([agent(level), VAULT, *grant(rule("", "secrets", "list"))], POLICY) == expected


def test_pods_of_a_level_above_are_told_of_by_the_rule_of_levels_alone(told):
    assert told([agent(""), VAULT, *grant(rule("apps", "replicasets", "create"))], POLICY) == []


@pytest.mark.parametrize(("who", "expected"), [("admins", []), ("provisioners", [("may-make-tokens", "warning")])])
def test_administrators_whom_the_policy_names_are_no_finding(who, expected, told):
    policy = {**POLICY, "spec": {**POLICY["spec"], "admission": {who: ["anna"]}}}
    assert told([VAULT, *grant(TOKENS, subject=PERSON)], policy) == expected


def test_pods_of_every_ring_are_told_of_as_residents_alone(told):
    template = {"metadata": {"labels": {"a": "b"}}, "spec": agent("")["spec"]}
    spec = {"selector": {"matchLabels": {"a": "b"}}, "template": template}
    daemon = {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "agent", "namespace": "games"}, "spec": spec}
    policy = {**POLICY, "spec": {**POLICY["spec"], "everywhere": [{"namespaces": ["games"]}]}}
    assert told([daemon, VAULT, *grant(TOKENS)], policy) == []
