"""A plan at risk on the command line: which exit code it has, what `patch` does with it, and what `verify` says of it.

Two pods of four cores fit on two large nodes, and two of one core on a small one; kube-scheduler spreads the little ones, so
that up to two of four pods stay pending.
"""

import json
from pathlib import Path

import pytest
import yaml

from tests.verify.real_plans import LITTLE_AND_BIG, TWO

RISK = "scenarios up to 2 of 4 pods stay pending (Deployment/shop/big 2)"
README = "README.md"
CODES = [
    ("by default no pod may wait", (), 3),
    ("none is accepted", ("--accept-pending", "0"), 3),
    ("fewer are accepted", ("--accept-pending", "1"), 3),
    ("as many are accepted", ("--accept-pending", "2"), 0),
    ("more are accepted", ("--accept-pending", "30"), 0),
    ("a smaller share is accepted", ("--accept-pending", "49.9%"), 3),
    ("the share is accepted", ("--accept-pending", "50%"), 0),
    ("all are accepted", ("--accept-pending", "100%"), 0),
]
WRONG = [("-1", "-1"), ("x", "x"), ("a share beyond all", "101%"), ("a share without a number", "%"), ("half a pod", "0.5")]


@pytest.fixture(name="given", scope="module")
def _given(tmp_path_factory: pytest.TempPathFactory, ringfence) -> Path:
    """Return a folder with the inputs, and with the plan of them."""
    folder = tmp_path_factory.mktemp("risk")
    policy = {"apiVersion": "ringfence.dev/v1alpha1", "kind": "TrustPolicy", "metadata": {"name": "shop"}}
    policy["spec"] = {"levels": ["a", "b"], "guide": "none", "demand": {"surge": False}}
    for name, items in (("workloads", LITTLE_AND_BIG), ("nodes", TWO)):
        (folder / f"{name}.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    (folder / "trust.json").write_text(json.dumps(policy))
    done = _plan(ringfence, folder)
    assert done.returncode == 3
    return folder


def _plan(ringfence, folder: Path, *options: str):
    inputs = ("workloads.json", "--nodes", "nodes.json", "--policy", "trust.json")
    return ringfence("plan", *inputs, "-o", "plan.yaml", *options, cwd=folder)


@pytest.mark.parametrize(("options", "code"), [row[1:] for row in CODES], ids=[row[0] for row in CODES])
def test_a_risk_is_a_yes_up_to_what_is_accepted(given: Path, tmp_path: Path, ringfence, options, code) -> None:
    patched = ringfence("patch", given / "plan.yaml", "-o", tmp_path / "out", *options)
    assert patched.returncode == code
    assert (tmp_path / "out" / README).exists() is (code == 0)
    if code:
        assert f"shop is feasible at risk: in 186 of 285 {RISK}; nothing was written" in patched.stderr
        assert "--accept-pending 2 takes the risk" in patched.stderr
    verified = ringfence("verify", given / "plan.yaml", *options)
    assert verified.returncode == code
    assert verified.stdout.splitlines()[-1] == "shop: the plan is what it says: feasible at risk; 0 errors, 1 warning"


@pytest.mark.parametrize(("options", "code"), [CODES[0][1:], CODES[3][1:]], ids=[CODES[0][0], CODES[3][0]])
def test_the_plan_is_written_either_way_and_the_risk_is_in_its_first_line(given: Path, ringfence, options, code) -> None:
    (given / "plan.yaml").unlink()
    done = _plan(ringfence, given, *options)
    assert done.returncode == code
    plan = yaml.safe_load((given / "plan.yaml").read_text())
    assert (plan["verdict"], plan["grade"]["kind"]) == ("feasible", "at risk")
    assert done.stdout.splitlines()[0].startswith(f"FEASIBLE AT RISK shop: in 186 of 285 {RISK}.")
    says = "next: " if code == 0 else "who takes the risk: "
    assert f"{says}ringfence patch plan.yaml -o DIR --accept-pending 2" in done.stderr
    assert "No decision is open." not in done.stdout


@pytest.mark.parametrize("text", [row[1] for row in WRONG], ids=[row[0] for row in WRONG])
def test_what_is_no_number_of_pods_is_bad_usage(given: Path, tmp_path: Path, ringfence, text) -> None:
    done = ringfence("patch", given / "plan.yaml", "-o", tmp_path / "out", f"--accept-pending={text}")
    assert done.returncode == 2
    assert "is no number of pods and no share of them: write 3 or 1%" in done.stderr


def test_a_plan_that_calls_its_risk_smaller_is_not_patched(given: Path, tmp_path: Path, ringfence) -> None:
    plan = yaml.safe_load((given / "plan.yaml").read_text())
    plan["grade"] = {"kind": "simulated", "scenarios": 285}
    (tmp_path / "plan.yaml").write_text(yaml.safe_dump(plan))
    done = ringfence("patch", tmp_path / "plan.yaml", "-o", tmp_path / "out")
    assert done.returncode == 1
    assert "grade-untrue" in done.stderr
    assert not (tmp_path / "out").exists()


def test_the_folder_says_its_risk_first_and_how_to_go_about_it(given: Path, tmp_path: Path, ringfence) -> None:
    arguments = ("patch", given / "plan.yaml", "-o", tmp_path / "out", "--accept-pending", "2")
    assert ringfence(*arguments).returncode == 0
    text = (tmp_path / "out" / README).read_text()
    title, first, *headings = [line for line in text.splitlines() if line.startswith(("#", "**"))][1:]
    assert title == "# Rings of shop: feasible at risk"
    assert first.startswith("**In 186 of 285 scenarios up to 2 of 4 pods stay pending")
    names = ["The risk", "The rings", "What changes", "The steps", "The way back", "What nothing enforces"]
    assert headings == [f"## {name}" for name in names]
    steps = [line for line in text.splitlines() if line[:1].isdigit()]
    assert [line.split("`")[1] for line in steps if "`" in line] == [
        *("nodes/apply.sh label", "nodes/apply.sh taint", "kubectl apply -k mutating-policy", "kubectl apply -k policy"),
        *("kubectl delete -k policy", "kubectl delete -k mutating-policy", "nodes/undo.sh taint", "nodes/undo.sh label"),
    ]
    assert ringfence(*arguments).returncode == 0, "the folder is known as one of ours, and written anew"
    assert (tmp_path / "out" / README).read_text() == text


def test_the_folder_is_passed_over_where_manifests_are_searched(given: Path, tmp_path: Path, ringfence) -> None:
    assert ringfence("patch", given / "plan.yaml", "-o", tmp_path / "in" / "out", "--accept-pending", "2").returncode == 0
    (tmp_path / "in" / "workloads.json").write_text((given / "workloads.json").read_text())
    inputs = (tmp_path / "in", "--nodes", given / "nodes.json", "--policy", given / "trust.json", "--packing", "exact")
    done = ringfence("plan", *inputs, "-o", tmp_path / "plan.yaml")
    assert done.returncode == 0, done.stderr


def test_somebody_elses_readme_is_not_written_over(given: Path, tmp_path: Path, ringfence) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / README).write_text("# Ours\n")
    done = ringfence("patch", given / "plan.yaml", "-o", tmp_path / "out", "--accept-pending", "2")
    assert done.returncode == 2
    assert "README.md: is in the folder to be written, and ringfence did not write it" in done.stderr
