"""What is within reach of a container that breaks out, on made-up clusters small enough to count by hand."""

import json

import pytest

NODES = """
apiVersion: v1
kind: List
items:
  - {apiVersion: v1, kind: Node, metadata: {name: n1}, status: {allocatable: {cpu: 4, memory: 8Gi, pods: "9"}}}
  - {apiVersion: v1, kind: Node, metadata: {name: n2}, status: {allocatable: {cpu: 4, memory: 8Gi, pods: "9"}}}
"""
POD = """
  - apiVersion: v1
    kind: Pod
    metadata: {{name: {name}, namespace: {name}, uid: "{name}"}}
    spec:
      nodeName: {node}
      serviceAccountName: {account}
      automountServiceAccountToken: {mounted}
      containers: [{{name: c, image: x, envFrom: [{{secretRef: {{name: key}}}}]}}]
      volumes: [{{name: v, secret: {{secretName: tls}}}}]
"""
RIGHT = """
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {kind}
metadata: {{name: r, namespace: b}}
rules: [{{apiGroups: [""], resources: [{resource}], verbs: [{verb}]}}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {kind}Binding
metadata: {{name: r, namespace: b}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: {kind}, name: r}}
subjects: [{{kind: ServiceAccount, namespace: a, name: sa}}]
"""


@pytest.fixture
def first(tmp_path, ringfence):
    """Return what is within reach of n1, where pod a runs with account sa; pod b runs on n2."""

    def run(mounted="true", **right):
        pods = POD.format(name="a", node="n1", account="sa", mounted=mounted) + POD.format(
            name="b", node="n2", account="default", mounted="false"
        )
        (tmp_path / "nodes.yaml").write_text(NODES + pods)
        (tmp_path / "rbac.yaml").write_text(RIGHT.format(**right) if right else "")
        rights = (tmp_path / "rbac.yaml",) if right else ()
        done = ringfence(
            "check", "--nodes", tmp_path / "nodes.yaml", *rights, "--blast-radius", "-O", "json", "--fail-on", "never"
        )
        (blast,) = [entry for entry in json.loads(done.stdout)["blast"] if entry["node"] == "n1"]
        return blast["workloads"], blast["nodes"], blast["secrets"], blast["accounts"], blast["through"]

    return run


def test_a_node_has_its_pods_with_their_secrets_and_tokens(first):
    assert first() == (1, 0, 2, 1, "")


def test_a_token_that_is_not_mounted_is_not_there(first):
    assert first(mounted="false") == (1, 0, 2, 0, "")


RIGHTS = {
    "pods on any node": ("ClusterRole", "pods", "create", (2, 1, 4, 1, "a/sa")),
    "kubelets": ("ClusterRole", "nodes/proxy", "get", (2, 1, 4, 1, "a/sa")),
    "bindings": ("ClusterRole", "pods/binding", "create", (2, 1, 4, 1, "a/sa")),
    "every secret": ("ClusterRole", "secrets", "list", (1, 0, 3, 1, "")),
    "secrets of one namespace": ("Role", "secrets", "get", (1, 0, 3, 1, "")),
    "commands in the other pod": ("Role", "pods/exec", "create", (2, 0, 4, 1, "")),
    "pods of one namespace": ("Role", "pods", "create", (1, 0, 2, 1, "")),
    "nothing of use": ("ClusterRole", "pods", "list", (1, 0, 2, 1, "")),
}


@pytest.mark.parametrize("case", RIGHTS)
def test_a_token_leads_to_what_it_may(case, first):
    kind, resource, verb, expected = RIGHTS[case]
    assert first(kind=kind, resource=resource, verb=verb) == expected


def test_a_plan_is_held_against_today(ringfence):
    plan = "samples/brownfield/expected/plan.yaml"
    done = ringfence("check", "--plan", plan, "--blast-radius", "-O", "json", "--fail-on", "never")
    blasts = json.loads(done.stdout)["blast"]
    worst = {planned: max(len(blast["rings"]) for blast in blasts if blast["planned"] is planned) for planned in (False, True)}
    assert worst == {False: 3, True: 1}
