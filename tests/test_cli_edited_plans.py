"""Every command that reads a plan refuses an edited one with a fault and its path, in little time and little memory."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.plans import written
from tests.read.own_kinds.test_plan_edits import GONE, edited

ROOT = Path(__file__).resolve().parent.parent
ALL = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (3 << 29, 3 << 29))
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
import cli
from click.testing import CliRunner
for arguments in (["verify"], ["explain"], ["explain", "node-1a"], ["patch", "-o", "out"], ["graph", "-o", "out.svg"]):
    done = CliRunner().invoke(cli._commands(), [arguments[0], "plan.yaml", *arguments[1:]])
    print(done.exit_code, done.output.strip(), type(done.exception).__name__)
"""
"""Runs every command in a process that may take 1.5 GiB and a minute of its processor: who loops or grows does not come back."""

EDITS = [
    pytest.param(
        "quickstart",
        "inputs.cluster.workloads[3].template.labels",
        {"": ""},
        "inputs.cluster.workloads[3].template.labels[]: '' is no label key",
        id="an empty label, for which verify looked without end",
    ),
    pytest.param(
        "buying",
        "rings[1].buy[0].count",
        10**12,
        "rings[1].buy[0].count: 1000000000000 are bought, but there is no node c5.xlarge@eu-west-1a#4",
        id="a count of bought nodes that no memory holds",
    ),
    pytest.param(
        "quickstart",
        "inputs.trust.members[Deployment/payments/api]",
        GONE,
        "inputs.trust.members: Deployment/payments/api is not among them",
        id="a workload without membership",
    ),
    pytest.param(
        "buying",
        "inputs.cluster.shapes[0]",
        GONE,
        ".shape: there is no NodeShape c5.xlarge",
        id="a bought node without its shape",
    ),
    pytest.param(
        "quickstart",
        "inputs.cluster.workloads[3].written.tolerations",
        ["x"],
        "inputs.cluster.workloads[3].written.tolerations[0]: must be a map",
        id="a toleration that is a word",
    ),
    pytest.param(
        "quickstart",
        "inputs.cluster.nodes[0].allocatable",
        {},
        "inputs.cluster.nodes[0].allocatable: has no entry for pods",
        id="a node without anything",
    ),
    pytest.param("quickstart", "goals", 3, "goals: must be a list", id="goals that are a number"),
]


@pytest.mark.parametrize(("name", "path", "value", "said"), EDITS)
def test_an_edited_plan_is_refused_by_all_alike(tmp_path, name, path, value, said):
    (tmp_path / "plan.yaml").write_bytes(written(edited(path, value, name)))
    environment = {"PYTHONPATH": str(ROOT), "PATH": "", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", ALL], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answers = done.stdout.splitlines()
    starts = [line for line in answers if line.startswith("2 error: plan.yaml:")]
    assert len(starts) == 5, done.stdout
    assert all(said in line for line in starts)
    assert {line.rpartition(" ")[2] for line in answers if line.endswith(("Exit", "Error", "NoneType"))} == {"SystemExit"}
    assert sorted(one.name for one in tmp_path.iterdir()) == ["plan.yaml"]
