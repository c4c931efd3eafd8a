"""A plan in five folders: which files there are, scripts that a shell can read, and what each is to do."""

import subprocess

import pytest

from planner import pipeline
from planner.emit.patch import patches
from planner.emit.stages.folders import ABOUT, staged
from tests.conftest import ROOT
from tests.emit.emit_plans import manifest, plan
from tests.emit.nodes.test_scripts import PLAN as MOVING

SAMPLES = [path.parent.parent.name for path in sorted((ROOT / "samples").glob("*/expected/patch"))]
PLANS = {name: pipeline.load(str(ROOT / "samples" / name / "expected" / "plan.yaml")) for name in SAMPLES}
PLANS["nodes that change over"] = MOVING


def test_the_layout():
    files = list(staged(plan([manifest()])))
    policies = [f"{name}.yaml" for name in ("bindings", "cronjobs", "kustomization", "namespaces", "nodes", "pods", "templates")]
    assert files == [
        "1-labels/apply.sh",
        "1-labels/check.sh",
        *(f"1-labels/policy/{name}" for name in policies),
        "1-labels/undo.sh",
        "2-workloads/apply.sh",
        "2-workloads/check.sh",
        "2-workloads/kustomization.yaml",
        *(f"2-workloads/mutating-policy/{name}.yaml" for name in LIFTING),
        "2-workloads/undo.sh",
        "2-workloads/workloads/shop/anchors.yaml",
        "2-workloads/workloads/shop/deployment-web.yaml",
        "2-workloads/workloads/shop/kustomization.yaml",
        "3-taints/apply.sh",
        "3-taints/check.sh",
        "3-taints/undo.sh",
        "4-policies/apply.sh",
        "4-policies/check.sh",
        *(f"4-policies/policy/{name}" for name in policies),
        "4-policies/undo.sh",
        "5-eviction/apply.sh",
        "5-eviction/check.sh",
        "5-eviction/undo.sh",
        "check.sh",
    ]


LIFTING = ("kustomization", "rings-of-cronjobs", "rings-of-pods", "rings-of-templates")


@pytest.mark.parametrize("name", PLANS)
def test_a_shell_can_read_each_script(name, tmp_path):
    for path, text in staged(PLANS[name]).items():
        if path.endswith(".sh"):
            done = subprocess.run(["sh", "-n"], input=text, capture_output=True, text=True, check=False)
            assert (done.returncode, done.stderr) == (0, ""), path


@pytest.mark.parametrize("name", PLANS)
def test_the_stages_hold_between_them_what_a_plan_without_stages_holds(name):
    whole, parts = patches(PLANS[name]), staged(PLANS[name])
    places = {"policy/": "4-policies/", "joining-policy/": "3-taints/", "pools/": "1-labels/", "groups/": "1-labels/"}
    for path, text in whole.items():
        if not path.startswith("nodes/"):
            place = next((folder for start, folder in places.items() if path.startswith(start)), "2-workloads/")
            assert parts[place + path] == text
    commands = {line.strip() for line in whole["nodes/apply.sh"].splitlines() if line.strip().startswith(("$KUBECTL", "group "))}
    staged_commands = {line.strip() for path, text in parts.items() if path.endswith(".sh") for line in text.splitlines()}
    assert commands <= staged_commands


@pytest.mark.parametrize("name", PLANS)
def test_policies_refuse_in_their_stage_alone(name):
    parts = staged(PLANS[name])
    for path, text in parts.items():
        if "/policy/" in path and not path.endswith("kustomization.yaml"):
            actions = text.split("validationActions:\n")[1].split()
            assert actions == (["-", "Deny"] if path.startswith("4-") else ["-", "Audit", "-", "Warn"])


def test_nodes_change_over_once_workloads_are_patched():
    parts = staged(MOVING)
    apply = parts["2-workloads/apply.sh"].splitlines()
    assert apply.index('$KUBECTL apply -k "$1"') < apply.index('sh "$here/move.sh"')
    assert "drain other" in parts["2-workloads/move.sh"]
    assert "drain other" in parts["2-workloads/move-back.sh"]


def test_each_script_says_what_its_stage_does():
    parts = staged(PLANS["quickstart"])
    for number, (folder, about) in enumerate(ABOUT.items(), 1):
        assert f"# Stage {number} of 5: {about}" in parts[f"{folder}/apply.sh"]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_check_looks_at_every_node_that_is_owned(name):
    told = PLANS[name]
    owned = {node.name for node in told.cluster.nodes if not node.shape}
    for folder in ("1-labels", "3-taints", "5-eviction"):
        text = staged(told)[f"{folder}/check.sh"]
        assert all(f"node {node}: " in text for ring in told.rings for node in ring.nodes if node in owned)


def test_the_second_stage_ends_when_shared_residents_tolerate_every_ring_too():
    parts = staged(PLANS["quickstart"])
    check, apply = parts["2-workloads/check.sh"], parts["2-workloads/apply.sh"]
    looks = [line for line in check.splitlines() if line.startswith("expect") and "toleration of" in line]
    assert [line.split("'")[1] for line in looks] == ["DaemonSet/logging/fluent-bit: toleration of ringfence.dev/ring"]
    assert "complete daemonset.apps/fluent-bit logging" in check
    assert "rollout status daemonset.apps/fluent-bit -n logging" in apply
    assert "node-agent" not in check
