"""Nouns as plain dictionaries and back: camelCase keys, defaults left out, every fault of the input gathered."""

import dataclasses
import json
import re
import types
import typing
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

from models.answer.order_result import OrderResult, Reason
from models.frozen_map import FrozenMap
from models.kubernetes.workload import Raw
from models.source import Source

T = TypeVar("T")
Problems = list[tuple[str, str]]
WRITTEN = (OrderResult, Reason)
"""Nouns that plans write as a sentence, which they parse again."""


class WireError(ValueError):
    """A dictionary is not what the noun asks for; `problems` holds (path, reason) for every fault found."""

    def __init__(self, problems: Problems) -> None:
        """Keep the faults."""
        self.problems = problems
        super().__init__("; ".join(f"{path}: {reason}" for path, reason in problems))


def camel(name: str) -> str:
    """Write a field name as Kubernetes would: match_labels -> matchLabels."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def encode(value: Any) -> Any:
    """Turn a noun, or anything made of nouns, into dictionaries, lists and scalars."""
    kind: Any = type(value)
    return _encoder(kind)(value)


@cache
def _encoder(kind: Any) -> Callable[[Any], Any]:
    """Choose by its type, once, how a value is written: a plan has hundreds of thousands of values of few types."""
    if issubclass(kind, Raw):
        return lambda raw: json.loads(raw.json)
    if issubclass(kind, (Source, StrEnum, *WRITTEN)):
        return str
    if dataclasses.is_dataclass(kind):
        return _encode_noun
    if issubclass(kind, Mapping):
        return lambda mapping: {key: encode(item) for key, item in mapping.items()}
    if issubclass(kind, tuple | list):
        return lambda items: [encode(item) for item in items]
    if issubclass(kind, int):
        return lambda number: str(number) if _is_wide(number) else number
    return lambda value: value


def _is_wide(value: Any) -> bool:
    """Say whether a whole number has no place in 64 bits: parsers of JSON make a float of it, so it is written as a string."""
    return isinstance(value, int) and not -(2**63) <= value < 2**63


def _encode_noun(noun: Any) -> dict[str, Any]:
    kind: Any = type(noun)
    fields: dict[str, Any] = {}
    for name, key, default in _layout(kind):
        item = getattr(noun, name)
        # Most fields are their very default, and to see that costs far less than to compare two nouns.
        if item is not default and (default is dataclasses.MISSING or item != default):
            fields[key] = encode(item)
    return fields


@cache
def _layout(kind: Any) -> tuple[tuple[str, str, Any], ...]:
    return tuple((field.name, camel(field.name), field.default) for field in dataclasses.fields(kind))


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def decode(kind: type[T], data: Any) -> T:
    """Build a noun from what `encode` wrote, or raise WireError with every unknown, missing or ill-typed field."""
    problems: Problems = []
    value = _decode(kind, data, "", problems)
    if problems:
        raise WireError(problems)
    return typing.cast("T", value)


def _decode(kind: Any, data: Any, path: str, problems: Problems) -> Any:
    origin = typing.get_origin(kind)
    if origin is types.UnionType or origin is typing.Union:
        return _decode_option(typing.get_args(kind), data, path, problems)
    if origin is tuple:
        return _decode_tuple(typing.get_args(kind), data, path, problems)
    if origin is FrozenMap or kind is FrozenMap:
        return _decode_map(typing.get_args(kind), data, path, problems)
    if kind is Raw:
        return Raw(json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False))
    if kind is Source:
        return _decode_source(data)
    if kind in WRITTEN:
        return _decode_sentence(kind, data, path, problems)
    if dataclasses.is_dataclass(kind):
        return _decode_noun(kind, data, path, problems)
    return _decode_scalar(kind, data, path, problems)


def _decode_option(options: tuple[Any, ...], data: Any, path: str, problems: Problems) -> Any:
    """Decode what may be absent, or what may be one word or a list of them."""
    inner = [option for option in options if option is not type(None)]
    if len(inner) == 1:
        return None if data is None else _decode(inner[0], data, path, problems)
    if not isinstance(data, str | list):
        problems.append((path, f"must be a string or a list of strings, not {_kind_of(data)}"))
        return ""
    return _decode(next(option for option in inner if (option is str) == isinstance(data, str)), data, path, problems)


_SCALARS: dict[Any, tuple[str, Callable[[Any], bool]]] = {
    str: ("a string", lambda data: isinstance(data, str)),
    bool: ("true or false", lambda data: isinstance(data, bool)),
    int: ("a whole number", lambda data: isinstance(data, int) and not isinstance(data, bool)),
    float: ("a number", lambda data: isinstance(data, int | float) and not isinstance(data, bool) and abs(data) < TOO_WIDE),
}


# With an end, as to read a number takes time with the square of its digits.
_WIDE = re.compile(r"-?[1-9][0-9]{18,99}")
TOO_WIDE = 10**100
"""No number of a plan comes near; beyond 10**308 a whole number is none that a float could hold."""
_LINE = re.compile(r"[0-9]{1,9}", re.ASCII)


def _decode_scalar(kind: Any, data: Any, path: str, problems: Problems) -> Any:
    if kind not in _SCALARS:
        return _decode_word(kind, data, path, problems)
    if kind is int and isinstance(data, str) and _WIDE.fullmatch(data) and _is_wide(int(data)):
        return int(data)
    name, accepts = _SCALARS[kind]
    if not accepts(data):
        problems.append((path, f"must be {name}, not {_kind_of(data)}"))
        return None
    return kind(data)


def _decode_word(kind: type[StrEnum], data: Any, path: str, problems: Problems) -> Any:
    """Return the member of an enum; a word that is none of its values is a fault."""
    words = [member.value for member in kind]
    if data in words:
        return kind(data)
    near = get_close_matches(str(data), words, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    problems.append((path, f"is no word that is known here: {str(data)[:40]!r}{hint}"))
    return None


def _kind_of(data: Any) -> str:
    names = {type(None): "empty", dict: "a map", list: "a list", str: f"the string {str(data)[:40]!r}"}
    return names.get(type(data), str(data).lower() if isinstance(data, bool) else str(data)[:40])


def _decode_tuple(arguments: tuple[Any, ...], data: Any, path: str, problems: Problems) -> Any:
    if not isinstance(data, list):
        problems.append((path, f"must be a list, not {_kind_of(data)}"))
        return ()
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return tuple(_decode(arguments[0], item, f"{path}[{index}]", problems) for index, item in enumerate(data))
    if len(data) != len(arguments):
        problems.append((path, f"must have {len(arguments)} items, not {len(data)}"))
        return ()
    return tuple(
        _decode(kind, item, f"{path}[{index}]", problems) for index, (kind, item) in enumerate(zip(arguments, data, strict=True))
    )


def _decode_map(arguments: tuple[Any, ...], data: Any, path: str, problems: Problems) -> Any:
    if not isinstance(data, dict):
        problems.append((path, f"must be a map, not {_kind_of(data)}"))
        return FrozenMap()
    return FrozenMap({str(key): _decode(arguments[0], item, path + _step(str(key)), problems) for key, item in data.items()})


def _step(key: str) -> str:
    """Write a key of a map as a step of a path; one with dots is put in brackets."""
    return f"[{key}]" if "." in key or "/" in key else f".{key}"


def _decode_source(data: Any) -> Source:
    text = str(data)
    file, colon, line = text.rpartition(":")
    return Source(file, int(line)) if colon and _LINE.fullmatch(line) else Source(text)


def _decode_sentence(kind: Any, data: Any, path: str, problems: Problems) -> Any:
    text = _decode_scalar(str, data, path, problems)
    try:
        return kind.parse(text) if text else None
    except ValueError as error:
        problems.append((path, str(error)))
    return None


def _decode_noun(kind: Any, data: Any, path: str, problems: Problems) -> Any:
    if not isinstance(data, dict):
        problems.append((path, f"must be a map, not {_kind_of(data)}"))
        return None
    prefix = f"{path}." if path else ""
    layout = _layout(kind)
    _name_unknown(data, [key for _, key, _ in layout], prefix, problems)
    values: dict[str, Any] = {}
    for name, key, default in layout:
        if key in data:
            values[name] = _decode(_hints(kind)[name], data[key], prefix + key, problems)
        elif default is dataclasses.MISSING:
            problems.append((prefix + key, "is missing"))
            values[name] = None
    return kind(**values)


def _name_unknown(data: dict[str, Any], known: list[str], prefix: str, problems: Problems) -> None:
    for key in data:
        if key not in known:
            near = get_close_matches(str(key), known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(sorted(known))}"
            problems.append((f"{prefix}{key}", f"unknown field; {hint}"))
