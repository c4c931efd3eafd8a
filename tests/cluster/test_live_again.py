"""A plan made true on a real cluster, planned again from that cluster: there is nothing left to change."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from planner.read import read_cluster, read_live
from tests.cluster.bed import ControlPlane
from tests.cluster.conftest import StartPlane
from tests.cluster.doors import ROOT, documents, exported, placeless

SAMPLES = ("quickstart", "tenants")


@pytest.fixture(params=SAMPLES)
def sample(request: pytest.FixtureRequest) -> Path:
    """Return the folder of a sample."""
    return ROOT / "samples" / str(request.param)


@pytest.fixture
def running(start_plane: StartPlane, sample: Path) -> Iterator[ControlPlane]:
    """Return a cluster on which the sample runs, without rings yet."""
    with start_plane() as plane:
        plane.apply(documents(sample / "nodes.yaml"))
        plane.wait(plane.nodes_are_ready, "every node is ready")
        workloads = documents(sample / "workloads.yaml")
        spaces = {each["metadata"].get("namespace", "default") for each in workloads if each["kind"] != "Namespace"}
        given = {each["metadata"]["name"] for each in documents(sample / "nodes.yaml") if each["kind"] == "Namespace"}
        plane.create_namespaces(sorted(spaces - given - {"default", "kube-system"}))
        plane.apply([*workloads, *(volume(name) for name in ("a", "b", "c"))])
        plane.wait(lambda: settled(plane), "every rollout is complete")
        yield plane


def volume(name: str) -> dict[str, Any]:
    """Make a volume that every node reaches, for whatever claims one."""
    spec = {"capacity": {"storage": "500Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/nowhere"}}
    return {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name}, "spec": spec}


def settled(plane: ControlPlane) -> bool:
    """Say whether every controller has the pods that it wants, and nothing is being deleted."""
    pods = plane.items("/api/v1/pods")
    if any(each["metadata"].get("deletionTimestamp") for each in pods):
        return False
    controllers = [each for kind in ("deployments", "statefulsets") for each in plane.items(f"/apis/apps/v1/{kind}")]
    return all(complete(each) for each in controllers)


def complete(controller: dict[str, Any]) -> bool:
    """Say whether all pods of a controller are of its newest template, and ready."""
    wanted, status = controller["spec"]["replicas"], controller.get("status", {})
    counts = [status.get(name, 0) for name in ("replicas", "updatedReplicas", "readyReplicas")]
    return status.get("observedGeneration") == controller["metadata"]["generation"] and counts == [wanted] * 3


def jobs_are_done(plane: ControlPlane) -> bool:
    """Say whether every Job has finished."""
    return all(each["status"].get("completionTime") for each in plane.items("/apis/batch/v1/jobs"))


def script(kubectl: Any, plane: ControlPlane, file: Path, *arguments: str) -> str:
    """Run one of the scripts for nodes, and return what it says."""
    command = kubectl("--help").args[0]
    environment = {**os.environ, "KUBECTL": f"{command} --kubeconfig {plane.kubeconfig}"}
    done = subprocess.run(["sh", str(file), *arguments], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def make_true(kubectl: Any, plane: ControlPlane, patches: Path, workloads: Path, overlay: Path) -> None:
    """Do what the folder of patches says, in its order: labels, rollouts, taints."""
    script(kubectl, plane, patches / "nodes" / "apply.sh", "label")
    overlay.mkdir()
    shutil.copytree(patches, overlay / "patch")
    shutil.copy(workloads, overlay / "workloads.yaml")
    head = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
    (overlay / "kustomization.yaml").write_text(f"{head}resources: [workloads.yaml]\ncomponents: [patch]\n", encoding="utf-8")
    built = kubectl("kustomize", overlay)
    assert built.returncode == 0, built.stderr
    (overlay / "built.yaml").write_text(built.stdout, encoding="utf-8")
    patched = documents(overlay / "built.yaml")
    # The template of a Job cannot be changed: it is made anew.
    plane.delete([each for each in patched if each["kind"] == "Job"])
    plane.apply(patched)
    plane.wait(lambda: settled(plane), "every rollout is complete")
    script(kubectl, plane, patches / "nodes" / "apply.sh", "taint")


def test_a_plan_that_was_made_true_leaves_nothing_to_change(
    running: ControlPlane, sample: Path, ringfence: Any, kubectl: Any, tmp_path: Path
) -> None:
    def plan(name: str) -> Path:
        file = tmp_path / f"{name}.yaml"
        for command in (
            ("plan", "--kubeconfig", running.kubeconfig, "--policy", sample / "trust.yaml", "-o", file),
            ("patch", file, "-o", tmp_path / name),
        ):
            done = ringfence(*command)
            assert done.returncode == 0, done.stdout + done.stderr
        return tmp_path / name

    make_true(kubectl, running, plan("first"), sample / "workloads.yaml", tmp_path / "overlay")
    again = plan("second")
    assert not (again / "workloads").exists()
    assert script(kubectl, running, again / "nodes" / "apply.sh") == "apply.sh: every node already has what it needs.\n"

    running.wait(lambda: jobs_are_done(running), "no Job finishes between the two looks")
    live, files = read_live(None, str(running.kubeconfig), None), read_cluster([], [exported(kubectl, running, tmp_path)], None)
    assert placeless(repr(live)) == placeless(repr(files))
