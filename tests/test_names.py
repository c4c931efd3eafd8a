"""A name says what it names: words that fit anything are no names of what the code works on."""

import ast
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT

FILLERS = {"at", "each", "found", "made", "one"}
FILES = [ROOT / "cli.py", *(file for room in ("models", "planner") for file in sorted((ROOT / room).rglob("*.py")))]


def names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield each name that is given to something, with its line; a member of a class says what it is beside its owner's name."""
    classes = (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    members = {id(part) for owner in classes for member in owner.body for part in (member, getattr(member, "target", None))}
    for node in ast.walk(tree):
        if id(node) in members:
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.FunctionDef | ast.ClassDef) or (isinstance(node, ast.MatchAs | ast.MatchStar) and node.name):
            yield node.lineno, node.name


def fillers(text: str) -> list[tuple[int, str]]:
    return sorted((line, name) for line, name in names(ast.parse(text)) if name in FILLERS)


def test_nothing_has_a_name_that_fits_anything() -> None:
    assert {file: told for file in FILES if (told := fillers(file.read_text(encoding="utf-8")))} == {}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("found = 1", id="a variable"),
        pytest.param("def size(one): ...", id="a parameter"),
        pytest.param("sizes = [one for one in boxes]", id="what a comprehension goes through"),
        pytest.param("size(key=lambda one: one)", id="the parameter of a lambda"),
        pytest.param("for at, box in enumerate(boxes): ...", id="the number of a loop"),
        pytest.param("def made(): ...", id="a function"),
        pytest.param("(found := size())", id="a name inside an expression"),
        pytest.param("match box:\n    case each: ...", id="what a pattern binds"),
    ],
)
def test_each_way_to_give_a_name_is_looked_at(text: str) -> None:
    assert len(fillers(text)) == 1


def test_a_member_has_the_name_of_its_owner_beside_it() -> None:
    assert fillers("class Tally:\n    each: int\n    def at(self, node): ...") == []
