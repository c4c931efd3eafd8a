"""The part of SARIF 2.1.0 that findings are written in: which fields an object has, what they hold, which it must have.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

Check = Callable[[Any], bool]


def text(value: Any) -> bool:
    return isinstance(value, str)


def number(least: int) -> Check:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= least


def of(*choices: str) -> Check:
    return lambda value: value in choices


def uri(value: Any) -> bool:
    """Say whether it is a URI, or a reference to one, as RFC 3986 writes it: with nothing in it that has to be escaped."""
    return text(value) and re.fullmatch(r"([!#$&-;=?-Z_a-z~@\[\]]|%[0-9A-Fa-f]{2})*", value) is not None


def texts(value: Any) -> bool:
    return isinstance(value, dict) and all(map(text, value.values()))


def tags(value: Any) -> bool:
    """Say whether it is a bag of properties whose tags, if there are any, are different texts."""
    listed = value.get("tags", []) if isinstance(value, dict) else [None]
    return isinstance(listed, list) and all(map(text, listed)) and len(set(listed)) == len(listed)


MESSAGE = {"text": text}
LEVEL = of("none", "note", "warning", "error")
SHAPES: dict[str, tuple[frozenset[str], dict[str, Any]]] = {
    "log": (frozenset(("version", "runs")), {"$schema": uri, "version": of("2.1.0"), "runs": ["run"]}),
    "run": (
        frozenset(("tool",)),
        {"tool": "tool", "columnKind": of("utf16CodeUnits", "unicodeCodePoints"), "results": ["result"]},
    ),
    "tool": (frozenset(("driver",)), {"driver": "component"}),
    "component": (frozenset(("name",)), {"name": text, "semanticVersion": text, "rules": ["rule"]}),
    "rule": (
        frozenset(("id",)),
        {
            "id": text,
            "shortDescription": "message",
            "fullDescription": "message",
            "help": "message",
            "helpUri": uri,
            "defaultConfiguration": "configuration",
            "properties": tags,
        },
    ),
    "message": (frozenset(("text",)), MESSAGE),
    "configuration": (frozenset(), {"level": LEVEL}),
    "result": (
        frozenset(("message",)),
        {
            "ruleId": text,
            "ruleIndex": number(-1),
            "level": LEVEL,
            "message": "message",
            "locations": ["location"],
            "partialFingerprints": texts,
            "suppressions": ["suppression"],
        },
    ),
    "location": (frozenset(), {"physicalLocation": "place", "logicalLocations": ["logical"]}),
    "place": (frozenset(("artifactLocation",)), {"artifactLocation": "artifact", "region": "region"}),
    "artifact": (frozenset(), {"uri": uri}),
    "region": (frozenset(("startLine",)), {"startLine": number(1)}),
    "logical": (frozenset(), {"fullyQualifiedName": text, "kind": text}),
    "suppression": (frozenset(("kind",)), {"kind": of("inSource", "external"), "justification": text}),
}
"""By a name of its own for each object: the fields that it must have, and of each field what is to be asked of it.

A field is asked a question, or is another object, or a list of these.
"""


def faults(value: Any, shape: str = "log", path: str = "") -> Iterator[str]:
    """Yield the path of everything that is not as SARIF has it."""
    if not isinstance(value, dict):
        yield f"{path}: is no object"
        return
    required, fields = SHAPES[shape]
    yield from (f"{path}.{name}: is missing" for name in sorted(required - value.keys()))
    for name, inner in value.items():
        yield from _of_field(inner, fields.get(name), f"{path}.{name}")


def _of_field(value: Any, asked: Any, path: str) -> Iterator[str]:
    if isinstance(asked, str):
        yield from faults(value, asked, path)
    elif isinstance(asked, list):
        items = value if isinstance(value, list) else [None]
        for index, item in enumerate(items):
            yield from faults(item, asked[0], f"{path}[{index}]")
    elif asked is None or not asked(value):
        yield f"{path}: {'no such field' if asked is None else f'{value!r} is not allowed'}"
