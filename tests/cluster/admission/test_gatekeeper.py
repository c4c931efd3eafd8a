"""Gatekeeper's own program refuses what the API server refuses, and admits what it admits: every row of the tables.

`gator verify` takes whole AdmissionReviews, and so changes, subresources and bindings, too. What is put to it is what the API
server would ask: which subresources Gatekeeper's webhook is asked about is for who installs it. It is what `make
policy-engines` has built, `gator` on PATH, or what GATOR names; without it the tests are skipped.
"""

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cluster.admission.admitted import ADMITTED
from tests.cluster.admission.bypasses import BYPASSES
from tests.cluster.admission.requests import MERGE, Naming, Object, Request, Table, pod
from tests.cluster.admission.shop import patched
from tests.cluster.admission.stored import as_stored
from tests.cluster.stage import Run
from tests.cluster.tools import GATOR

PROGRAM = GATOR.find()
pytestmark = pytest.mark.skipif(not PROGRAM, reason="there is no gator: make policy-engines builds it")
ROWS: Table = {**BYPASSES, **ADMITTED}
VERDICT = re.compile(r"^    --- (PASS|FAIL): row-(\d+)\t.*\n((?: {8}.*\n)*)", re.MULTILINE)
WRONG = "unexpected number of violations"


def merged(thing: Any, patch: Any) -> Any:
    """Return what a merge patch makes of a thing."""
    if not isinstance(patch, Mapping):
        return patch
    kept = dict(thing) if isinstance(thing, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            kept.pop(key, None)
        else:
            kept[key] = merged(kept.get(key), value)
    return kept


def review(row: Request, thing: Object) -> Object:
    """Return the AdmissionReview that the API server sends for a row."""
    before = as_stored(thing)
    changed = row.verb == MERGE or row.sub == "finalize"
    after = merged(before, row.change) if row.verb == MERGE else as_stored(row.change) if row.sub else before
    shown = {"apiVersion": "autoscaling/v1", "kind": "Scale", **after} if row.sub == "scale" else after
    group, _, version = ("/" + shown["apiVersion"]).rpartition("/")
    of_object = ("/" + before["apiVersion"]).rpartition("/")
    request = {
        "uid": "0",
        "kind": {"group": group.removeprefix("/"), "version": version, "kind": shown["kind"]},
        "resource": {
            "group": of_object[0].removeprefix("/"),
            "version": of_object[2],
            "resource": f"{before['kind'].lower()}s",
        },
        **({"subResource": row.sub} if row.sub else {}),
        "name": before["metadata"]["name"],
        **({"namespace": before["metadata"]["namespace"]} if "namespace" in before["metadata"] else {}),
        "operation": "UPDATE" if changed else "CREATE",
        "userInfo": {"username": row.who.name, "groups": list(row.who.groups)},
        "object": shown,
        **({"oldObject": before} if changed else {}),
    }
    return {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request}


@pytest.fixture(scope="module")
def policies(ringfence: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of what is emitted for Gatekeeper."""
    return patched(ringfence, tmp_path_factory.mktemp("gatekeeper"), "--engine", "gatekeeper") / "gatekeeper-policy"


@pytest.fixture(scope="module")
def refused(policies: Path) -> dict[str, str]:
    """Return the rows that some constraint refuses, and its words."""
    naming = Naming()
    reviews = {sentence: review(row, naming.name(sentence, row.thing)) for sentence, row in ROWS.items()}
    verdicts = ask(policies, list(reviews.values()))
    return {sentence: verdicts[number] for number, sentence in enumerate(reviews) if number in verdicts}


def ask(policies: Path, reviews: list[Object]) -> dict[int, str]:
    """Have gator judge each review by each constraint that names its kind; return the numbers of those that are refused."""
    folder, tests = policies.parent, []
    for number, each in enumerate(reviews):
        (folder / f"row-{number}.json").write_text(json.dumps(each), encoding="utf-8")
    for file in sorted((policies / "constraints").glob("[!k]*.yaml")):
        match = yaml.safe_load(file.read_text(encoding="utf-8"))["spec"]["match"]["kinds"]
        kinds = {(group, kind) for each in match for group in each["apiGroups"] for kind in each["kinds"]}
        cases = [
            {"name": f"row-{number}", "object": f"row-{number}.json", "assertions": [{"violations": "no"}]}
            for number, each in enumerate(reviews)
            if (each["request"]["kind"]["group"], each["request"]["kind"]["kind"]) in kinds
        ]
        paths = {"template": f"{policies.name}/templates/{file.name}", "constraint": f"{policies.name}/constraints/{file.name}"}
        tests.append({"name": file.stem, **paths, "cases": cases})
    suite = folder / "suite.yaml"
    suite.write_text(json.dumps({"apiVersion": "test.gatekeeper.sh/v1alpha1", "kind": "Suite", "tests": tests}), encoding="utf-8")
    done = subprocess.run([str(PROGRAM), "verify", str(suite), "-v"], capture_output=True, text=True, check=False)
    found = VERDICT.findall(done.stdout)
    assert len(found) == sum(len(test["cases"]) for test in tests), done.stdout + done.stderr
    assert [words for verdict, _, words in found if verdict == "FAIL" and WRONG not in words] == []
    return {int(number): words for verdict, number, words in found if verdict == "FAIL"}


@pytest.mark.parametrize("sentence", BYPASSES)
def test_a_way_around_the_rings_is_refused(refused: dict[str, str], sentence: str) -> None:
    assert sentence in refused
    assert "resulted in error" not in refused[sentence]


@pytest.mark.parametrize("sentence", ADMITTED)
def test_what_is_legitimate_is_admitted(refused: dict[str, str], sentence: str) -> None:
    assert sentence not in refused, refused.get(sentence)


def test_what_is_there_is_no_violation_to_an_audit_which_has_no_request(policies: Path) -> None:
    """A cluster has pods of before, and an audit would count each of them again and again."""
    stranger = policies.parent / "stranger.json"
    stranger.write_text(json.dumps(pod("payments", nodeName="node-restricted", tolerations=[{"operator": "Exists"}])))
    given = [f"--filename={place}" for place in (policies / "templates", policies / "constraints", stranger)]
    done = subprocess.run([str(PROGRAM), "test", *given], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stdout + done.stderr


def test_eight_ways_lead_by_subresources_that_gatekeepers_webhook_is_not_asked_about_as_it_is_installed() -> None:
    assert len([row for row in BYPASSES.values() if row.sub in ("status", "finalize")]) == 8
