"""A live cluster is asked for what rules need beside a plan: roles, bindings and accounts; what is refused is named."""

import json

import pytest

from tests.read.api_server import Server, write_kubeconfig

RBAC = "/apis/rbac.authorization.k8s.io/v1"
NODE = {"metadata": {"name": "n1"}, "status": {"allocatable": {"cpu": "4", "memory": "8Gi", "pods": "110"}}}
ROLE = {"metadata": {"name": "agent"}, "rules": [{"apiGroups": [""], "resources": ["pods/binding"], "verbs": ["create"]}]}
BINDING = {
    "metadata": {"name": "agent"},
    "roleRef": {"kind": "ClusterRole", "name": "agent"},
    "subjects": [{"kind": "ServiceAccount", "namespace": "shop", "name": "agent"}],
}
SYSTEM = {
    "metadata": {"name": "system:controller:x", "labels": {"kubernetes.io/bootstrapping": "rbac-defaults"}},
    "roleRef": {"kind": "ClusterRole", "name": "system:controller:x"},
    "subjects": [{"kind": "ServiceAccount", "namespace": "kube-system", "name": "x"}],
}
EMPTY = {f"{RBAC}/roles": [], f"{RBAC}/rolebindings": [], "/api/v1/serviceaccounts": []}

POLICIES = {
    "name": "admissionregistration.k8s.io",
    "version": "v1",
    "kinds": {
        "ValidatingAdmissionPolicy": "validatingadmissionpolicies",
        "ValidatingAdmissionPolicyBinding": "validatingadmissionpolicybindings",
    },
}


def pod(name, **meta):
    spec = {"nodeName": "n1", "tolerations": [{"operator": "Exists"}], "containers": [{"name": "c", "image": "x"}]}
    return {"metadata": {"name": name, "namespace": "shop", "uid": name, **meta}, "spec": spec}


@pytest.fixture
def found(tmp_path, ringfence):
    """Return ids and subjects of what is found in a cluster of these lists, and what it says it could not read."""
    server = Server()

    def run(refused="", **lists):
        server.answers[refused] = [(403, None)]
        server.groups = [POLICIES]
        server.lists = {"/api/v1/nodes": [NODE], "/api/v1/pods": [], **lists}
        done = ringfence("check", "--kubeconfig", write_kubeconfig(tmp_path, server.url), "-O", "json")
        data = json.loads(done.stdout)
        return {(finding["id"], finding["subject"]) for finding in data["findings"]}, data["notRead"]

    yield run
    server.close()


def test_who_may_bind_is_found(found):
    roles = [ROLE, {**ROLE, "metadata": {"name": "system:controller:x"}}]
    rights = {f"{RBAC}/clusterroles": roles, f"{RBAC}/clusterrolebindings": [BINDING, SYSTEM], **EMPTY}
    assert found(**rights)[0] == {("may-bind", "ClusterRoleBinding/agent")}


def test_what_may_not_be_listed_is_named(found):
    (note,) = [note for note in found(refused=f"{RBAC}/clusterroles")[1] if "ClusterRole" in note]
    assert "add list of clusterroles.rbac.authorization.k8s.io to a role of yours" in note


def test_pods_count_as_what_made_them(found):
    owner = {"apiVersion": "apps/v1", "kind": "DaemonSet", "name": "agent", "controller": True}
    pods = [pod("agent-1", ownerReferences=[owner]), pod("agent-2", ownerReferences=[owner]), pod("alone")]
    told = found(**{"/api/v1/pods": pods, f"{RBAC}/clusterroles": [], f"{RBAC}/clusterrolebindings": [], **EMPTY})[0]
    assert told == {("tolerates-every-ring", "DaemonSet/shop/agent"), ("tolerates-every-ring", "Pod/shop/alone")}


ADMISSION = "/apis/admissionregistration.k8s.io/v1"
NOTHING, SHOP = {}, {"matchLabels": {"kubernetes.io/metadata.name": "shop"}}
NO_SHOP = {"matchExpressions": [{"key": "kubernetes.io/metadata.name", "operator": "NotIn", "values": ["shop"]}]}
WEB, OTHER = {"matchLabels": {"app": "web"}}, {"matchExpressions": [{"key": "app", "operator": "In", "values": ["other"]}]}
SELECTORS = {
    "no selectors": (NOTHING, NOTHING, "pods", False),
    "a namespace that is there": ({"namespaceSelector": SHOP}, {"namespaceSelector": SHOP}, "pods", False),
    "an expression of the binding that no namespace meets": (NOTHING, {"namespaceSelector": NO_SHOP}, "pods", True),
    "an expression of the policy that no namespace meets": ({"namespaceSelector": NO_SHOP}, NOTHING, "pods", True),
    "two selectors that no namespace meets together": ({"namespaceSelector": SHOP}, {"namespaceSelector": NO_SHOP}, "pods", True),
    "namespaces that nodes are not in": (NOTHING, {"namespaceSelector": NO_SHOP}, "nodes", False),
    "labels of a pod": ({"objectSelector": WEB}, {"objectSelector": WEB}, "pods", False),
    "labels of the policy that no object has": ({"objectSelector": OTHER}, NOTHING, "pods", True),
    "labels of the binding that no object has": (NOTHING, {"objectSelector": OTHER}, "pods", True),
}


@pytest.mark.parametrize("case", SELECTORS)
def test_a_policy_whose_selectors_nothing_meets_is_idle(case, found):
    own, bound, resource, is_idle = SELECTORS[case]
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["*"], "resources": [resource]}
    policy = {
        "failurePolicy": "Fail",
        "matchConstraints": {"resourceRules": [rule], **own},
        "validations": [{"expression": "!has(object.spec.x)"}],
    }
    binding = {"policyName": "p", "validationActions": ["Deny"], "matchResources": bound}
    lists = {
        "/api/v1/namespaces": [{"metadata": {"name": "shop", "labels": {"kubernetes.io/metadata.name": "shop"}}}],
        "/api/v1/pods": [pod("web", labels={"app": "web"})],
        f"{ADMISSION}/validatingadmissionpolicies": [{"metadata": {"name": "p"}, "spec": policy}],
        f"{ADMISSION}/validatingadmissionpolicybindings": [{"metadata": {"name": "p"}, "spec": binding}],
        f"{RBAC}/clusterroles": [],
        f"{RBAC}/clusterrolebindings": [],
        **EMPTY,
    }
    assert ("policy-does-nothing" in [name for name, _ in found(**lists)[0]]) is is_idle
