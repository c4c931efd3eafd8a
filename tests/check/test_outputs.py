"""Each format holds every finding, in the shape that its readers want, and nothing that steers a terminal or a CI log."""

import json
import re
from xml.etree import ElementTree

import pytest
import yaml

from planner.check import output
from planner.check.report import Report
from planner.formats import FINDINGS as FINDINGS_IN
from planner.paper import PLAIN, Paper
from tests.check import sarif_shape
from tests.check.samples import FINDINGS, HOSTILE, REPORT
from tests.test_surface import assert_harmless

SUBJECTS = [finding.subject for finding in FINDINGS]


def written(kind: str, report=REPORT, paper=PLAIN) -> str:
    return output.write(report, kind, paper)


@pytest.mark.parametrize("kind", [kind for kind in FINDINGS_IN if kind != "svg"])
def test_every_format_has_every_finding(kind):
    text = written(kind)
    assert [subject for subject in SUBJECTS if subject not in text.replace("\\", "")] == []


@pytest.mark.parametrize("kind", [kind for kind in FINDINGS_IN if kind != "github"])
def test_what_strangers_wrote_steers_nothing(kind):
    assert_harmless(written(kind, HOSTILE).encode())


def test_an_annotation_is_one_command_whatever_is_in_it():
    lines = written("github", HOSTILE).splitlines()
    assert len(lines) == 1
    assert lines[0].isprintable()
    assert re.findall(r"::(?=[a-z]+ )", lines[0]) == ["::"]


def test_the_table_colours_severities_alone():
    assert written("table", paper=Paper(100, colour=True)).count("\x1b[") == 2 * len(FINDINGS)
    assert "\x1b" not in written("table")


def test_the_table_counts_and_names_what_was_not_read():
    lines = written("table").splitlines()
    assert lines[-1] == "4 pod templates of 9 objects: 1 error, 1 warning, 1 info; 1 accepted"
    assert "not read: Secret: forbidden" in lines


def test_json_has_all_that_is_known():
    data = json.loads(written("json"))
    assert data["counts"] == {"error": 1, "warning": 1, "info": 1}
    assert data["findings"][0]["where"] == {"file": "shop/web.yaml", "line": 12}
    assert data["findings"][0]["source"] == "https://k8s.io"
    assert [entry["reason"] for entry in data["accepted"]] == ["known"]


def test_sarif_names_rules_places_and_what_was_suppressed():
    """The shape that GitHub asks for; the fields are those of SARIF 2.1.0."""
    data = json.loads(written("sarif"))
    (run,) = data["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert (data["version"], rules) == ("2.1.0", sorted({finding.id for finding in FINDINGS}))
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in run["results"])
    first = run["results"][0]
    assert first["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "shop/web.yaml"},
        "region": {"startLine": 12},
    }
    assert [result["level"] for result in run["results"]] == ["error", "warning", "note", "warning"]
    assert [result.get("suppressions") for result in run["results"]][3] == [{"kind": "external", "justification": "known"}]


@pytest.mark.parametrize("report", [REPORT, HOSTILE, Report(())], ids=["findings", "hostile ones", "none"])
def test_sarif_has_the_fields_of_the_standard_and_no_others(report):
    assert list(sarif_shape.faults(json.loads(written("sarif", report)))) == []


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        pytest.param(("version",), "2.0.0", ".version", id="another version"),
        pytest.param(("runs", 0, "name"), "x", ".runs[0].name: no such field", id="a field that there is not"),
        pytest.param(("runs", 0, "tool"), {}, ".runs[0].tool.driver: is missing", id="a field that is missing"),
        pytest.param(("runs", 0, "results", 0, "level"), "info", ".runs[0].results[0].level", id="a level that there is not"),
        pytest.param(("runs", 0, "results", 0, "locations"), {}, ".runs[0].results[0].locations[0]", id="no list"),
        pytest.param(("runs", 0, "tool", "driver", "rules", 0, "helpUri"), "a b", ".helpUri", id="a URI with a space"),
    ],
)
def test_what_is_not_sarif_is_seen(path, value, fault):
    data = json.loads(written("sarif"))
    inner = data
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    (told,) = sarif_shape.faults(data)
    assert fault in told


def test_a_fingerprint_stays_when_lines_move():
    moved = json.loads(written("gitlab", REPORT))
    assert len({entry["fingerprint"] for entry in moved}) == len(FINDINGS)
    assert moved[0]["location"] == {"path": "shop/web.yaml", "lines": {"begin": 12}}
    assert [entry["severity"] for entry in moved] == ["critical", "major", "info"]


def test_junit_fails_for_errors_alone():
    root = ElementTree.fromstring(written("junit"))  # noqa: S314  our own text
    assert (root.get("tests"), root.get("failures")) == ("3", "1")
    assert [case.get("name") for case in root.iter("testcase") if case.find("failure") is not None] == ["Deployment/shop/web"]


def test_openreports_are_one_for_each_namespace():
    documents = list(yaml.load_all(written("openreports"), yaml.CSafeLoader))
    told = [(document["kind"], document["metadata"].get("namespace"), document["summary"]["fail"]) for document in documents]
    assert told == [("ClusterReport", None, 0), ("Report", "kube-system", 0), ("Report", "shop", 1)]
    assert documents[2]["results"][0]["resources"] == [{"kind": "Deployment", "namespace": "shop", "name": "web"}]


def test_reports_of_the_older_kind_say_the_same():
    documents = list(yaml.load_all(written("policyreport"), yaml.CSafeLoader))
    told = [(document["apiVersion"], document["kind"]) for document in documents]
    assert told == [("wgpolicyk8s.io/v1alpha2", kind) for kind in ("ClusterPolicyReport", "PolicyReport", "PolicyReport")]


def test_markdown_escapes_what_would_be_a_mark():
    assert "<b>" not in written("markdown", HOSTILE)
    assert "| Deployment/shop/web | names node-1 | shop/web.yaml:12 | fix |" in written("markdown")
