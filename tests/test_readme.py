"""What README and tutorial show is what the commands answer."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
QUICKSTART = ROOT / "samples" / "quickstart"
CONSOLE = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)
CUT = "..."


def shown(page: str) -> list[tuple[str, list[str]]]:
    """Return each command that a page shows, with the lines of its answer that are shown."""
    blocks = CONSOLE.findall((ROOT / page).read_text(encoding="utf-8"))
    parts = [part for block in blocks for part in re.split(r"^\$ ", block, flags=re.MULTILINE) if part.strip()]
    return [(first, [line for line in rest if line.strip() != CUT]) for first, *rest in map(str.splitlines, parts)]


def is_in_order(lines: list[str], text: str) -> bool:
    remaining = iter(text.splitlines())
    return all(any(line.rstrip() == other.rstrip() for other in remaining) for line in lines)


@pytest.mark.parametrize("page", ["README.md", "docs/tutorial.md"])
def test_a_page_shows_what_the_commands_answer(page, ringfence, tmp_path):
    for path in QUICKSTART.glob("*.yaml"):
        shutil.copy(path, tmp_path)
    commands = shown(page)
    assert len(commands) >= 3
    for command, lines in commands:
        program, *arguments = shlex.split(command, comments=True)
        assert program == "ringfence", f"{command}: only commands of ringfence are run; show others as sh"
        done = ringfence(*arguments, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert is_in_order(lines, done.stdout + done.stderr), f"{command}\n{done.stdout}{done.stderr}"


def test_the_policy_of_the_readme_is_that_of_the_quickstart():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    policy = next(
        block for block in re.findall(r"^```yaml\n(.*?)^```", readme, re.DOTALL | re.MULTILINE) if "TrustPolicy" in block
    )
    bare = [re.sub(r"\s+#.*", "", line) for line in policy.splitlines()]
    assert bare == (QUICKSTART / "trust.yaml").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("page", ["README.md", "SECURITY.md", "CHANGELOG.md"])
def test_every_link_of_a_page_leads_to_a_file(page):
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", (ROOT / page).read_text(encoding="utf-8")):
        assert (ROOT / link).exists(), link
