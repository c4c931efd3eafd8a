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
SYSTEM = {**BINDING, "metadata": {"name": "system:x", "labels": {"kubernetes.io/bootstrapping": "rbac-defaults"}}}
EMPTY = {f"{RBAC}/roles": [], f"{RBAC}/rolebindings": [], "/api/v1/serviceaccounts": []}


def pod(name, **meta):
    spec = {"nodeName": "n1", "tolerations": [{"operator": "Exists"}], "containers": [{"name": "c", "image": "x"}]}
    return {"metadata": {"name": name, "namespace": "shop", "uid": name, **meta}, "spec": spec}


@pytest.fixture
def found(tmp_path, ringfence):
    """Return ids and subjects of what is found in a cluster of these lists, and what it says it could not read."""
    server = Server()

    def run(refused="", **lists):
        server.answers[refused] = [(403, None)]
        server.lists = {"/api/v1/nodes": [NODE], "/api/v1/pods": [], **lists}
        done = ringfence("check", "--kubeconfig", write_kubeconfig(tmp_path, server.url), "-O", "json")
        data = json.loads(done.stdout)
        return {(finding["id"], finding["subject"]) for finding in data["findings"]}, data["notRead"]

    yield run
    server.close()


def test_who_may_bind_is_found(found):
    rights = {f"{RBAC}/clusterroles": [ROLE], f"{RBAC}/clusterrolebindings": [BINDING, SYSTEM], **EMPTY}
    assert found(**rights)[0] == {("may-bind", "ClusterRoleBinding/agent")}


def test_what_may_not_be_listed_is_named(found):
    (note,) = [note for note in found(refused=f"{RBAC}/clusterroles")[1] if "ClusterRole" in note]
    assert "add list of clusterroles.rbac.authorization.k8s.io to a role of yours" in note


def test_pods_count_as_what_made_them(found):
    owner = {"apiVersion": "apps/v1", "kind": "DaemonSet", "name": "agent", "controller": True}
    pods = [pod("agent-1", ownerReferences=[owner]), pod("agent-2", ownerReferences=[owner]), pod("alone")]
    told = found(**{"/api/v1/pods": pods, f"{RBAC}/clusterroles": [], f"{RBAC}/clusterrolebindings": [], **EMPTY})[0]
    assert told == {("tolerates-every-ring", "DaemonSet/shop/agent"), ("tolerates-every-ring", "Pod/shop/alone")}
