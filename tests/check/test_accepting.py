"""What was accepted does not fail, and who accepts too much, nothing any more, or without a reason is told so."""

import json

import pytest
import yaml

from tests.check.samples import deployment

BASELINE = {"apiVersion": "ringfence.dev/v1alpha1", "kind": "CheckBaseline", "metadata": {"name": "b"}}
MINE = {"finding": "node-name", "subject": "Deployment/shop/web", "reason": "moves in spring", "owner": "shop"}


@pytest.fixture
def found(tmp_path, ringfence):
    """Check a Deployment that names its node, and return exit code, ids of findings, and those of what was accepted."""

    def run(*options, annotations="", accepted=None):
        (tmp_path / "web.yaml").write_text(deployment(annotations))
        if accepted is not None:
            (tmp_path / "baseline.yaml").write_text(yaml.dump({**BASELINE, "spec": {"accepted": accepted}}))
            options = (*options, "--baseline", tmp_path / "baseline.yaml")
        done = ringfence("check", tmp_path / "web.yaml", "-O", "json", *options)
        if done.returncode == 2:
            return 2, done.stderr
        data = json.loads(done.stdout)
        return done.returncode, [entry["id"] for entry in data["findings"]], [entry["id"] for entry in data["accepted"]]

    return run


ENTRIES = {
    "an entry for the object": ([MINE], 0, [], ["node-name"]),
    "an entry for this very message": (
        [{**MINE, "message": "spec.nodeName node-7: bypasses kube-scheduler and every NoSchedule taint"}],
        *(0, [], ["node-name"]),
    ),
    "an entry for another message": ([{**MINE, "message": "spec.nodeName node-8"}], 1, ["node-name", "baseline-unused"], []),
    "an entry for another object": ([{**MINE, "subject": "Deployment/shop/api"}], 1, ["node-name", "baseline-unused"], []),
    "an entry for all objects of a namespace": ([{**MINE, "subject": "Deployment/shop/*"}], 0, [], ["node-name"]),
    "an entry for whatever is found": ([{**MINE, "finding": "*"}], 0, ["baseline-too-broad"], ["node-name"]),
    "an entry for any object": ([{**MINE, "subject": "*/*/*"}], 0, ["baseline-too-broad"], ["node-name"]),
    "an entry without a reason": ([{**MINE, "reason": ""}], 0, ["baseline-without-reason"], ["node-name"]),
    "an entry that ends later": ([{**MINE, "expires": "2027-01-31"}], 0, [], ["node-name"]),
    "an entry that ends today": ([{**MINE, "expires": "2027-01-15"}], 0, [], ["node-name"]),
    "an entry that has ended": ([{**MINE, "expires": "2027-01-14"}], 1, ["baseline-expired", "node-name"], []),
    "no entry": ([], 1, ["node-name"], []),
}


@pytest.mark.parametrize("case", ENTRIES)
def test_a_baseline_accepts_what_it_names(case, found):
    accepted, *expected = ENTRIES[case]
    assert found("--today", "2027-01-15", accepted=accepted) == tuple(expected)


def test_without_a_date_nothing_ends(found):
    assert found(accepted=[{**MINE, "expires": "2001-01-01"}]) == (0, [], ["node-name"])


REFUSED = {
    "an entry without a finding": [{"subject": "Deployment/shop/web"}],
    "an entry without an object": [{"finding": "node-name"}],
    "a date in another form": [{**MINE, "expires": "31.01.2027"}],
    "a field that there is not": [{**MINE, "because": "x"}],
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_baseline_that_cannot_be_read_is_bad_input(case, found):
    code, message = found(accepted=REFUSED[case])
    assert code == 2
    assert "baseline.yaml" in message


def test_a_baseline_that_is_written_accepts_all_that_was_found(tmp_path, found, ringfence):
    found("--write-baseline", tmp_path / "new.yaml")
    assert found("--baseline", tmp_path / "new.yaml") == (0, ["baseline-without-reason"], ["node-name"])


def test_a_baseline_that_is_written_anew_keeps_what_was_said(tmp_path, found):
    found("--write-baseline", tmp_path / "new.yaml", accepted=[{**MINE, "expires": "2027-01-31"}])
    (entry,) = yaml.safe_load((tmp_path / "new.yaml").read_text())["spec"]["accepted"]
    assert (entry["reason"], entry["owner"], str(entry["expires"])) == ("moves in spring", "shop", "2027-01-31")


ANNOTATIONS = {
    "a reason": ("accept.ringfence.dev/node-name: moves in spring", (0, [], ["node-name"])),
    "no reason": ('accept.ringfence.dev/node-name: ""', (1, ["node-name", "acceptance-without-reason"], [])),
    "another finding": ("accept.ringfence.dev/may-bind: yes we know", (1, ["node-name"], [])),
}


@pytest.mark.parametrize("case", ANNOTATIONS)
def test_an_annotation_accepts_with_a_reason(case, found):
    annotation, expected = ANNOTATIONS[case]
    assert found(annotations=annotation) == expected


def test_annotations_need_not_be_believed(found):
    assert found("--ignore-annotations", annotations="accept.ringfence.dev/node-name: trust me") == (1, ["node-name"], [])
