"""The command line where nodes can be bought: its options, its exit codes, and Ctrl-C."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.shop_that_buys import AGENT, API, BIG, PLUGIN, SMALL, node, shape, workload, write

ROOT = Path(__file__).resolve().parent.parent
# Interrupts itself, as Ctrl-C does, when the simulation of kube-scheduler begins.
INTERRUPTED = """
import os, signal, sys
import cli
from planner import pipeline
plan, sent = pipeline.plan, []
def interrupted(inputs, progress, *more, **options):
    def told(phrase):
        if phrase.startswith({phrase!r}) and len(sent) < {times}:
            sent.append(phrase)
            os.kill(os.getpid(), signal.SIGINT)
        progress(phrase)
    return plan(inputs, told, *more, **options)
pipeline.plan = interrupted
cli.main()
"""


@pytest.fixture
def shop(tmp_path):
    """Return the arguments of `ringfence plan` for a shop that must buy."""
    inputs = write(tmp_path, [API, PLUGIN, AGENT], [node("own-1"), SMALL, BIG])
    return ("plan", *inputs.workloads, "--nodes", *inputs.nodes, "--policy", inputs.policy, "-o", tmp_path / "plan.yaml")


def test_a_plan_is_made_verified_patched_and_drawn(shop, ringfence, tmp_path):
    made = ringfence(*shop, "--gap", "0.5", "--objective", "cost", "--packing", "exact")
    assert made.returncode == 0, made.stderr
    assert "What it costs" in made.stdout
    plan = tmp_path / "plan.yaml"
    assert "0 errors" in ringfence("verify", plan).stdout
    assert ringfence("graph", plan, "-o", tmp_path / "plan.svg").returncode == 0
    patched = ringfence("patch", plan, "-o", tmp_path / "patch", "--static", "--node-class", "a.example/B/c")
    assert patched.returncode == 0
    assert "is a packing: whether kube-scheduler finds it was not tried" in patched.stderr
    for pool in yaml.safe_load_all((tmp_path / "patch" / "pools" / "karpenter.yaml").read_text(encoding="utf-8")):
        assert pool["spec"]["template"]["spec"]["nodeClassRef"] == {"group": "a.example", "kind": "B", "name": "c"}
        assert pool["spec"]["replicas"] > 0
    document = yaml.safe_load(plan.read_text(encoding="utf-8"))
    owned = {name for ring in document["rings"] for name in ring["nodes"]}
    assert owned == {"own-1"}
    assert all(set(buy) == {"shape", "zone", "count"} for ring in document["rings"] for buy in ring.get("buy", ()))


@pytest.mark.parametrize(("packing", "code"), [("exact", 3), ("kept", 0)])
def test_a_packing_that_kube_scheduler_does_not_keep_is_no_yes(shop, ringfence, tmp_path, packing, code):
    assert ringfence(*shop, "--packing", packing).returncode == 0
    checked = ringfence("verify", tmp_path / "plan.yaml")
    assert checked.returncode == code
    assert ("feasible as a packing, which kube-scheduler does not keep; 0 errors" in checked.stdout) == bool(code)


@pytest.mark.parametrize("packing", ["exact", "kept"])
@pytest.mark.parametrize(("asked", "missed"), [("0.9", False), ("0.05", True), ("0", False)])
def test_a_gap_that_is_missed_is_said(ringfence, tmp_path, asked, missed, packing):
    large, plan = [workload(name, "restricted", "2100m", 2) for name in ("api", "plugin")], tmp_path / "plan.yaml"
    inputs = write(tmp_path, large, [shape(f"of-{cores}", str(cores), cores / 20) for cores in (4, 5, 6, 7)])
    given = ("plan", *inputs.workloads, "--nodes", *inputs.nodes, "--policy", inputs.policy)
    made = ringfence(*given, "--packing", packing, "--gap", asked, "-o", plan)
    assert made.returncode == 0, made.stderr
    document = yaml.safe_load(plan.read_bytes())
    cost = next(goal for goal in document.get("packingGoals", document["goals"]) if goal["name"] == "cost")
    gap = (float(cost["value"]) - float(cost["bound"])) / float(cost["value"])
    assert 0.05 < gap < 0.9
    assert (f"the packing's cost is within {gap:.2%} of its bound" in made.stderr) == missed
    assert ("asked for" in made.stderr) == missed


def test_no_gap_is_said_of_a_packing_that_leaves_pods_out(ringfence, tmp_path):
    few = [{**offer, "spec": {**offer["spec"], "max": 1}} for offer in (SMALL, BIG)]
    many = {**API, "spec": {**API["spec"], "replicas": 40}}
    inputs = write(tmp_path, [many, PLUGIN, AGENT], [node("own-1"), *few])
    plan = tmp_path / "plan.yaml"
    made = ringfence(
        *("plan", *inputs.workloads, "--nodes", *inputs.nodes, "--policy", inputs.policy), "-o", plan, "--gap", "0.01"
    )
    assert made.returncode in (1, 3)
    document = yaml.safe_load(plan.read_bytes())
    assert document["unplaced"]
    assert any(goal["name"] == "cost" and float(goal["gap"]) > 0.01 for goal in document["goals"])
    assert "asked for" not in made.stderr


@pytest.mark.parametrize("wrong", [("--gap", "-1"), ("--objective", "beauty"), ("--gap", "much")])
def test_options_that_mean_nothing_are_refused(shop, ringfence, tmp_path, wrong):
    assert ringfence(*shop, *wrong).returncode == 2
    assert not (tmp_path / "plan.yaml").exists()


@pytest.mark.parametrize("wrong", ["EC2NodeClass", "a/b/", "a/b/c/d"])
def test_a_node_class_needs_group_kind_and_name(ringfence, tmp_path, wrong):
    done = ringfence("patch", tmp_path / "plan.yaml", "-o", tmp_path / "patch", "--node-class", wrong)
    assert done.returncode == 2
    assert "GROUP/KIND/NAME" in done.stderr


@pytest.mark.parametrize(("limit", "said"), [("1000", False), ("0.01", True)])
def test_that_a_limit_of_time_was_reached_is_said(shop, ringfence, limit, said):
    done = ringfence(*shop, "--packing", "exact", "--time-limit", limit)
    assert (f"--time-limit {limit} may have cut the search short" in done.stderr) == said


def interrupted(shop, phrase: str, times: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", INTERRUPTED.format(phrase=phrase, times=times), *map(str, shop)]
    return subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("phrase", ["choosing", "foreseeing"])
def test_ctrl_c_gives_the_best_plan_so_far_says_so_and_leaves_with_3(shop, ringfence, tmp_path, phrase):
    done = interrupted(shop, phrase, 1)
    assert done.returncode == 3, done.stderr
    assert "stopped: this is the best plan so far" in done.stderr
    assert ringfence("verify", tmp_path / "plan.yaml").returncode in (0, 3)


def test_a_second_ctrl_c_ends_the_program_and_nothing_is_written(shop, tmp_path):
    done = interrupted(shop, "", 2)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (3, "interrupted: there is no answer yet")
    assert not (tmp_path / "plan.yaml").exists()


@pytest.mark.parametrize("phrase", ["_commands", "pipeline"], ids=["while it starts", "in a command that does not search"])
def test_ctrl_c_elsewhere_is_no_answer_either(tmp_path, phrase):
    (tmp_path / "plan.yaml").write_text("", encoding="utf-8")
    where = {"_commands": "cli._commands = pressed", "pipeline": "from planner import pipeline; pipeline.load = pressed"}[phrase]
    script = f"import cli\ndef pressed(*given):\n    raise KeyboardInterrupt\n{where}\ncli.main()"
    command = [sys.executable, "-c", script, "verify", str(tmp_path / "plan.yaml")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (3, "", "interrupted: there is no answer yet\n")
