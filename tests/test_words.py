"""What readers meet is short: .ci/words says so, and notices where it is not."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def words(*paths: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / ".ci/words"), *map(str, paths)], capture_output=True, text=True, check=False
    )


LONG = " ".join(["word"] * 36)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("A plan keeps levels apart. It says so.", 0, id="two short sentences pass"),
        pytest.param(f"A {LONG}.", 1, id="a sentence of more than 35 words fails"),
        pytest.param(f"A\n{LONG}.", 1, id="a sentence over several lines is one"),
        pytest.param(f"- A {LONG}.", 1, id="an item of a list is a sentence"),
        pytest.param(f"> A {LONG}.", 1, id="a quotation is a sentence"),
        pytest.param("- " + "\n- ".join(["word word"] * 20), 0, id="items of a list end sentences"),
        pytest.param(f"```\n{LONG}\n```", 0, id="code is no sentence"),
        pytest.param(f"| {LONG} |", 0, id="a row of a table is no sentence"),
        pytest.param(f"# {LONG}", 0, id="a heading is no sentence"),
        pytest.param(f"Run `{LONG}` now.", 0, id="code in a line counts as one word"),
        pytest.param(f"<!-- {LONG} -->", 0, id="a comment is no sentence"),
        pytest.param(". ".join([" ".join(["Word"] * 18)] * 3) + ".", 1, id="a median of 18 words fails"),
    ],
)
def test_a_text_is_as_short_as_it_has_to_be(text, code, tmp_path):
    path = tmp_path / "page.md"
    path.write_text(text, encoding="utf-8")
    done = words(path)
    assert done.returncode == code, done.stdout + done.stderr


def test_a_long_sentence_is_shown_with_its_file(tmp_path):
    path = tmp_path / "page.md"
    path.write_text(f"Short. A {LONG}.", encoding="utf-8")
    assert f"{path}: 37 words, at most 35: A word" in words(path).stderr


def test_what_readers_meet_is_short():
    done = words()
    assert done.returncode == 0, done.stderr


def test_the_readme_is_one_page():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 150
    assert len(text.split()) <= 1200
