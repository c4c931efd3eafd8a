"""What starting must not import, and what the command line may import at all."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HEAVY = ("kubernetes", "msgspec", "networkx", "numpy", "ortools", "pandas", "rich", "yaml")
CLI_MAY = re.compile(
    r"planner|planner\.(accepted|check\.(request|report)|commands(\.\w+)?|errors|outlet|pipeline|paper|inputs|formats|option_values|signals|words)"
    r"|(click|models|rich)(\.\w+)*"
)


def imported(*arguments: str) -> set[str]:
    """Return every module that a run of the command line imported."""
    command = [sys.executable, "-X", "importtime", "cli.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return set(re.findall(r"^import time:[^|]*\|[^|]*\|\s+(\S+)$", done.stderr, re.MULTILINE))


@pytest.mark.parametrize(
    ("arguments", "refused"),
    [
        pytest.param(["--version"], (*HEAVY, "click", "planner.pipeline", "dataclasses"), id="--version imports nothing at all"),
        pytest.param(["--help"], HEAVY, id="--help imports click and no more"),
        pytest.param(["plan", "--help"], HEAVY, id="the help of a command costs no more than --help"),
    ],
)
def test_starting_does_not_import(arguments, refused):
    modules = imported(*arguments)
    assert "planner" in modules, "the listing itself was not read"
    roots = {module.partition(".")[0] for module in modules} | modules
    assert not roots & set(refused)


def test_a_list_of_what_is_imported_sees_what_is_imported():
    assert "click" in imported("--help")


def from_ours(tree: ast.AST) -> set[str]:
    """Return the modules that a source names, also inside functions, with `from planner import pipeline` spelt out."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if (ROOT / f"{name.replace('.', '/')}.py").exists() else node.module for name in inner}
            found |= {name for name in inner if (ROOT / name.replace(".", "/") / "__init__.py").exists()}
    return found


def test_the_command_line_imports_the_pipeline_and_not_the_rooms():
    files = (ROOT / "cli.py", *(ROOT / "planner" / "commands").glob("*.py"))
    named = set().union(*(from_ours(ast.parse(file.read_text(encoding="utf-8"))) for file in files))
    foreign = {name for name in named if name.partition(".")[0] not in sys.stdlib_module_names}
    assert "planner.pipeline" in foreign
    assert {name for name in foreign if not CLI_MAY.fullmatch(name)} == set()


@pytest.mark.parametrize("source", sorted((ROOT / "models").rglob("*.py")), ids=lambda path: path.name)
def test_the_nouns_import_nothing_but_nouns_and_the_standard_library(source):
    roots = {name.partition(".")[0] for name in from_ours(ast.parse(source.read_text(encoding="utf-8")))}
    assert roots <= {"models", *sys.stdlib_module_names}
