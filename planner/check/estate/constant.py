"""CEL expressions that are true or false whatever they are asked about, as far as that can be seen without their types."""

import re
from itertools import pairwise

_STRING = re.compile(r"'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"")
_COMMENT = re.compile(r"//[^\n]*")
_OPENING, _CLOSING = "([{", ")]}"
_COMPARISON = re.compile(
    r"(?P<left>'\d*'|-?\d{1,18}|true|false|null)\s*(?P<how>==|!=|<=|>=|<|>)\s*(?P<right>'\d*'|-?\d{1,18}|true|false|null)"
)


def constant(expression: str) -> bool | None:
    """Return the value that an expression has whatever it is asked about; None where that is not seen."""
    texts: list[str] = []

    def masked(match: re.Match[str]) -> str:
        if match[0][1:-1] not in texts:
            texts.append(match[0][1:-1])
        return f"'{texts.index(match[0][1:-1])}'"

    return _value(_COMMENT.sub("", _STRING.sub(masked, expression)))


def _value(text: str) -> bool | None:
    text = text.strip()
    for operator, decisive in (("||", True), ("&&", False)):
        parts = _parted(text, operator)
        if len(parts) > 1:
            values = [_value(part) for part in parts]
            return decisive if decisive in values else None if None in values else not decisive
    if text.startswith("!"):
        value = _value(text[1:])
        return None if value is None else not value
    if text.startswith("(") and _closes(text) == len(text) - 1:
        return _value(text[1:-1])
    if text in ("true", "false"):
        return text == "true"
    return _compared(text)


def _parted(text: str, operator: str) -> list[str]:
    """Part a text at an operator outside of brackets; a text with a choice (? :) is left whole."""
    depth, cuts = 0, list[int]()
    for index, letter in enumerate(text):
        depth += (letter in _OPENING) - (letter in _CLOSING)
        if depth == 0 and letter == "?" and text[index - 1 : index] != ".":
            return [text]
        if depth == 0 and text.startswith(operator, index):
            cuts.append(index)
    return [text[start + 2 : end] for start, end in pairwise((-2, *cuts, len(text)))]


def _closes(text: str) -> int:
    """Return where the bracket that a text begins with is closed; -1 where it is not."""
    depth = 0
    for index, letter in enumerate(text):
        depth += (letter in _OPENING) - (letter in _CLOSING)
        if depth == 0:
            return index
    return -1


def _compared(text: str) -> bool | None:
    """Compare two literals: numbers by their size, all else only whether they are the same."""
    match = _COMPARISON.fullmatch(text)
    if match is None:
        return None
    left, how, right = match["left"], match["how"], match["right"]
    if how in ("==", "!="):
        return (left == right) is (how == "==")
    if not (left.lstrip("-").isdigit() and right.lstrip("-").isdigit()):
        return None
    order = (int(left) > int(right)) - (int(left) < int(right))
    return {"<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[how]
