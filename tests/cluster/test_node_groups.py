"""The scripts of whole node groups against a real API server, and kubelets that join with the label of their group's ring."""

import os
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.cluster.admission.in_force import DRY, FORBIDDEN, NAMED, headers
from tests.cluster.admission.requests import DEVELOPER, KUBELET, Object, Who
from tests.cluster.bed import ControlPlane
from tests.cluster.conftest import StartPlane
from tests.cluster.doors import ROOT, documents

SAMPLE = ROOT / "samples" / "node-groups"
PATCH = SAMPLE / "expected" / "patch"
JSON, MERGE_PATCH = "application/json", "application/merge-patch+json"
GROUP, RING = "eks.amazonaws.com/nodegroup", "ringfence.dev/ring"
RINGS = {"web": "newsroom", "batch": "readers", "ledger": "accounts", "system": "system"}


@pytest.fixture(scope="module")
def plane(start_plane: StartPlane) -> Iterator[ControlPlane]:
    """Return a control plane with the nodes of the sample."""
    with start_plane(controllers=False, kwok=False) as running:
        running.apply(documents(SAMPLE / "nodes.yaml"))
        yield running


def marks(plane: ControlPlane) -> dict[str, tuple[str, str, list[str]]]:
    """Return the group, the ring and the taints of the ring's key of each node."""
    return {
        each["metadata"]["name"]: (
            each["metadata"]["labels"][GROUP],
            each["metadata"]["labels"].get(RING, ""),
            [f"{taint['value']}:{taint['effect']}" for taint in each["spec"].get("taints", []) if taint["key"] == RING],
        )
        for each in plane.items("/api/v1/nodes")
    }


def run(plane: ControlPlane, kubectl: Any, script: str, *steps: str) -> subprocess.CompletedProcess[str]:
    command = f"{kubectl('--help').args[0]} --kubeconfig {plane.kubeconfig}"
    file = str(PATCH / "nodes" / script)
    given = {**os.environ, "KUBECTL": command}
    return subprocess.run(["sh", file, *steps], capture_output=True, text=True, check=False, env=given)


def test_apply_gives_every_node_of_a_group_its_ring_and_undo_takes_it_back(plane: ControlPlane, kubectl: Any) -> None:
    before = marks(plane)
    for _ in range(2):
        done = run(plane, kubectl, "apply.sh")
        assert done.returncode == 0, done.stderr
    after = marks(plane)
    assert {name: (group, RINGS[group], [f"{RINGS[group]}:NoSchedule"]) for name, (group, _, _) in before.items()} == after
    for _ in range(2):
        done = run(plane, kubectl, "undo.sh")
        assert done.returncode == 0, done.stderr
    assert marks(plane) == before


@pytest.fixture
def stranger(plane: ControlPlane) -> Iterator[str]:
    """Let a node come that says it is of the group that holds the accounts."""
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "stranger", "labels": {GROUP: "ledger"}}}
    plane.apply([node])
    yield "stranger"
    plane.delete([node])


def test_a_node_that_only_says_it_is_of_a_group_gets_no_ring(plane: ControlPlane, kubectl: Any, stranger: str) -> None:
    done = run(plane, kubectl, "apply.sh", "label")
    assert done.returncode == 1
    assert f"{GROUP}=ledger selects node/{stranger}, which the plan does not know" in done.stderr
    assert marks(plane)[stranger] == ("ledger", "", [])
    assert run(plane, kubectl, "undo.sh", "label").returncode == 0


def joining(ring: str) -> Object:
    labels, taints = {GROUP: "ledger", RING: ring}, [{"key": RING, "value": ring, "effect": "NoSchedule"}]
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "joining", "labels": labels}, "spec": {"taints": taints}}


@pytest.fixture(scope="module")
def guarded(plane: ControlPlane) -> Iterator[ControlPlane]:
    """Put the policy of nodes in force."""
    policy = [*yaml.safe_load_all((PATCH / "policy" / "nodes.yaml").read_text(encoding="utf-8"))]
    plane.create(policy)
    plane.wait(lambda: asked(plane, "POST", "/api/v1/nodes", joining("accounts"), DEVELOPER)[0] == FORBIDDEN, "it is in force")
    yield plane
    plane.delete(policy)


def asked(plane: ControlPlane, verb: str, path: str, body: Object, who: Who) -> tuple[int, str]:
    kind = MERGE_PATCH if verb == "PATCH" else JSON
    code, answer = plane.try_request(verb, path + DRY, body, kind, more=headers(who))
    return code, str(answer.get("message", ""))


def test_a_kubelet_joins_with_no_other_ring_than_its_groups(guarded: ControlPlane) -> None:
    code, message = asked(guarded, "POST", "/api/v1/nodes", joining("readers"), KUBELET)
    assert code == FORBIDDEN
    assert NAMED.format("nodes") in message


@pytest.fixture
def ringed(guarded: ControlPlane) -> Iterator[ControlPlane]:
    """Put the policy in force that gives rings to nodes that join."""
    files = sorted((PATCH / "joining-policy").glob("rings-*.yaml"))
    policies = [each for file in files for each in yaml.safe_load_all(file.read_text(encoding="utf-8"))]
    guarded.create(policies)
    guarded.wait(lambda: "taints" in made(guarded, bare("joining", "web"), DRY)["spec"], "nodes get their ring")
    yield guarded
    guarded.delete(policies)


def bare(name: str, group: str) -> Object:
    """Make a node as its kubelet does that knows its group and no ring."""
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": {GROUP: group}}}


def made(plane: ControlPlane, node: Object, dry: str = "") -> Object:
    kubelet = Who(f"system:node:{node['metadata']['name']}", KUBELET.groups)
    code, answer = plane.try_request("POST", f"/api/v1/nodes{dry}", node, more=headers(kubelet))
    assert code == 201, answer
    return answer


def test_a_node_that_is_deleted_and_made_anew_by_its_kubelet_is_in_the_ring_of_its_group(ringed: ControlPlane) -> None:
    first = {group: name for name, (group, _, _) in reversed(marks(ringed).items())}
    assert first.keys() == RINGS.keys()
    for group, name in first.items():
        ringed.delete([bare(name, group)])
        made(ringed, bare(name, group))
    after = marks(ringed)
    assert {group: after[name] for group, name in first.items()} == {
        group: (group, ring, [f"{ring}:NoSchedule"]) for group, ring in RINGS.items()
    }
    ringed.apply([each for each in documents(SAMPLE / "nodes.yaml") if each["metadata"]["name"] in first.values()])


def test_a_kubelet_joins_with_the_ring_of_its_group_and_nobody_else_makes_such_a_node(guarded: ControlPlane) -> None:
    assert asked(guarded, "POST", "/api/v1/nodes", joining("accounts"), KUBELET)[0] == 201
    code, message = asked(guarded, "POST", "/api/v1/nodes", joining("accounts"), DEVELOPER)
    assert code == FORBIDDEN
    assert NAMED.format("nodes") in message


def test_a_kubelet_changes_no_ring_once_its_node_is_there(guarded: ControlPlane) -> None:
    name = next(iter(marks(guarded)))
    for path in (f"/api/v1/nodes/{name}", f"/api/v1/nodes/{name}/status"):
        code, message = asked(guarded, "PATCH", path, {"metadata": {"labels": {RING: "accounts"}}}, KUBELET)
        assert code == FORBIDDEN
        assert NAMED.format("nodes") in message
