"""`ringfence check` on a real cluster: what Kubernetes itself brings is in no trap, and what somebody adds is."""

import json

ROLE = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "ClusterRole",
    "metadata": {"name": "binder"},
    "rules": [{"apiGroups": [""], "resources": ["pods/binding"], "verbs": ["create"]}],
}
BINDING = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "ClusterRoleBinding",
    "metadata": {"name": "binder"},
    "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "binder"},
    "subjects": [{"kind": "ServiceAccount", "namespace": "default", "name": "default"}],
}
NODE = {
    "apiVersion": "v1",
    "kind": "Node",
    "metadata": {"name": "n1"},
    "status": {"allocatable": {"cpu": "4", "memory": "8Gi", "pods": "110"}},
}
POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "everywhere", "namespace": "default"},
    "spec": {"tolerations": [{"operator": "Exists"}], "containers": [{"name": "c", "image": "x"}]},
}


def found(plane, ringfence):
    done = ringfence("check", "--kubeconfig", plane.kubeconfig, "-O", "json", "--fail-on", "never")
    data = json.loads(done.stdout)
    return [(finding["id"], finding["subject"]) for finding in data["findings"]], data["notRead"]


def test_what_kubernetes_brings_is_in_no_trap_and_what_is_added_is(start_plane, ringfence):
    with start_plane(controllers=False, kwok=False) as plane:
        plane.apply([NODE])
        assert found(plane, ringfence) == ([], [])
        plane.apply([ROLE, BINDING, POD])
        told = [("may-bind", "ClusterRoleBinding/binder"), ("tolerates-every-ring", "Pod/default/everywhere")]
        assert found(plane, ringfence) == (told, [])
