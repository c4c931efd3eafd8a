"""Manifests as projects publish them: every finding was read, and is right. They lie beside the repository, or it is skipped."""

import json

import pytest

EXPECTED = {
    "kube-prometheus": {
        ("may-make-pods", "ClusterRoleBinding/prometheus-operator"),
        ("may-read-secrets", "ClusterRoleBinding/kube-state-metrics"),
        ("may-read-secrets", "ClusterRoleBinding/prometheus-operator"),
        ("shared-residents", "DaemonSet/monitoring/node-exporter"),
        ("hides-pods", "Alertmanager.monitoring.coreos.com/monitoring/main"),
        ("hides-pods", "Prometheus.monitoring.coreos.com/monitoring/k8s"),
    },
    "argo-cd": {
        ("may-do-everything", "ClusterRoleBinding/argocd-application-controller"),
        ("may-do-everything", "ClusterRoleBinding/argocd-server"),
        ("may-read-secrets", "ClusterRoleBinding/argocd-applicationset-controller"),
    },
    "train-ticket": {
        ("may-proxy-nodes", "ClusterRoleBinding/prometheus"),
        ("may-read-secrets", "ClusterRoleBinding/kube-state-metrics"),
        ("node-takeover", "DaemonSet/kube-system/fluentd-es-v2.2.0"),
    },
    "online-boutique": set(),
}

POLICY = """
apiVersion: ringfence.dev/v1alpha1
kind: TrustPolicy
metadata: {name: simple}
spec:
  levels: [restricted, internal, untrusted]
  claims:
    - {level: restricted, namespaces: [kube-system, argocd]}
    - {level: internal, namespaces: [monitoring]}
  assign:
    - {level: restricted, match: {namespaces: [kube-system, argocd]}}
    - {level: internal, match: {namespaces: [monitoring]}}
  untagged: untrusted
  everywhere:
    - {kind: DaemonSet, namespaces: [kube-system, monitoring]}
"""
WITH_POLICY = {
    "kube-prometheus": EXPECTED["kube-prometheus"] - {("may-make-pods", "ClusterRoleBinding/prometheus-operator")}
    | {("may-raise-level", "ClusterRoleBinding/prometheus-operator")},
    "argo-cd/install.yaml": EXPECTED["argo-cd"] | {("may-raise-level", "ClusterRoleBinding/argocd-server")},
    "train-ticket": {
        ("may-proxy-nodes", "ClusterRoleBinding/prometheus"),
        ("shared-residents", "DaemonSet/kube-system/fluentd-es-v2.2.0"),
    },
    "online-boutique/kubernetes-manifests": set(),
}
NAMESPACES = {"kube-prometheus": "setup/namespace.yaml"}


@pytest.mark.data
@pytest.mark.parametrize("project", WITH_POLICY)
def test_with_levels_what_is_found_is_right_and_nothing_else_is(project, data, ringfence, tmp_path):
    (tmp_path / "trust.yaml").write_text(POLICY)
    given = [data / "manifests" / project, "--policy", tmp_path / "trust.yaml"]
    given += ["--nodes", data / "manifests" / project / NAMESPACES[project]] if project in NAMESPACES else []
    done = ringfence("check", *given, "-O", "json", "--fail-on", "never")
    assert {(finding["id"], finding["subject"]) for finding in json.loads(done.stdout)["findings"]} == WITH_POLICY[project]


@pytest.mark.data
@pytest.mark.parametrize("project", EXPECTED)
def test_what_is_found_is_right_and_nothing_else_is(project, data, ringfence):
    done = ringfence("check", data / "manifests" / project, "-O", "json", "--fail-on", "never")
    found = {(finding["id"], finding["subject"]) for finding in json.loads(done.stdout)["findings"]}
    assert found == EXPECTED[project]


@pytest.mark.data
def test_the_token_of_a_role_is_found_in_pods_that_leave_their_namespace_open(data, ringfence):
    done = ringfence("check", data / "manifests" / "argo-cd", "-O", "json", "--fail-on", "never")
    messages = [finding["message"] for finding in json.loads(done.stdout)["findings"]]
    assert all("its token is in pods of" in message for message in messages)
