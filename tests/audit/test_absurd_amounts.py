"""Amounts that no node has make nobody stumble who judges a plan."""

import yaml

from planner import pipeline
from tests.conftest import ROOT


def test_sums_that_the_simplex_gives_up_on_prove_nothing(tmp_path):
    plan = yaml.load((ROOT / "samples/infeasible/expected/plan.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    allocatable = plan["inputs"]["cluster"]["nodes"][2]["allocatable"]
    allocatable["pods"], allocatable["ephemeral-storage"] = allocatable["ephemeral-storage"], allocatable["pods"]
    (tmp_path / "plan.yaml").write_text(yaml.safe_dump(plan), encoding="utf-8")
    assert not [finding for finding in pipeline.verify(pipeline.load(str(tmp_path / "plan.yaml"))) if finding.severity == "error"]
