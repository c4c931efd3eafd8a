"""The selectors of devices that can be told without CEL: comparisons of the driver and of attributes, all of which must hold."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

Value = str | int | bool
_STRING = r"\"[^\"\\]*\"|'[^'\\]*'"
# Numbers of 18 digits at most, which fit into CEL's 64 bits whatever they are.
_TERM = re.compile(
    rf"""device \s*\.\s* (?: (?P<driver>driver) | attributes \s*\[\s* (?P<domain>{_STRING}) \s*\]\s*\.\s* (?P<name>[A-Za-z_]\w*) )
    (?: \s* (?P<how>==|!=) \s* (?P<value>{_STRING} | true | false | -?\d{{1,18}}) )?""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Term:
    """A comparison; without an `attribute`, DOMAIN/NAME, that of the driver."""

    attribute: str
    value: Value
    differs: bool = False

    def holds(self, driver: str, attributes: Mapping[str, Value]) -> bool | None:
        """Say whether it is true of a device; None where the device lacks the attribute, or has one of another type."""
        value = attributes.get(self.attribute) if self.attribute else driver
        # Not isinstance: True is an int in Python, and CEL compares no bool with an int.
        if value is None or type(value) is not type(self.value):
            return None
        return (value == self.value) is not self.differs


def terms(expression: str) -> tuple[Term, ...] | None:
    """Take an expression apart; None where it is more than comparisons joined by &&."""
    parts = [_term(part) for part in _parts(expression)]
    return None if None in parts else tuple(term for term in parts if term is not None)


def _parts(expression: str) -> list[str]:
    """Part at && outside of strings; brackets around the whole, or around a part, are taken off."""
    whole = _bare(expression.strip())
    strings = [match.span() for match in re.finditer(_STRING, whole)]
    cuts = [m.start() for m in re.finditer("&&", whole) if not any(a < m.start() < b for a, b in strings)]
    edges = [-2, *cuts, len(whole)]
    return [_bare(whole[start + 2 : end].strip()) for start, end in pairwise(edges)]


def _bare(text: str) -> str:
    inner = text[1:-1]
    return inner.strip() if text.startswith("(") and text.endswith(")") and "(" not in inner and ")" not in inner else text


def _term(part: str) -> Term | None:
    match = _TERM.fullmatch(part)
    if match is None or (match["driver"] and match["how"] is None):
        return None
    attribute = f"{match['domain'][1:-1]}/{match['name']}" if match["domain"] else ""
    if match["how"] is None:
        return Term(attribute, True)
    written = match["value"]
    value: Value = written[1:-1] if written[0] in "\"'" else json.loads(written)
    return Term(attribute, value, match["how"] == "!=")
