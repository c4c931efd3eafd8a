"""`ringfence review`: what a platform team takes into its meeting, by exit code, file and stream."""

import json
from pathlib import Path

import pytest
import yaml

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
QUICKSTART = SAMPLES / "quickstart" / "expected" / "plan.yaml"
INFEASIBLE = SAMPLES / "infeasible" / "expected" / "plan.yaml"


def test_without_a_file_it_says_what_matters(ringfence):
    done = ringfence("review", QUICKSTART)
    assert (done.returncode, done.stderr) == (0, "")
    for words in ("3 of 3 rings are tight", "0 of 8 (by packing 8 are needed, proven)", "3 nodes (8 nodes with the rings"):
        assert words in done.stdout


@pytest.mark.parametrize(
    ("kind", "begins"),
    [("html", "<!doctype html>"), ("md", "## Capacity of shop"), ("json", "{"), ("csv", "ring,tenant,namespace")],
)
def test_a_file_is_written_as_its_ending_says_and_again_over_itself(ringfence, tmp_path, kind, begins):
    out = tmp_path / f"review.{kind}"
    for _ in range(2):
        done = ringfence("review", QUICKSTART, "--quick", "-o", out)
        assert (done.returncode, done.stderr) == (0, f"wrote {out}\n")
        assert out.read_text(encoding="utf-8").startswith(begins)


def test_stdout_is_the_document_and_stderr_the_talk(ringfence):
    done = ringfence("review", QUICKSTART, "--quick", "-o", "-", "--format", "json")
    assert json.loads(done.stdout)["kind"] == "CapacityReview"
    assert "What matters" in done.stderr


@pytest.mark.parametrize("option", ["-O", "--output", "--format"])
@pytest.mark.parametrize(
    ("kind", "begins"), [("markdown", "## Capacity"), ("md", "## Capacity"), ("json", "{"), ("csv", "ring,")]
)
def test_a_format_alone_goes_to_stdout(ringfence, option, kind, begins):
    done = ringfence("review", QUICKSTART, "--quick", option, kind)
    assert done.returncode == 0
    assert done.stdout.startswith(begins)


def test_a_table_is_what_it_says_anyway(ringfence):
    assert ringfence("review", QUICKSTART, "--quick", "-O", "table").stdout == ringfence("review", QUICKSTART, "--quick").stdout


def test_the_schema_of_the_json_needs_no_plan(ringfence):
    done = ringfence("review", "--schema")
    assert (done.returncode, done.stderr) == (0, "")
    written, told = json.loads(done.stdout), json.loads(ringfence("review", QUICKSTART, "--quick", "-O", "json").stdout)
    assert written["title"] == told["kind"] == "CapacityReview"
    assert set(told) == set(written["properties"])


def test_a_table_is_chosen(ringfence):
    done = ringfence("review", QUICKSTART, "--quick", "--table", "nodes", "-o", "-", "--format", "csv")
    assert done.stdout.startswith("node,ring,zone")


def test_a_plan_that_does_not_hold_is_a_no(ringfence):
    done = ringfence("review", INFEASIBLE)
    assert done.returncode == 1
    assert "short of room" in done.stdout


@pytest.mark.parametrize(("fault", "code"), [("short", 0), ("tight", 1)])
def test_a_job_that_runs_every_night_says_no_if_a_ring_is_tight(ringfence, fault, code):
    assert ringfence("review", QUICKSTART, "--quick", "--fail-on", fault).returncode == code


@pytest.mark.parametrize(("share", "code"), [("100%", 0), ("50%", 1)])
def test_a_ring_beyond_a_threshold_of_the_policy_is_a_no(ringfence, tmp_path, share, code):
    plan = yaml.safe_load(QUICKSTART.read_text(encoding="utf-8"))
    plan["inputs"]["policy"]["review"] = {"maxRequested": {"cpu": share}}
    (tmp_path / "plan.yaml").write_text(yaml.safe_dump(plan), encoding="utf-8")
    assert ringfence("review", tmp_path / "plan.yaml", "--quick").returncode == code


def test_use_that_is_none_is_bad_input_with_file_line_and_field(ringfence, tmp_path):
    (tmp_path / "used.csv").write_text("namespace,kind,name,container,cpu,memory\na,Deployment,b,c,much,\n", encoding="utf-8")
    done = ringfence("review", QUICKSTART, "--quick", "--usage", tmp_path / "used.csv")
    assert (done.returncode, done.stdout) == (2, "")
    assert "used.csv:2: cpu: 'much' is no quantity" in done.stderr


