"""How code is broken for a test to notice: by function and syntax, so that neither layout nor names of locals matter.

Patterns are Python; in them `_A`, `_B` and so on stand for any expression, and for the same one wherever they stand again.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_ANY = re.compile(r"_[A-Z]")
_LAYOUT = frozenset({"ctx", "lineno", "col_offset", "end_lineno", "end_col_offset", "type_comment", "kind"})
Bound = dict[str, ast.AST]
Edit = tuple[ast.AST, str]
"""What is replaced, and by what."""


@dataclass(frozen=True, slots=True)
class Swap:
    """An expression becomes another one."""

    old: str
    new: str

    def edits(self, scope: ast.AST) -> Iterator[Edit]:
        """Yield each place where it is, with the new text."""
        pattern = ast.parse(self.old, mode="eval").body
        for node in ast.walk(scope):
            bound: Bound = {}
            if isinstance(node, ast.expr) and _matches(pattern, node, bound):
                yield node, f"({_filled(self.new, bound)})"


@dataclass(frozen=True, slots=True)
class Drop:
    """A statement is left out."""

    statement: str

    def edits(self, scope: ast.AST) -> Iterator[Edit]:
        """Yield each place where it is."""
        (pattern,) = ast.parse(self.statement).body
        for node in ast.walk(scope):
            if isinstance(node, ast.stmt) and _matches(pattern, node, {}):
                yield node, "pass"


@dataclass(frozen=True, slots=True)
class Never:
    """What is done if this is so is never done."""

    condition: str

    def edits(self, scope: ast.AST) -> Iterator[Edit]:
        """Yield the test of each such `if`."""
        pattern = ast.parse(self.condition, mode="eval").body
        for node in ast.walk(scope):
            if isinstance(node, ast.If) and _matches(pattern, node.test, {}):
                yield node.test, "False"


@dataclass(frozen=True, slots=True)
class Entry:
    """The value of a dictionary's key becomes another one."""

    key: str
    value: str

    def edits(self, scope: ast.AST) -> Iterator[Edit]:
        """Yield the value of each such key."""
        pattern = ast.parse(self.key, mode="eval").body
        for node in ast.walk(scope):
            if isinstance(node, ast.Dict):
                for key, value in zip(node.keys, node.values, strict=True):
                    if key is not None and _matches(pattern, key, {}):
                        yield value, self.value


@dataclass(frozen=True, slots=True)
class Answer:
    """A function always returns this."""

    value: str

    def edits(self, scope: ast.AST) -> Iterator[Edit]:
        """Yield its first statement after the docstring: nothing below is reached."""
        assert isinstance(scope, ast.FunctionDef)
        first = scope.body[1 if ast.get_docstring(scope) else 0]
        yield first, f"return {self.value}"


@dataclass(frozen=True, slots=True)
class Text:
    """In a file that is no Python a text becomes another one."""

    old: str
    new: str


Break = Swap | Drop | Never | Entry | Answer | Text


def broken(sound: str, within: str, how: Break) -> str:
    """Return a text with what is broken in the function, class or constant `within`; ValueError unless it is there once."""
    if isinstance(how, Text):
        if sound.count(how.old) != 1:
            raise ValueError(f"this is there {sound.count(how.old)} times: {how.old}")
        return sound.replace(how.old, how.new)
    edits = list(how.edits(_scope(ast.parse(sound), within)))
    if len(edits) != 1:
        raise ValueError(f"{within} has this {len(edits)} times: {how}")
    ((node, new),) = edits
    return _replaced(sound, node, new)


def _scope(tree: ast.Module, within: str) -> ast.AST:
    scope: ast.AST = tree
    for name in within.split("."):
        named = [node for node in ast.iter_child_nodes(scope) if name in _names(node)]
        if len(named) != 1:
            raise ValueError(f"{within} is there {len(named)} times")
        (scope,) = named
    return scope


def _names(node: ast.AST) -> list[str]:
    """Return what a statement defines."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _matches(pattern: Any, node: Any, bound: Bound) -> bool:
    if isinstance(pattern, ast.Name) and _ANY.fullmatch(pattern.id):
        known = bound.setdefault(pattern.id, node)
        return known is node or ast.dump(_plain(known)) == ast.dump(_plain(node))
    if isinstance(pattern, list):
        return (
            isinstance(node, list)
            and len(pattern) == len(node)
            and all(_matches(one, other, bound) for one, other in zip(pattern, node, strict=True))
        )
    if not isinstance(pattern, ast.AST):
        return bool(pattern == node)
    fields = [name for name in pattern._fields if name not in _LAYOUT]
    return type(pattern) is type(node) and all(_matches(getattr(pattern, f), getattr(node, f), bound) for f in fields)


def _plain(node: ast.AST) -> ast.AST:
    """Return it as it is where it is read, whether it is read or written here."""
    return ast.parse(ast.unparse(node), mode="eval").body


def _filled(text: str, bound: Bound) -> str:
    return _ANY.sub(lambda found: f"({ast.unparse(bound[found[0]])})" if found[0] in bound else found[0], text)


def _replaced(sound: str, node: Any, new: str) -> str:
    """Return the text with a node's own part of it replaced; columns are counted in bytes."""
    lines = sound.encode().splitlines(keepends=True)
    first, last = node.lineno - 1, node.end_lineno - 1
    before = b"".join(lines[:first]) + lines[first][: node.col_offset]
    after = lines[last][node.end_col_offset :] + b"".join(lines[last + 1 :])
    return (before + new.encode() + after).decode()
