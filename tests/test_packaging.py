"""What is shipped, under which names, and pinned how."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from planner import VERSION

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_version_is_the_same_everywhere(ringfence):
    assert PROJECT["version"] == VERSION
    assert ringfence("--version").stdout == f"ringfence {VERSION}\n"
    assert f"## [{VERSION}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_wheel_holds_our_three_names_and_nothing_else(tmp_path):
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(tmp_path / f"ringfence-{VERSION}-py3-none-any.whl") as wheel:
        top = {name.partition("/")[0] for name in wheel.namelist()}
        scripts = wheel.read(f"ringfence-{VERSION}.dist-info/entry_points.txt").decode()
        assert "planner/read/validation/fields.json" in wheel.namelist()
    assert top == {"cli.py", "models", "planner", f"ringfence-{VERSION}.dist-info"}
    assert {"ringfence = cli:main", "kubectl-ringfence = cli:main"} <= set(scripts.splitlines())


def pins(text: str) -> dict[str, str]:
    """Return what a requirements file pins: each name with its hashes."""
    blocks = re.split(r"\n(?=[A-Za-z0-9])", text.strip())
    return {re.split(r"[=\s;\[]", block, maxsplit=1)[0].lower(): block for block in blocks}


@pytest.mark.parametrize("name", ["runtime", "dev", "docs", "installer"])
def test_every_requirement_is_pinned_with_hashes_and_names_no_registry(name):
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    for package, block in pins(text).items():
        assert re.match(rf"{re.escape(package)}==\S+", block, re.IGNORECASE), block
        assert "--hash=sha256:" in block
    assert not re.search(r"https?://|--(?:extra-)?index|--find-links", text)


@pytest.mark.parametrize("name", ["runtime", "dev"])
def test_everything_that_pyproject_asks_for_is_pinned(name):
    pinned = pins((ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8"))
    wanted = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["png"]]
    assert {re.split(r"[<>=~!]", line)[0].lower() for line in wanted} <= set(pinned)


def test_everything_that_builds_the_documentation_is_pinned():
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    pinned = pins((ROOT / "requirements" / "docs.txt").read_text(encoding="utf-8"))
    assert {re.split(r"[<>=~!]", line)[0].lower() for line in groups["docs"]} <= set(pinned)


def test_the_runtime_pins_are_a_part_of_the_development_pins():
    runtime, dev = (pins((ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")) for name in ("runtime", "dev"))
    assert {name: dev.get(name) for name in runtime} == runtime
