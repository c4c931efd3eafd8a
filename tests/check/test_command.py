"""`ringfence check` on the command line: what it reads, what it writes where, and how it ends."""

import json

import pytest

from planner.check.story import stories
from tests.check.samples import deployment
from tests.conftest import ROOT

QUICKSTART = ROOT / "samples" / "quickstart"


@pytest.fixture
def web(tmp_path):
    (tmp_path / "web.yaml").write_text(deployment())
    return tmp_path / "web.yaml"


@pytest.mark.parametrize(("limit", "code"), [("error", 1), ("warning", 1), ("info", 1), ("never", 0)])
def test_an_error_fails_unless_nothing_does(limit, code, web, ringfence):
    assert ringfence("check", web, "--fail-on", limit).returncode == code


def test_a_warning_fails_only_who_asks_for_that(ringfence):
    trap = ROOT / "samples" / "traps" / "node-takeover" / "bad" / "workloads.yaml"
    assert [ringfence("check", trap, "--fail-on", limit).returncode for limit in ("error", "warning", "info")] == [0, 1, 1]


def test_several_formats_go_to_files_and_one_to_stdout(tmp_path, web, ringfence):
    done = ringfence("check", web, "-O", "github", "-O", f"sarif={tmp_path / 'a.sarif'}", "-O", f"junit={tmp_path / 'a.xml'}")
    assert done.returncode == 1
    assert done.stdout.startswith("::error file=")
    assert json.loads((tmp_path / "a.sarif").read_text())["version"] == "2.1.0"
    assert (tmp_path / "a.xml").read_text().startswith("<?xml")


REFUSED = {
    "nothing to read": (),
    "two formats for stdout": ("WEB", "-O", "json", "-O", "table"),
    "two formats for one file": ("WEB", "-O", "json=x", "-O", "sarif=x"),
    "a format that there is not": ("WEB", "-O", "pdf"),
    "a date that is none": ("WEB", "--today", "soon"),
    "files and a live cluster": ("WEB", "--context", "prod"),
    "a plan and a policy": ("WEB", "--plan", "plan.yaml", "--policy", "trust.yaml"),
    "stdin twice": ("-", "--policy", "-"),
    "a file that is not there": ("nothing.yaml",),
    "writing over an input": ("WEB", "-O", "json=WEB"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_usage_ends_with_2(case, web, ringfence):
    before = web.read_text()
    arguments = [argument.replace("WEB", str(web)) for argument in REFUSED[case]]
    assert ringfence("check", *arguments).returncode == 2
    assert web.read_text() == before


def test_the_same_input_gives_the_same_bytes(web, ringfence):
    assert ringfence("check", web, "-O", "json").stdout == ringfence("check", web, "-O", "json").stdout


def test_a_finding_names_file_and_line(web, ringfence):
    data = json.loads(ringfence("check", web, "-O", "json").stdout)
    where = data["findings"][0]["where"]
    assert web.read_text().splitlines()[where["line"] - 1].strip() == "nodeName: node-7"


def test_the_story_of_a_finding_is_told(ringfence):
    told = ringfence("explain", "--finding", "node-name").stdout
    assert [line.partition(":")[0] for line in told.splitlines()[3:]] == [
        *("Why it matters", "How it is used", "What to do", "Source")
    ]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        pytest.param("node-nam", "Did you mean node-name or ring-node-unmet? ", id="near some"),
        pytest.param("nonsense", "", id="near none"),
    ],
)
def test_a_finding_that_there_is_not_is_bad_usage(ringfence, name, hint):
    done = ringfence("explain", "--finding", name)
    said = f"{name!r} is no finding of ringfence check. {hint}docs/reference/check.md has all {len(stories())} ids.\n"
    assert (done.returncode, done.stderr.partition("--finding: ")[2]) == (2, said)


def test_a_plan_without_manifests_is_counted_by_its_workloads(ringfence):
    plan = str(ROOT / "samples" / "quickstart" / "expected" / "plan.yaml")
    workloads = ROOT / "samples" / "quickstart"
    assert ringfence("check", "--plan", plan).stdout.splitlines()[-1].startswith("10 workloads of the plan: 0 errors, ")
    both = ringfence("check", str(workloads / "workloads.yaml"), "--plan", plan).stdout.splitlines()[-1]
    assert both.startswith("10 pod templates of 13 objects and 10 workloads of the plan: ")


def test_explain_needs_a_plan_or_a_finding(ringfence):
    assert ringfence("explain").returncode == 2
    assert ringfence("explain", "plan.yaml", "--finding", "node-name").returncode == 2
