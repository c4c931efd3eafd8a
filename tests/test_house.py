"""How the house is built: what belongs together travels together."""

import ast
import re
from collections.abc import Iterator

import pytest

import cli
from tests.conftest import ROOT

ROOMS = ("solve", "refine", "group", "audit")
FILES = [ROOT / "planner/planning.py", *(file for room in ROOMS for file in sorted((ROOT / "planner" / room).rglob("*.py")))]
CARRIED = {
    "budget": re.compile(r"\b(Budget|Limits)\b"),
    "deadline": re.compile(r"\b(Deadline|Clock)\b"),
    "progress": re.compile(r"\bProgress\b|Callable\[\[str\], None\]"),
    "gap": re.compile(r"(?!)"),
}
"""What SearchContext is made of: by the name of a parameter, or by its type."""
NAMES = {"limits": "budget", "clock": "deadline", "seconds": "deadline"}


def parts_of(given: list[tuple[str, str]]) -> set[str]:
    """Return which parts of a search's context are among parameters or fields, each with its type."""
    parts = set()
    for name, kind in given:
        parts |= {NAMES.get(name, name)} & CARRIED.keys()
        parts |= {part for part, pattern in CARRIED.items() if pattern.search(kind)}
    return parts


def givens(tree: ast.AST) -> Iterator[tuple[int, list[tuple[str, str]]]]:
    """Yield what each function is given, and what each class holds."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            yield node.lineno, [(argument.arg, ast.unparse(argument.annotation or ast.Constant(""))) for argument in arguments]
        elif isinstance(node, ast.ClassDef):
            fields = (part for part in node.body if isinstance(part, ast.AnnAssign))
            yield node.lineno, [(ast.unparse(part.target), ast.unparse(part.annotation)) for part in fields]


def carried_apart(text: str) -> list[tuple[int, list[str]]]:
    """Return the lines of functions and classes that carry two parts of a search's context or more by themselves."""
    return sorted((line, sorted(parts)) for line, given in givens(ast.parse(text)) if len(parts := parts_of(given)) > 1)


def test_a_search_has_its_budget_its_deadline_its_progress_and_its_gap_from_one_context() -> None:
    texts = {file: file.read_text(encoding="utf-8") for file in FILES if file.name != "search_context.py"}
    assert {file: told for file, text in texts.items() if (told := carried_apart(text))} == {}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("def search(limits, progress): ...", id="by their names"),
        pytest.param("def search(effort: 'Budget', until: Deadline): ...", id="by their types"),
        pytest.param("def search(say: Callable[[str], None], *, gap=0.0): ...", id="one of them by keyword only"),
        pytest.param("class Search:\n    clock: Deadline\n    budget: Budget", id="as fields"),
    ],
)
def test_each_way_to_carry_two_apart_is_seen(text: str) -> None:
    assert len(carried_apart(text)) == 1


def test_one_of_them_alone_is_none_apart() -> None:
    assert carried_apart("def search(context: SearchContext, deadline: Deadline, clock: Deadline): ...") == []


def test_the_command_line_is_wiring_and_each_command_has_a_module_of_its_own() -> None:
    files = [ROOT / "cli.py", *(ROOT / "planner/commands").glob("*.py")]
    assert {file: lines for file in files if (lines := len(file.read_text(encoding="utf-8").splitlines())) > 300} == {}
    assert set(cli._commands().commands) <= {file.stem for file in files}


def test_which_room_works_when_stands_on_one_screen() -> None:
    assert len((ROOT / "planner/pipeline.py").read_text(encoding="utf-8").splitlines()) <= 200
