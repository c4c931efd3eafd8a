"""The playground: a sample comes to life, the kubeconfig that it prints works, and Ctrl-C removes everything."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.playground import namespaces, objects
from tests.conftest import ROOT, Run

SAMPLES = sorted(path.parent for path in ROOT.glob("samples/*/trust.yaml"))
LAST = "Ctrl-C ends it and removes everything."


def thing(kind: str, namespace: str | None = None) -> dict[str, Any]:
    """Make an object that has little more than a kind and a namespace."""
    metadata = {"name": "a", **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_what_controllers_make_is_left_to_them(sample: Path) -> None:
    given = list(objects(sample / "workloads.yaml"))
    assert given
    assert not [each for each in given if each["metadata"].get("ownerReferences")]
    assert not [each for each in given if "status" in each]
    assert all("status" in each for each in objects(sample / "nodes.yaml") if each["kind"] == "Node")


@pytest.mark.parametrize(
    ("things", "made"),
    [
        pytest.param([thing("Pod", "b"), thing("Pod", "a"), thing("Service", "b")], ["a", "b"], id="each is made once"),
        pytest.param(
            [{**thing("Namespace"), "metadata": {"name": "b"}}, thing("Pod", "b")], [], id="one that is given is not made"
        ),
        pytest.param([thing("Pod", "default"), thing("Pod"), thing("Node")], [], id="default exists"),
    ],
)
def test_namespaces_that_are_used_but_not_given_are_made(things: list[dict[str, Any]], made: list[str]) -> None:
    assert [each["metadata"]["name"] for each in namespaces(things)] == made


@pytest.fixture
def playground(programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator["subprocess.Popen[str]"]:
    """Return the playground of a mixed cluster, which puts its files below the test's folder."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    command = [sys.executable, "-m", "tests.cluster.playground", "samples/brownfield", "--kubernetes", programs.name]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        yield process
        process.kill()


def test_a_mixed_cluster_can_be_asked_and_planned_and_then_goes(
    playground: "subprocess.Popen[str]", tmp_path: Path, kubectl: Run, ringfence: Run
) -> None:
    assert playground.stdout is not None
    said: list[str] = []
    for line in playground.stdout:
        said.append(line.strip())
        if line.startswith(LAST):
            break
    kubeconfig = next(line.partition("KUBECONFIG=")[2] for line in said if line.startswith("export KUBECONFIG="))
    pods = kubectl("get", "pods", "-A", "--no-headers", "--kubeconfig", kubeconfig).stdout.splitlines()
    assert len(pods) == 15
    assert not [pod for pod in pods if " Running " not in pod]
    policy, plan = ROOT / "samples/brownfield/trust.yaml", tmp_path / "plan.yaml"
    done = ringfence("plan", "--kubeconfig", kubeconfig, "--policy", policy, "-o", plan)
    assert done.returncode == 0, done.stderr
    assert plan.exists()
    playground.send_signal(signal.SIGINT)
    assert "nothing is left of it" in playground.stdout.read()
    assert playground.wait() == 0
    assert [each.name for each in tmp_path.iterdir()] == ["plan.yaml"]
