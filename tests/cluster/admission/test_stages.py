"""Five stages, each applied, looked at and undone by its own scripts, by a real kubectl against a real cluster that runs."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.cluster.admission.in_force import DRY, headers
from tests.cluster.admission.requests import DEVELOPER, EVERYTHING, Object, pod
from tests.cluster.bed import ControlPlane
from tests.cluster.conftest import StartPlane
from tests.cluster.life import MINDFUL, QUICK
from tests.cluster.observe import running
from tests.cluster.scenario import Scenario, of_sample
from tests.cluster.stage import Run, Stage
from tests.soak import soak_after

FOLDERS = ("1-labels", "2-workloads", "3-taints", "4-policies", "5-eviction")
STRANGER = pod("default", tolerations=EVERYTHING)


@pytest.fixture(scope="module")
def plane(start_plane: StartPlane) -> Iterator[ControlPlane]:
    """Return a control plane whose programs go by their own names, as the policies tell them apart."""
    with start_plane(named=True, flags=MINDFUL, scheduler_config=QUICK) as started:
        yield started


@pytest.mark.parametrize("sample", soak_after(1, ["quickstart", "may-share", "node-groups"]))
def test_a_cluster_goes_through_the_stages_and_back(
    plane: ControlPlane, ringfence: Run, kubectl_path: str, tmp_path: Path, sample: str
) -> None:
    stage, scenario = Stage(plane, ringfence, tmp_path, kubectl_path), of_sample(sample, tmp_path)
    stage.plan("plan", *scenario.arguments())
    target = tmp_path / "stages"
    done = ringfence("patch", tmp_path / "plan.yaml", "-o", target, "--stages")
    assert done.returncode == 0, done.stderr
    bare = stage.build(scenario.workloads)
    try:
        stage.nodes(scenario.inventory())
        stage.setting(bare)
        stage.workloads(bare, Random(0))
        plane.wait(lambda: all(map(running, plane.items("/api/v1/pods"))), "everything runs without rings", 120)
        there_and_back(stage, scenario, target)
    finally:
        stage.clear()


def there_and_back(stage: Stage, scenario: Scenario, target: Path) -> None:
    assert reached(stage, target) == ("none", "1-labels")
    overlays = {"apply": overlay(stage, scenario, target / "2-workloads"), "undo": overlay(stage, scenario)}
    for number, folder in enumerate(FOLDERS):
        if folder == "5-eviction":
            planning_again_changes_no_node(stage, scenario)
            who_stays_is_not_evicted(stage, target)
        run(stage, target / folder / "apply.sh", *([overlays["apply"]] if folder == "2-workloads" else []))
        settle(stage)
        run(stage, target / folder / "check.sh")
        assert reached(stage, target) == (folder, FOLDERS[number + 1] if folder != FOLDERS[-1] else "")
        stranger_is(stage, "refused" if folder in ("4-policies", "5-eviction") else "warned of")
    for number, folder in reversed(list(enumerate(FOLDERS))):
        run(stage, target / folder / "undo.sh", *([overlays["undo"]] if folder == "2-workloads" else []))
        settle(stage)
        assert reached(stage, target) == (FOLDERS[number - 1] if number else "none", folder)
    assert attempt(stage, target / "3-taints" / "check.sh").returncode == 1


def overlay(stage: Stage, scenario: Scenario, component: Path | None = None) -> Path:
    """Write an overlay as users have one, with the patches if given."""
    folder = stage.folder / ("patched" if component else "plain")
    folder.mkdir()
    content: Object = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
    content["resources"] = [os.path.relpath(scenario.workloads, folder)]
    if component:
        content["components"] = [os.path.relpath(component, folder)]
    (folder / "kustomization.yaml").write_text(json.dumps(content), encoding="utf-8")
    return folder


def attempt(stage: Stage, script: Path, *arguments: Path) -> subprocess.CompletedProcess[str]:
    talk = {**os.environ, "KUBECTL": f"{stage.kubectl} --kubeconfig {stage.plane.kubeconfig}"}
    return subprocess.run(["sh", script, *arguments], env=talk, capture_output=True, text=True, check=False)


def run(stage: Stage, script: Path, *arguments: Path) -> None:
    done = attempt(stage, script, *arguments)
    assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"


def reached(stage: Stage, target: Path) -> tuple[str, str]:
    """Return the stage that is reached, and the next one, as check.sh says them, and ringfence check too."""
    done = attempt(stage, target / "check.sh")
    first = done.stdout.splitlines()[0]
    stage_reached, _, following = first.removeprefix("reached: ").partition("; next: sh ")
    assert done.returncode == bool(following), done.stdout
    told = stage_reached, following.removesuffix("/apply.sh")
    assert looked_up(stage) == told
    return told


def looked_up(stage: Stage) -> tuple[str, str]:
    """Return the stage that is reached, and the next one, as ringfence check reads them from the cluster."""
    plan, cluster = ("--plan", stage.folder / "plan.yaml"), ("--kubeconfig", stage.plane.kubeconfig)
    done = stage.ringfence("check", *plan, *cluster, "-O", "json", "--fail-on", "never")
    stages = json.loads(done.stdout)["stages"]
    names = ["none", *(each["name"] for each in stages), ""]
    number = next((place for place, each in enumerate(stages) if each["lacks"]), len(stages))
    return names[number], names[number + 1]


def settle(stage: Stage) -> None:
    """Wait until what runs is what is wanted."""
    stage.plane.wait(lambda: all(map(running, stage.plane.items("/api/v1/pods"))), "everything runs", 120)


def stranger_is(stage: Stage, what: str) -> None:
    """Insist on what becomes of a pod that tolerates everything; the API server may take a moment to know of a binding."""

    def answers() -> bool:
        code, _ = stage.plane.try_request("POST", f"/api/v1/namespaces/default/pods{DRY}", STRANGER, more=headers(DEVELOPER))
        return code == (403 if what == "refused" else 201)

    stage.plane.wait(answers, f"a stranger is {what}", 20)


def who_stays_is_not_evicted(stage: Stage, target: Path) -> None:
    """Have a pod of before on a node of a ring: the last stage names it, and touches no node, until it is gone."""
    node = next(each["metadata"]["name"] for each in stage.plane.items("/api/v1/nodes") if "ring" in json.dumps(each["spec"]))
    stray = {**pod("default", nodeName=node), "metadata": {"name": "stray", "namespace": "default"}}
    stage.plane.create([stray])
    done = attempt(stage, target / "5-eviction" / "apply.sh")
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"default/stray on node {node} does not tolerate ring" in done.stdout
    assert "NoExecute" not in json.dumps([each["spec"] for each in stage.plane.items("/api/v1/nodes")])
    stage.plane.delete([stray])


def planning_again_changes_no_node(stage: Stage, scenario: Scenario) -> None:
    stage.plan("again", "--kubeconfig", stage.plane.kubeconfig, "--policy", scenario.policy)
    script = stage.patch("again") / "nodes" / "apply.sh"
    assert "every node already has what it needs" in script.read_text(encoding="utf-8")
