"""Every folder of samples/ answers, to the byte, what its expected/ says."""

import difflib
from pathlib import Path

import pytest

from samples import regenerate
from samples.regenerate import ROOT, SAMPLES, answer

FIVE = {"quickstart", "tenants", "may-share", "infeasible", "brownfield"}


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def difference(name: str, expected: bytes, actual: bytes) -> str:
    before, after = (text.decode(errors="replace").splitlines() for text in (expected, actual))
    return "\n".join(list(difflib.unified_diff(before, after, f"expected/{name}", "now", lineterm=""))[:40])


def test_the_samples_that_the_readme_names_exist():
    assert set(SAMPLES) >= FIVE


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_sample_answers_what_it_is_expected_to(sample, tmp_path, monkeypatch, forks):
    monkeypatch.setattr(regenerate, "ringfence", forks.run)
    answer(sample, tmp_path / "now")
    expected, now = files(ROOT / "samples" / sample / "expected"), files(tmp_path / "now")
    assert sorted(now) == sorted(expected), "files came or went; `make samples` rewrites them"
    changed = [difference(name, expected[name], now[name]) for name in expected if expected[name] != now[name]]
    assert not changed, "\n\n".join([*changed, "`make samples` rewrites what is expected; review the change"])


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_sample_explains_itself_in_a_few_lines(sample):
    lines = (ROOT / "samples" / sample / "README.md").read_text(encoding="utf-8").splitlines()
    assert 3 <= len(lines) <= 8


def test_only_the_infeasible_sample_says_no():
    codes = {sample: (ROOT / "samples" / sample / "expected" / "exit-code").read_text().strip() for sample in SAMPLES}
    assert {sample for sample, code in codes.items() if code != "0"} == {"infeasible"}
