"""What an object holds against what its fields must be: every mismatch becomes a fault with line, field and what to do."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import msgspec

from models.field_path import Step, path_of
from models.source import Source
from planner.errors import BadInput, Fault
from planner.read.documents.syntax import yaml_scalar

T = TypeVar("T")
_MOST = 20
"""Every mismatch takes another attempt to decode all of the object; who has so many is asked to mend these first."""
_PLACE = re.compile(r"(.*?) - at `(?:key in `)?\$(.*?)`", re.DOTALL)
_STEP = re.compile(r"\.([^.\[\]]+)|\[([^\]]*)\]")
_TYPES = re.compile(r"Expected `([^`]*)`, got `([^`]*)`")
_FIELD = re.compile(r"Object (missing required|contains unknown) field `([^`]*)`")
_WORDS = {
    "str": "a string",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "object": "a map",
    "array": "a list",
    "null": "empty",
}
STAND_INS: dict[str, Any] = {"str": "", "int": 0, "float": 0, "bool": False, "array": []}
"""What fits where one of these types is to be."""
_NAMES = {str: "str", bool: "bool", int: "int", float: "float", dict: "object", list: "array", type(None): "null"}


class Tree(Protocol):
    """An object as it was written: its values, and where each of them stands."""

    def tree(self) -> dict[str, Any]:
        """Return the whole object as plain dictionaries and lists."""

    def where_of(self, path: str) -> Source:
        """Return the line of a field."""


@dataclass(frozen=True, slots=True)
class _Mismatch:
    """Where a value does not fit, what is wrong with it and what to do; `stand_in` is something that fits."""

    steps: list[Step]
    reason: str
    fix: str
    stand_in: Any = None


class TypeMismatch(BadInput):
    """A document whose values do not fit their fields; what was mended for the rest of it to be looked at, if it could be."""

    def __init__(self, faults: Sequence[Fault], mended: Any) -> None:
        """Keep the faults, and the document with something that fits in each faulty place; None where nothing does."""
        super().__init__(faults)
        self.fields = tuple(fault.field for fault in faults)
        self.mended = mended


def decode(document: Tree, kind: type[T]) -> T:
    """Convert a document that did not fit at once: null counts as absent and 1.0 as 1; else raise TypeMismatch with each."""
    given = document.tree()
    tree = _texts(given) if kind == dict[str, str] and isinstance(given, dict) else _as_kubernetes_reads(given)
    faults: list[Fault] = []
    while len(faults) < _MOST:
        try:
            value = msgspec.convert(tree, kind)
        except msgspec.ValidationError as error:
            mismatch = _explain(str(error), tree)
            field = path_of(mismatch.steps)
            # The stand-in does not fit either: the next attempt would end here again.
            if field in (fault.field for fault in faults):
                break
            faults.append(Fault(document.where_of(field), field, mismatch.reason, mismatch.fix))
            if not _replace(tree, mismatch):
                break
        else:
            if faults:
                raise TypeMismatch(faults, tree)
            return value
    raise TypeMismatch(faults, None)


_TEXTS = ("annotations", "labels", "matchLabels", "nodeSelector")
"""Fields that are maps of texts."""


def _as_kubernetes_reads(value: Any) -> Any:
    """Copy a value without the nulls in its maps, and with whole floats as integers; null in a map of texts is an empty text."""
    if isinstance(value, dict):
        return {
            key: _texts(item) if key in _TEXTS and isinstance(item, dict) else _as_kubernetes_reads(item)
            for key, item in value.items()
            if item is not None
        }
    if isinstance(value, list):
        return [_as_kubernetes_reads(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**63 else value


def _texts(given: dict[str, Any]) -> dict[str, Any]:
    return {key: "" if text is None else text for key, text in given.items()}


def _explain(message: str, tree: Any) -> _Mismatch:
    place = _PLACE.search(message)
    problem, path = (place[1], place[2]) if place else (message, "")
    steps = [name or (int(inner) if inner.isdecimal() else inner) for name, inner in _STEP.findall(path)]
    missing = _FIELD.match(problem)
    if missing:
        return _about_field(missing[1].startswith("missing"), missing[2], steps, tree)
    types = _TYPES.match(problem)
    if types:
        return _about_type(types[1], types[2], steps, tree)
    return _Mismatch(_resolve(tree, steps, lambda _: True) or [], problem[:1].lower() + problem[1:], "")


def _about_field(is_missing: bool, name: str, steps: list[Step], tree: Any) -> _Mismatch:
    parent = _resolve(tree, steps, lambda value: isinstance(value, dict) and (name in value) != is_missing) or []
    if is_missing:
        return _Mismatch([*parent, name], "is missing", "add it")
    return _Mismatch([*parent, name], "unknown field", "remove it, or correct its spelling")


def _about_type(expected: str, got: str, steps: list[Step], tree: Any) -> _Mismatch:
    exact = _resolve(tree, steps, lambda value: _NAMES.get(type(value)) == got) or []
    wanted = [name for name in expected.split(" | ") if name != "null"] or ["null"]
    return _Mismatch(exact, *said_of(wanted, _at(tree, exact)), STAND_INS.get(wanted[0]))


def said_of(wanted: Sequence[str], value: Any) -> tuple[str, str]:
    """Return what is wrong with a value that is of none of these types, and what to do; types are called as msgspec does."""
    words = " or ".join(_WORDS.get(name, name) for name in wanted)
    return f"must be {words}, not {_show(value)}", _advice(wanted, value, words)


def _advice(wanted: Sequence[str], value: Any, words: str) -> str:
    if isinstance(value, bool) and {"int", "float"} & {*wanted}:
        return "write a number"
    if "str" in wanted and isinstance(value, bool | int | float):
        return f'put it in quotes: "{str(value).lower() if isinstance(value, bool) else value}"'
    if isinstance(value, str) and "str" not in wanted and _NAMES[type(yaml_scalar.plain(value))] in wanted:
        return f"write it without quotes: {value}"
    return f"write {words}"


def _show(value: Any) -> str:
    if isinstance(value, str):
        return f"the string {value if len(value) <= 40 else value[:37] + '...'!r}"
    if isinstance(value, bool):
        return str(value).lower()
    return _WORDS[_NAMES[type(value)]] if isinstance(value, dict | list) or value is None else str(value)


def _resolve(value: Any, steps: Sequence[Step], holds: Callable[[Any], bool]) -> list[Step] | None:
    """Find the path that a message means: it names no keys of free maps ("labels[...]"), so the first that fits is taken."""
    if not steps:
        return [] if holds(value) else None
    step, rest = steps[0], steps[1:]
    for candidate in _inside(value) if step == "..." else [step]:
        inner = _resolve(_at(value, [candidate]), rest, holds)
        if inner is not None:
            return [candidate, *inner]
    return None


def _inside(value: Any) -> Sequence[Step]:
    if isinstance(value, dict):
        return list(value)
    return range(len(value)) if isinstance(value, list) else ()


def _at(value: Any, steps: Sequence[Step]) -> Any:
    for step in steps:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _replace(tree: Any, mismatch: _Mismatch) -> bool:
    """Put something that fits in the place of a faulty value, so that the next fault shows; False where that is impossible."""
    if not mismatch.steps:
        return False
    parent = _at(tree, mismatch.steps[:-1])
    if mismatch.stand_in is not None:
        parent[mismatch.steps[-1]] = mismatch.stand_in
        return True
    if isinstance(parent, dict) and mismatch.steps[-1] in parent:
        del parent[mismatch.steps[-1]]
        return True
    return False
