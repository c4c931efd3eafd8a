"""The command line where groups may share: the curve of cost against sharing, limits of rings, and exit codes."""

import json
import subprocess
import sys

import pytest
import yaml

from tests.conftest import ROOT
from tests.shop_that_buys import node, shape, workload, write
from tests.soak import later, soak_after

WORK = [workload("api", "a", "2", 1), workload("web", "b", "2", 1), workload("jobs", "c", "2", 1)]
CHAIN = {"levels": ["a", "b", "c"], "mayShare": [["a", "b"], ["b", "c"]]}
SHAPES = [shape("small", "2", 0.1), shape("big", "4", 0.15)]


@pytest.fixture
def arguments(tmp_path):
    """Return the arguments of `ringfence plan` for three groups in a chain."""

    def given(nodes=SHAPES, **spec):
        inputs = write(tmp_path, WORK, nodes, **{**CHAIN, **spec})
        return ("plan", *inputs.workloads, "--nodes", *inputs.nodes, "--policy", inputs.policy)

    return given


def test_the_curve_goes_from_nobody_shares_to_all_who_may(arguments, ringfence):
    done = ringfence(*arguments(), "--tradeoff", "-O", "json")
    assert done.returncode == 0, done.stderr
    curve = json.loads(done.stdout)
    assert (curve["kind"], curve["unit"], curve["metadata"]) == ("Tradeoff", "cost", {"name": "shop"})
    points = [(len(point["rings"]), point["pairs"], point["value"], point["gap"]) for point in curve["points"]]
    assert points == [(3, 0, 0.3, 0), (2, 1, 0.25, 0)]
    assert [ring["groups"] for ring in curve["points"][0]["rings"]] == [["a"], ["b"], ["c"]]


@pytest.mark.parametrize(
    ("output", "words"), soak_after(2, [("table", "Who shares"), ("yaml", "kind: Tradeoff"), ("markdown", "| Rings |")])
)
def test_the_curve_is_written_in_several_ways_the_same_each_time(arguments, ringfence, output, words):
    given = (*arguments(maxRings=2), "--tradeoff", "-O", output)
    first, second = ringfence(*given), ringfence(*given)
    assert (first.returncode, first.stdout) == (0, second.stdout)
    assert words in first.stdout
    assert ("3 *" in first.stdout.replace("\\*", "*")) == (output != "yaml")


def test_without_prices_the_curve_counts_nodes(arguments, ringfence):
    done = ringfence(*arguments([node(f"n{at}") for at in range(3)]), "--tradeoff", "-O", "json")
    curve = json.loads(done.stdout)
    assert curve["unit"] == "nodes"
    assert [(point["value"], point["bound"]) for point in curve["points"]] == [(3, 3), (2, 2)]


@pytest.mark.parametrize(
    ("nodes", "said"), [later((3, False), id="where all is proven it is not"), pytest.param(2, True, id="where it is not it is")]
)
def test_that_a_limit_of_time_may_have_cut_the_curve_short_is_said(arguments, nodes, said):
    """The clock of the command line is a thousand seconds on at each look; on two nodes nobody has a ring alone."""
    clock = "from planner.commands import tradeoff\ntradeoff.monotonic = itertools.count(0, 1000).__next__"
    script = f"import cli, itertools\n{clock}\ncli.main()"
    given = (*arguments([node(f"n{at}") for at in range(nodes)]), "--tradeoff", "--time-limit", "500")
    command = [sys.executable, "-c", script, *map(str, given)]
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert ("--time-limit 500 may have cut the search short" in done.stderr) == said


def test_a_point_that_does_not_fit_says_so(arguments, ringfence):
    done = ringfence(*arguments([node("n1"), node("n2")]), "--tradeoff")
    assert done.returncode == 0
    assert "does not fit" in done.stdout


def test_a_curve_without_any_point_that_fits_is_a_no(arguments, ringfence):
    done = ringfence(*arguments([node("n1")]), "--tradeoff")
    assert done.returncode == 1
    assert "no way was found to place all pods" in done.stdout


@pytest.mark.parametrize("more", [("-o", "plan.yaml"), ("--any-order",), ("--objective", "churn")])
def test_what_only_a_plan_can_have_is_refused(arguments, ringfence, more, tmp_path):
    done = ringfence(*arguments(), "--tradeoff", *more, cwd=tmp_path)
    assert done.returncode == 2
    assert "--tradeoff prints a curve" in done.stderr
    assert not (tmp_path / "plan.yaml").exists()


def test_the_plan_says_how_its_rings_were_chosen(arguments, ringfence, tmp_path):
    done = ringfence(*arguments(), "-o", tmp_path / "plan.yaml")
    assert done.returncode == 0, done.stderr
    assert "no way costs less than 0.25 per hour" in " ".join(done.stdout.split())
    document = yaml.safe_load((tmp_path / "plan.yaml").read_text(encoding="utf-8"))
    assert document["choice"]["whole"] is True
    assert document["choice"]["goal"] == {"name": "cost", "value": 0.25, "bound": 0.25}
    assert ringfence("verify", tmp_path / "plan.yaml").returncode == 0


def test_too_few_rings_are_a_no_with_the_reason(arguments, ringfence, tmp_path):
    done = ringfence(*arguments(maxRings=1), "-o", tmp_path / "plan.yaml")
    assert done.returncode == 1
    flat = " ".join(done.stdout.split())
    assert "maxRings: 1, and of the groups a, c no two may share: at least 2 rings" in flat
    assert ringfence("verify", tmp_path / "plan.yaml").returncode == 1
    assert "0 errors" in ringfence("verify", tmp_path / "plan.yaml").stdout


def test_limits_that_contradict_each_other_for_a_group_are_a_no(arguments, ringfence):
    done = ringfence(*arguments(ringNodes=[{"min": 2}, {"max": 1, "groups": ["a"]}]))
    assert done.returncode == 2
    assert "spec.ringNodes[1].max" in done.stderr


def test_a_ring_with_fewer_nodes_than_it_must_have_is_a_no(arguments, ringfence, tmp_path):
    done = ringfence(*arguments([node(f"n{at}") for at in range(3)], ringNodes=[{"min": 2}]), "-o", tmp_path / "plan.yaml")
    assert done.returncode == 1
    assert "must have 2 at least" in done.stdout
    assert "0 errors" in ringfence("verify", tmp_path / "plan.yaml").stdout


def test_rings_get_the_nodes_that_they_must_have(arguments, ringfence, tmp_path):
    done = ringfence(*arguments(ringNodes=[{"min": 2}]), "-o", tmp_path / "plan.yaml")
    assert done.returncode == 0, done.stdout
    document = yaml.safe_load((tmp_path / "plan.yaml").read_text(encoding="utf-8"))
    assert all(sum(buy["count"] for buy in ring["buy"]) >= 2 for ring in document["rings"])
    assert ringfence("verify", tmp_path / "plan.yaml").returncode == 0
