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


SOURCES = [
    pytest.param(f'fault("{LONG}")', 1, id="a message of more than 35 words fails"),
    pytest.param(f'fault("word {LONG[:80]}; " "{LONG[:80]}")', 0, id="a semicolon ends a sentence of a message"),
    pytest.param(f'fault(f"{{name}} {LONG}")', 1, id="one with a name in it fails, too"),
    pytest.param(f'"""{LONG}"""\nfault("short")', 0, id="a docstring is no message"),
    pytest.param(f'@click.command()\ndef plan():\n    """{LONG}"""', 1, id="but that of a command is its help"),
    pytest.param(f'WIDTHS = "{"11 " * 40}"', 0, id="numbers are no sentence"),
    pytest.param('HEAD = "# Apply it:\\n#   kubectl ' + "apply " * 40 + '"', 0, id="an indented command is no sentence"),
]


@pytest.mark.parametrize(("text", "code"), SOURCES)
def test_what_the_program_says_is_as_short(text, code, tmp_path):
    path = tmp_path / "source.py"
    path.write_text(text, encoding="utf-8")
    done = words(path)
    assert done.returncode == code, done.stdout + done.stderr


SUMMARIES = [
    pytest.param(f"Decide: {LONG}", 1, id="a sentence of more than 35 words fails"),
    pytest.param("- word word word word\n" * 20, 0, id="items end sentences"),
    pytest.param("restricted   7   35 % of 8 cores   26 % of 9 GiB\n" * 20, 0, id="rows of a table are no sentences"),
    pytest.param(f"│ {LONG} │", 0, id="what stands in a frame is no sentence"),
]


@pytest.mark.parametrize(("text", "code"), SUMMARIES)
def test_a_summary_is_as_short(text, code, tmp_path):
    path = tmp_path / "summary.txt"
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