def test_spare_nodes_are_written_as_objects_and_over_nothing_else(ringfence, tmp_path):
    plan, out = yaml.safe_load(QUICKSTART.read_text(encoding="utf-8")), tmp_path / "buffers.yaml"
    done = ringfence("review", QUICKSTART, "--quick", "--buffers", out)
    assert (done.returncode, out.exists()) == (2, False)
    assert "write survive: {nodes: 1}" in done.stderr
    plan["inputs"]["policy"]["survive"] = {"nodes": 1}
    (tmp_path / "plan.yaml").write_text(yaml.safe_dump(plan), encoding="utf-8")
    for _ in range(2):
        done = ringfence("review", tmp_path / "plan.yaml", "--quick", "--buffers", out)
        assert (done.returncode, done.stderr) == (0, f"wrote {out}\n")
    documents = [document for document in yaml.safe_load_all(out.read_text(encoding="utf-8")) if document]
    assert {document["kind"] for document in documents} == {"PodTemplate", "CapacityBuffer"}
    out.write_text("precious: true\n", encoding="utf-8")
    assert ringfence("review", tmp_path / "plan.yaml", "--quick", "--buffers", out).returncode == 2


def test_a_tenant_comes(ringfence, tmp_path):
    tenant = SAMPLES / "quickstart" / "workloads.yaml"
    done = ringfence("review", QUICKSTART, "--quick", "--onboard", tenant)
    assert done.returncode == 2
    assert "is in the plan already" in done.stderr


def test_a_what_if_that_does_not_hold_is_no_no(ringfence):
    done = ringfence("review", QUICKSTART, "--quick", "--grow", "restricted=100%")
    assert done.returncode == 0
    assert "restricted grow by 100 %" in done.stdout
    assert "infeasible" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(("--grow", "20"), "write 20%", id="a growth that is none"),
        pytest.param(("--lose", "z-1"), "write zone=NAME", id="a loss that is none"),
        pytest.param(("--merge", "internal"), "write internal,batch", id="a group alone"),
        pytest.param(("--split", ","), "names no trust group", id="a split of nobody"),
        pytest.param(("--reshape", "m5.large"), "write m5.2xlarge=m6g.4xlarge", id="one instance type"),
        pytest.param(("--rightsize", "20%"), "name files with --usage", id="right sizes of what is not known"),
        pytest.param(("--lose", "zone=nowhere"), "no node is of zone nowhere", id="a zone that is not there"),
        pytest.param(("--grow", "nobody=5%"), "no level or trust group is called 'nobody'", id="a level that is not there"),
        pytest.param(("-o", "review.pdf"), "end the file in one of .html, .md, .json, .csv", id="an ending that is not known"),
        pytest.param(("-o", "-"), "give --output", id="stdout without a format"),
    ],
)
def test_what_is_no_question_is_bad_usage(ringfence, arguments, says):
    done = ringfence("review", QUICKSTART, "--quick", *arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert done.stdout == ""


def test_nothing_else_is_written_over(ringfence, tmp_path):
    for name in ("notes.md", "data.json", "page.csv"):
        (tmp_path / name).write_text("precious\n", encoding="utf-8")
        done = ringfence("review", QUICKSTART, "--quick", "-o", tmp_path / name)
        assert done.returncode == 2
        assert "is there already, and is not a review" in done.stderr
        assert (tmp_path / name).read_text(encoding="utf-8") == "precious\n"


def test_a_plan_comes_from_stdin(ringfence):
    done = ringfence("review", "-", "--quick", stdin=QUICKSTART.read_text(encoding="utf-8"))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == ringfence("review", QUICKSTART, "--quick").stdout
    assert ringfence("review", "-", "-", "--quick").returncode == 2


def test_what_is_used_comes_from_stdin(ringfence):
    pods = {"kind": "NodeMetricsList", "apiVersion": "metrics.k8s.io/v1", "items": []}
    pods["items"].append({"metadata": {"name": "node-1a"}, "usage": {"cpu": "1", "memory": "1Gi"}})
    done = ringfence("review", QUICKSTART, "--quick", "--usage", "-", stdin=json.dumps(pods))
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 core, 1 GiB on 1 node" in done.stdout
    assert ringfence("review", "-", "--quick", "--usage", "-", stdin="").returncode == 2


def test_of_several_plans_the_last_is_reviewed_and_held_against_the_one_before(ringfence):
    done = ringfence("review", SAMPLES / "buying" / "expected" / "plan.yaml", QUICKSTART, "--quick")
    assert done.returncode == 0
    assert "Trend" in done.stdout
    assert "Fullest ring: 96 % of cpu (internal" in done.stdout
    assert "nodes moved" in done.stdout or "node moved" in done.stdout


def test_no_plan_is_written_over(ringfence, tmp_path):
    plan = tmp_path / "plan.json"
    plan.write_bytes(QUICKSTART.read_bytes())
    done = ringfence("review", plan, "--quick", "-o", plan)
    assert done.returncode == 2
    assert "is an input: name another file to write" in done.stderr
    assert plan.read_bytes() == QUICKSTART.read_bytes()
