"""The live door before a real API server: under RBAC with the shipped role, and whatever keeps a cluster from being read."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import trustme
import yaml

from models.frozen_map import FrozenMap
from models.trust import TrustPolicy
from planner.errors import BadInput
from planner.read import read_cluster, read_live
from planner.read.live.resources import NODES, PODS, Listed
from planner.read.schema.known_kinds import siblings
from tests.cluster.bed import ControlPlane
from tests.cluster.conftest import StartPlane
from tests.cluster.doors import LISTED, ROOT, documents, exported, placeless

SAMPLE = ROOT / "samples" / "quickstart"
ROLE = ROOT / "samples" / "live" / "clusterrole.yaml"
FLEETS = TrustPolicy(
    "p", ("restricted", "internal", "untrusted"), pod_templates=FrozenMap({"example.com/v1/Fleet": "spec.template"})
)
RBAC = "/apis/rbac.authorization.k8s.io/v1"


def crd(group: str, version: str, kind: str, plural: str) -> dict[str, Any]:
    """Make the definition of a custom resource that may hold anything."""
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"kind": kind, "plural": plural, "singular": kind.lower()},
            "versions": [{"name": version, "served": True, "storage": True, "schema": schema}],
        },
    }


CUSTOM = (
    crd("argoproj.io", "v1alpha1", "Rollout", "rollouts"),
    crd("kafka.strimzi.io", "v1beta2", "Kafka", "kafkas"),
    crd("example.com", "v1", "Fleet", "flotillas"),
    crd("example.org", "v1", "Puzzle", "puzzles"),
)
TEMPLATE = {
    "metadata": {"labels": {"app": "x", "ringfence.dev/trust-level": "internal"}},
    "spec": {"containers": [{"name": "c", "image": "i"}]},
}
OBJECTS = (
    {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "spec": {"replicas": 2, "template": TEMPLATE}},
    {"apiVersion": "example.com/v1", "kind": "Fleet", "spec": {"replicas": 3, "template": TEMPLATE}},
    {"apiVersion": "kafka.strimzi.io/v1beta2", "kind": "Kafka", "spec": {}},
)


@pytest.fixture(scope="module")
def guarded(start_plane: StartPlane) -> Iterator[ControlPlane]:
    """Return a cluster under RBAC with the sample, a pod, some custom resources and the shipped role."""
    with start_plane(controllers=False, kwok=False, authorization="Node,RBAC") as plane:
        plane.create_namespaces(["logging"])
        plane.apply([*documents(SAMPLE / "nodes.yaml", SAMPLE / "workloads.yaml", ROLE), *CUSTOM, bare_pod()])
        plane.wait(lambda: serves(plane, [each["metadata"]["name"] for each in CUSTOM]), "the custom resources are served")
        metadata = {"name": "one", "namespace": "storefront"}
        plane.apply([{**each, "metadata": metadata} for each in OBJECTS])
        yield plane


def bare_pod() -> dict[str, Any]:
    """Make a pod that nothing controls."""
    container = {"name": "main", "image": "example/main:1", "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}}}
    labels = {"ringfence.dev/trust-level": "internal"}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "bare", "namespace": "storefront", "labels": labels},
        "spec": {"containers": [container], "nodeName": "node-2a"},
    }


def serves(plane: ControlPlane, names: list[str]) -> bool:
    """Say whether the custom resources are there, and discovery tells of them."""
    told = plane.request("GET", "/apis")["groups"]
    return {name.partition(".")[2] for name in names} <= {each["name"] for each in told}


@pytest.fixture(scope="module")
def reader(guarded: ControlPlane) -> str:
    """Return a kubeconfig with a token of the shipped ServiceAccount."""
    asked = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 3600}}
    made = guarded.request("POST", "/api/v1/namespaces/ringfence/serviceaccounts/reader/token", asked)
    guarded.wait(lambda: may_list(guarded, "system:serviceaccount:ringfence:reader", NODES), "the role is bound")
    return str(guarded.credentials.write_kubeconfig("kubeconfig-reader", {"token": made["status"]["token"]}))


def may_list(plane: ControlPlane, user: str, listed: Listed) -> bool:
    """Ask the API server whether a user may list a kind."""
    attributes = {"verb": "list", "group": listed.group, "resource": listed.resource}
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "spec": {"user": user, "resourceAttributes": attributes},
    }
    answer = plane.request("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", review)
    return bool(answer["status"]["allowed"])


def fault(kubeconfig: str | Path, timeout: float = 30.0) -> str:
    """Read a cluster that cannot be read, and return the one message."""
    with pytest.raises(BadInput) as caught:
        read_live(None, str(kubeconfig), None, timeout)
    (found,) = caught.value.faults
    return str(found)


def test_the_shipped_role_is_all_that_a_plan_needs(guarded: ControlPlane, reader: str, ringfence: Any, tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    done = ringfence("plan", "--kubeconfig", reader, "--policy", SAMPLE / "trust.yaml", "-o", plan)
    assert done.returncode == 0, done.stdout + done.stderr
    said = {each["subject"]: each["message"] for each in yaml.safe_load(plan.read_text(encoding="utf-8"))["notModelled"]}
    assert not [message for message in said.values() if "403" in message]
    assert said["Kafka.kafka.strimzi.io/storefront/one"].startswith("hides pods: ")
    assert "does not know: example.com/v1 Fleet, example.org/v1 Puzzle;" in said["custom resources"]


def test_both_doors_read_the_same_cluster(guarded: ControlPlane, kubectl: Any, tmp_path: Path) -> None:
    live = read_live(None, str(guarded.kubeconfig), FLEETS)
    files = read_cluster([], [exported(kubectl, guarded, tmp_path, *(each["metadata"]["name"] for each in CUSTOM))], FLEETS)
    assert {str(each.id) for each in live.workloads} >= {
        "Rollout.argoproj.io/storefront/one",
        "Fleet.example.com/storefront/one",
        "Pod/storefront/bare",
    }
    unknown = [each for each in live.unread if each.subject == "custom resources"]
    assert ["example.org/v1 Puzzle" in each.message for each in unknown] == [True]
    known = tuple(each for each in live.unread if each not in unknown)
    assert placeless(repr(known)) == placeless(repr(files.unread))
    for field in ("nodes", "workloads", "namespaces", "claims", "volumes", "budgets", "residents"):
        assert placeless(repr(getattr(live, field))) == placeless(repr(getattr(files, field))), field


def test_every_kind_of_kubernetes_is_known(guarded: ControlPlane) -> None:
    (unknown,) = [each for each in read_live(None, str(guarded.kubeconfig), None).unread if each.subject == "custom resources"]
    assert "does not know: example.com/v1 Fleet, example.org/v1 Puzzle;" in unknown.message


@pytest.fixture(scope="module")
def without(guarded: ControlPlane) -> dict[Listed, str]:
    """Return for every kind a kubeconfig of somebody who may list all others."""
    (role,) = [each for each in documents(ROLE) if each["kind"] == "ClusterRole"]
    made = []
    for each in LISTED:
        name = f"without-{each.resource}"
        rules = [less(rule, each) for rule in role["rules"]]
        rules = [rule for rule in rules if rule["resources"]]
        made.append({**role, "metadata": {"name": name}, "rules": rules})
        made.append(binding(name, role["apiVersion"]))
    guarded.apply(made)
    users = {each: f"without-{each.resource}" for each in LISTED}
    for each, user in users.items():
        other = PODS if each is NODES else NODES
        guarded.wait(lambda user=user, other=other: may_list(guarded, user, other), f"the role of {user} is bound")
        assert not may_list(guarded, user, each)
    return {each: str(guarded.kubeconfig_of(user)) for each, user in users.items()}


def less(rule: dict[str, Any], listed: Listed) -> dict[str, Any]:
    """Take a resource out of a rule."""
    left = [each for each in rule["resources"] if (listed.group, listed.resource) != (rule["apiGroups"][0], each)]
    return {**rule, "resources": left}


def binding(name: str, api_version: str) -> dict[str, Any]:
    """Bind a role to the user of the same name."""
    group = api_version.partition("/")[0]
    return {
        "apiVersion": api_version,
        "kind": "ClusterRoleBinding",
        "metadata": {"name": name},
        "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": name},
        "subjects": [{"apiGroup": group, "kind": "User", "name": name}],
    }


@pytest.mark.parametrize("listed", LISTED[1:], ids=lambda listed: listed.resource)
def test_without_a_right_the_kind_is_named_and_the_rest_is_read(without: dict[Listed, str], listed: Listed) -> None:
    cluster = read_live(None, without[listed], None)
    assert len(cluster.nodes) == 8
    assert cluster.workloads
    forbidden = [(each.subject, each.message) for each in cluster.unread if "403" in each.message]
    assert [subject for subject, _ in forbidden] == [listed.kind]
    assert "bind the ClusterRole of samples/live/clusterrole.yaml" in forbidden[0][1]


def test_without_the_right_to_list_nodes_there_is_nothing_to_plan(without: dict[Listed, str]) -> None:
    expected = 'you may not list nodes (403 Forbidden): nodes is forbidden: User "without-nodes" cannot list resource "nodes"'
    assert expected in fault(without[NODES])


def test_whoever_has_no_rights_is_told_so(guarded: ControlPlane) -> None:
    assert 'you may not list nodes (403 Forbidden): nodes is forbidden: User "nobody"' in fault(guarded.kubeconfig_of("nobody"))


def test_a_wrong_token_is_told_apart(guarded: ControlPlane) -> None:
    wrong = guarded.credentials.write_kubeconfig("kubeconfig-wrong", {"token": "wrong"})
    assert f"cluster bed: the API server {guarded.url} does not know who you are (401 Unauthorized); log in" in fault(wrong)


def test_a_client_certificate_that_has_expired_is_told_apart(guarded: ControlPlane) -> None:
    late = guarded.kubeconfig_of("late", "system:masters", expired=datetime(2001, 2, 3, tzinfo=UTC))
    assert "(401 Unauthorized): the client certificate in the kubeconfig is valid until 2001-02-03 00:00 UTC" in fault(late)


def test_another_authority_is_told_apart(guarded: ControlPlane) -> None:
    other = guarded.credentials.write_kubeconfig("kubeconfig-other", {"token": guarded.token}, ca=trustme.CA().cert_pem.bytes())
    assert "cannot be trusted: its certificate is not signed by the authority that we know" in fault(other)


@contextmanager
def frozen(plane: ControlPlane, name: str) -> Iterator[None]:
    """Stop a program in the middle of whatever it does, and let it go on afterwards."""
    supervisor = plane.programs[name]._supervisor
    assert supervisor is not None
    (process,) = map(int, Path(f"/proc/{supervisor.pid}/task/{supervisor.pid}/children").read_text(encoding="ascii").split())
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


def test_an_api_server_that_hangs_is_given_up(guarded: ControlPlane) -> None:
    with frozen(guarded, "kube-apiserver"):
        assert "has not told everything within the 2 s of --timeout (GET /api/v1/nodes)" in fault(guarded.kubeconfig, 2.0)


def test_an_api_server_without_etcd_is_given_up(guarded: ControlPlane) -> None:
    with frozen(guarded, "etcd"):
        found = fault(guarded.kubeconfig, 3.0)
    assert "within the 3 s of --timeout" in found or "answers 50" in found


def test_an_api_server_that_is_gone_is_told_apart(guarded: ControlPlane) -> None:
    guarded.programs["kube-apiserver"].stop()
    try:
        expected = f"cluster bed: the API server {guarded.url} refuses the connection; check the address"
        assert fault(guarded.kubeconfig).startswith(expected)
    finally:
        guarded.restart("kube-apiserver")


@pytest.mark.parametrize("group", ["", "apps", "batch"])
def test_the_kinds_of_groups_that_are_known_whole_are_those_that_are_served(guarded: ControlPlane, group: str):
    path = f"/apis/{group}/v1" if group else "/api/v1"
    served = {each["kind"] for each in guarded.request("GET", path)["resources"] if "/" not in each["name"]}
    assert set(siblings((group, "Unheard"))) == served
