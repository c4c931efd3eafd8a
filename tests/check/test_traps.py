"""Each trap stands in samples/traps: what is `bad` gives its finding and no other, what is `good` gives none."""

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from planner.check import check
from planner.check.report import Report
from planner.check.request import Request
from planner.check.table import RULES
from planner.inputs import Inputs
from tests.conftest import ROOT

Run = Callable[..., CompletedProcess[str]]
TRAPS = ROOT / "samples" / "traps"


def read(folder: Path) -> Report:
    """Check a folder as the command line would: nodes.yaml is the inventory, trust.yaml the policy."""
    files = {file.stem: str(file) for file in sorted(folder.glob("*.yaml"))}
    workloads = tuple(file for name, file in files.items() if name not in ("nodes", "trust"))
    nodes = (files["nodes"],) if "nodes" in files else ()
    return check(Request(Inputs(workloads, nodes, files.get("trust", ""))))


@pytest.mark.parametrize("trap", [rule.id for rule in RULES])
def test_what_is_bad_gives_this_finding_and_no_other(trap: str) -> None:
    assert {finding.id for finding in read(TRAPS / trap / "bad").findings} == {trap}


@pytest.mark.parametrize("trap", [rule.id for rule in RULES])
def test_what_is_good_gives_none(trap: str) -> None:
    assert [(finding.id, finding.message) for finding in read(TRAPS / trap / "good").findings] == []


@pytest.mark.parametrize("command", re.findall(r"^ringfence check .*$", (TRAPS / "README.md").read_text(), re.MULTILINE))
def test_the_commands_of_the_readme_give_the_finding_of_their_folder_alone(command: str, ringfence: Run) -> None:
    _, *words = (str(ROOT / word) if word.startswith("samples/") else word for word in shlex.split(command))
    found = {finding["id"] for finding in json.loads(ringfence(*words, "-O", "json").stdout)["findings"]}
    assert found == {Path(words[1]).parent.parent.name}


def test_every_sample_is_of_a_rule() -> None:
    assert {folder.name for folder in TRAPS.iterdir() if folder.is_dir()} == {rule.id for rule in RULES}


@pytest.mark.parametrize("sample", sorted(folder.parent.parent.name for folder in ROOT.glob("samples/*/expected/patch")))
def test_our_own_policies_are_in_no_trap(sample: str) -> None:
    policies = sorted(str(file) for file in (ROOT / "samples" / sample / "expected" / "patch" / "policy").rglob("*.yaml"))
    files = tuple(file for file in policies if not file.endswith("kustomization.yaml"))
    assert [(finding.id, finding.subject) for finding in check(Request(Inputs(files, (), ""))).findings] == []
