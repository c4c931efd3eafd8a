"""Sentences with places for parameters, and how a place shows what it is given."""

import re
from collections.abc import Callable, Mapping
from string import Formatter
from typing import Any, NamedTuple

from planner.words import some

Parameters = Mapping[str, Any]
Sentence = str | Callable[[Parameters], str]
"""A sentence with a place for each parameter, or what writes one where its parts are only sometimes there."""


class Phrased(NamedTuple):
    """A sentence some of whose places are filled with phrases that are made of the parameters."""

    text: str
    phrases: Callable[[Parameters], Mapping[str, str]]


JOINTS = {"all": ", ", "and": " and ", "then": ", then ", "lines": "; "}
"""How a place lists every name that it is given; without any of these it lists the first few, or so many.

Of names with counts it lists them all, with a word between count and name.
"""


class _Filler(Formatter):
    """Lists names where a sentence has a place for some."""

    def format_field(self, value: Any, format_spec: str) -> str:
        """Write one parameter."""
        if isinstance(value, Mapping):
            return ", ".join(f"{count} {format_spec} {name}" for name, count in value.items())
        if isinstance(value, tuple):
            if format_spec in JOINTS:
                return JOINTS[format_spec].join(value)
            return some(value, int(format_spec)) if format_spec else some(value)
        return format(value, format_spec) if format_spec and not isinstance(value, str) else str(value)


def filled(sentence: Sentence | Phrased, given: Parameters) -> str:
    """Return the sentence with what it names in its places."""
    if isinstance(sentence, Phrased):
        return filled(sentence.text, {**given, **sentence.phrases(given)})
    return _Filler().vformat(sentence if isinstance(sentence, str) else sentence(given), (), given)


def pattern(text: str) -> str:
    """Return the pattern of a sentence; a parameter that it names twice is the same in both places."""
    expression, named = "", set[str]()
    for plain, field, _, _ in Formatter().parse(text):
        expression += re.escape(plain)
        if field is not None:
            expression += f"(?P={field})" if field in named else f"(?P<{field}>.+)"
            named.add(field)
    return expression
