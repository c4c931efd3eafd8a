"""What check offers to mend, kustomize mends: with the patches applied the finding is gone, and no other has come."""

import shutil

import pytest
import yaml

from planner.check import check
from planner.check.fixes import operations
from planner.check.request import Request
from planner.check.sighting import Change
from planner.inputs import Inputs
from tests.check.samples import deployment
from tests.conftest import ROOT

TRAPS = ROOT / "samples" / "traps"
MENDED = (
    *("cached-image", "evicted-by-taint", "node-name", "policy-create-only", "policy-fails-open", "spread-counts-tainted"),
    *("tolerates-every-ring", "tolerates-other-ring", "volume-binds-first"),
)


def inputs(files, folder):
    named = {name: str(folder / f"{name}.yaml") for name in ("nodes", "trust") if (folder / f"{name}.yaml").exists()}
    return Inputs(tuple(map(str, files)), (named["nodes"],) if "nodes" in named else (), named.get("trust", ""))


def test_these_traps_are_mended():
    reports = {folder.name: check(Request(inputs([folder / "bad" / "workloads.yaml"], folder / "bad"))) for folder in folders()}
    assert tuple(name for name, report in reports.items() if report.fixes) == MENDED


def folders():
    return sorted(folder for folder in TRAPS.iterdir() if (folder / "bad" / "workloads.yaml").exists())


@pytest.mark.parametrize("trap", MENDED)
def test_check_offers_the_fix_that_stands_beside_the_trap(trap, tmp_path, ringfence):
    given = inputs([TRAPS / trap / "bad" / "workloads.yaml"], TRAPS / trap / "bad")
    policy = ("--policy", given.policy) if given.policy else ()
    nodes = [word for file in given.nodes for word in ("--nodes", file)]
    done = ringfence("check", *given.workloads, *nodes, *policy, "--fix", tmp_path / "fix", "--fail-on", "never")
    assert "patches that mend 1 of 1 findings" in done.stderr
    assert written(tmp_path / "fix") == written(TRAPS / trap / "fix")


def written(folder):
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.mark.kubectl
@pytest.mark.parametrize("trap", MENDED)
def test_kustomize_makes_of_the_trap_what_stands_as_fixed(trap, tmp_path, kubectl):
    (tmp_path / "workloads.yaml").write_text((TRAPS / trap / "bad" / "workloads.yaml").read_text())
    (tmp_path / "kustomization.yaml").write_text("resources: [workloads.yaml]\ncomponents: [fix]\n")
    shutil.copytree(TRAPS / trap / "fix", tmp_path / "fix")
    mended = kubectl("kustomize", tmp_path)
    assert (mended.stderr, mended.stdout) == ("", (TRAPS / trap / "fixed" / "workloads.yaml").read_text())


@pytest.mark.parametrize("trap", MENDED)
def test_what_is_fixed_is_in_no_trap(trap):
    fixed = TRAPS / trap / "fixed"
    beside = {file.name: file.read_bytes() for file in (TRAPS / trap / "bad").iterdir() if file.name != "workloads.yaml"}
    assert {name: data for name, data in written(fixed).items() if name != "workloads.yaml"} == beside
    assert check(Request(inputs([fixed / "workloads.yaml"], fixed))).findings == ()


def test_only_what_is_mended_has_a_fix():
    assert tuple(sorted(folder.parent.name for folder in TRAPS.glob("*/fix"))) == MENDED
    assert tuple(sorted(folder.parent.name for folder in TRAPS.glob("*/fixed"))) == MENDED


def test_a_patch_tests_first_and_takes_from_the_end_of_lists():
    changes = [
        Change("spec.a[0]", {"x": 1}),
        Change("spec.a[2]", {"y": 2}),
        Change("spec.b", None, "new"),
        Change("spec.c", 1, 2),
    ]
    told = [(operation["op"], operation["path"]) for operation in operations(changes)]
    assert told == [
        *(("test", "/spec/c"), ("test", "/spec/a/2"), ("test", "/spec/a/0")),
        *(("add", "/spec/b"), ("replace", "/spec/c"), ("remove", "/spec/a/2"), ("remove", "/spec/a/0")),
    ]


def test_what_is_accepted_is_not_mended(tmp_path, ringfence):
    (tmp_path / "web.yaml").write_text(deployment("accept.ringfence.dev/node-name: moves in spring"))
    ringfence("check", tmp_path / "web.yaml", "--fix", tmp_path / "fixes")
    assert yaml.safe_load((tmp_path / "fixes" / "kustomization.yaml").read_text())["patches"] == []


def test_a_folder_of_somebody_else_is_not_written(tmp_path, ringfence):
    (tmp_path / "web.yaml").write_text(deployment())
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    assert ringfence("check", tmp_path / "web.yaml", "--fix", tmp_path / "mine").returncode == 2
    assert [file.name for file in (tmp_path / "mine").iterdir()] == ["notes.txt"]
