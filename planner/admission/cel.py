"""Writes values into the Common Expression Language, in which the API server evaluates policies."""

import json
import re
from collections.abc import Iterable, Mapping

_BRACKETS = re.compile(r"\[(!?)(\]?[^\]]*)\]")


def text(value: str) -> str:
    """Write a string."""
    return json.dumps(value)


def texts(values: Iterable[str]) -> str:
    """Write a list of strings."""
    return f"[{', '.join(map(text, values))}]"


def lists(table: Mapping[str, Iterable[str]]) -> str:
    """Write a map of lists of strings, one key on a line."""
    if not table:
        return "{}"
    lines = ",\n".join(f"  {text(key)}: {texts(values)}" for key, values in table.items())
    return f"{{\n{lines}\n}}"


def fits(subject: str, pattern: str) -> str:
    """Ask whether what an expression gives fits a file-name pattern ("vault-*")."""
    return f"{subject}.matches({text(_regular(pattern))})" if is_pattern(pattern) else f"{subject} == {text(pattern)}"


def fits_any(subject: str, patterns: Iterable[str]) -> str:
    """Ask whether it fits one of the patterns."""
    return " || ".join(fits(subject, pattern) for pattern in patterns)


def is_pattern(name: str) -> bool:
    """Say whether a name means several."""
    return any(char in name for char in "*?[")


def is_user(names: Iterable[str]) -> str:
    """Ask whether the user, or a group he is in, has one of these names."""
    listed = texts(names)
    return f"request.userInfo.username in {listed} ||\n  request.userInfo.?groups.orValue([]).exists(g, g in {listed})"


def _regular(pattern: str) -> str:
    """Write it as RE2 reads it, which CEL rests on."""
    regular, place = "", 0
    while place < len(pattern):
        # "!" negates in file-name patterns, "^" in RE2, where a backslash needs another one before it.
        bracket = _BRACKETS.match(pattern, place)
        if bracket:
            negated, inside = bracket.groups()
            regular += f"[{'^' if negated else ''}{inside.replace(chr(92), chr(92) * 2)}]"
            place = bracket.end()
        else:
            regular += {"*": ".*", "?": "."}.get(pattern[place], re.escape(pattern[place]))
            place += 1
    return f"^{regular}$"
