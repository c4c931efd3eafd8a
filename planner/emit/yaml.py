"""Writes YAML that every reader in Kubernetes' world reads alike, laid out as a person would write it."""

import math
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from planner.words import is_command, without_commands

# A plain scalar must be no number, date, boolean or null to YAML 1.1, YAML 1.2, kubectl or kustomize. So plain is what starts
# like a word and is none of their words, or is a quantity as Kubernetes writes it ("100m", "2Gi"). All else is quoted.
_WORDLIKE = re.compile(r"[A-Za-z_/($][^\n]*")
_QUANTITY = re.compile(r"(?:0|[1-9][0-9]*)(?:m|s|h|k|[KMGTP]i?)")
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_LONGEST_PLAIN_KEY = 120
_STEP = "  "
_SCALARS = (str, int, float, type(None))
_BRANCHES = (dict, list, tuple, Mapping)
"""Asked in this order, as an abstract class takes longest to answer."""
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}


def dump(document: Any) -> str:
    """Write one document made of mappings, lists and scalars; keys keep their order, lines are never wrapped."""
    out: list[str] = []
    if _is_branch(document):
        _branch(out, document, "", "")
    else:
        out.append(_leaf(document, _STEP))
    return "\n".join(out) + "\n"


def _is_branch(value: Any) -> bool:
    return not isinstance(value, _SCALARS) and isinstance(value, _BRANCHES) and bool(value) and not _is_numbers(value)


def _is_numbers(value: Any) -> bool:
    """Say whether it is a list of whole numbers, which stands on one line."""
    return isinstance(value, list | tuple) and bool(value) and all(type(item) is int for item in value)


def _branch(out: list[str], value: Any, pad: str, lead: str) -> None:
    """Write a branch: its first line begins with `lead`, the others with `pad`."""
    if isinstance(value, list | tuple):
        for item in value:
            _child(out, item, pad, f"{lead}-", True)
            lead = pad
        return
    for key, item in value.items():
        _child(out, item, pad, f"{lead}{_key(key, pad)}:", False)
        lead = pad


def _child(out: list[str], value: Any, pad: str, lead: str, beside: bool) -> None:
    """Write what follows "key:" (below it) or "-" (beside it)."""
    if not _is_branch(value):
        out.append(f"{lead} {_leaf(value, pad + _STEP)}")
    elif beside:
        _branch(out, value, pad + _STEP, f"{lead} ")
    else:
        out.append(lead)
        _branch(out, value, pad + _STEP, pad + _STEP)


def _key(key: Any, pad: str) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a key must be a string, not {key!r}")
    text = _string(key)
    # Readers give up on a key beside its colon after 1,024 characters; longer ones are announced with "?".
    return text if len(text) <= _LONGEST_PLAIN_KEY else f"? {text}\n{pad}"


def _leaf(value: Any, pad: str) -> str:
    if isinstance(value, str):
        return _literal(value, pad) if "\n" in value and _reads_as_lines(value) else _string(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _float(value)
    if _is_numbers(value):
        return f"[{', '.join(map(str, value))}]"
    if isinstance(value, Mapping | list | tuple):
        return "{}" if isinstance(value, Mapping) else "[]"
    raise TypeError(f"cannot be written as YAML: {value!r}")


def _float(value: float) -> str:
    if not math.isfinite(value):
        raise ValueError(f"has no meaning in a manifest: {value}")
    mantissa, exponent, power = repr(value).partition("e")
    # YAML 1.1 takes 1e-05 for a string: it asks for the point.
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}{exponent}{power}"


@lru_cache(maxsize=1 << 14)
def _string(text: str) -> str:
    if _is_plain(text):
        return text
    if text.isprintable() and ('"' in text or "\\" in text) and not is_command(text):
        return "'" + text.replace("'", "''") + "'"
    return '"' + without_commands("".join(_ESCAPES.get(char) or _character(char) for char in text)) + '"'


def _is_plain(text: str) -> bool:
    if _QUANTITY.fullmatch(text):
        return True
    if not _WORDLIKE.fullmatch(text) or text.casefold() in _WORDS or not text.isprintable() or is_command(text):
        return False
    return ": " not in text and " #" not in text and text[-1] not in ": "


def _character(char: str) -> str:
    code = ord(char)
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"  # half a surrogate pair is no character; Go reads it as this one
    if char.isprintable():
        return char
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _reads_as_lines(text: str) -> bool:
    """Say whether a block scalar shows `text` exactly; blanks at either end of a line would not survive an editor."""
    if "\n" not in text.rstrip("\n") or text.endswith("\n\n") or text[0] in " \n":
        return False
    return all(line.isprintable() and line == line.rstrip() and not is_command(line) for line in text.split("\n"))


def _literal(text: str, pad: str) -> str:
    style = "|" if text.endswith("\n") else "|-"
    lines = (pad + line if line else "" for line in text.removesuffix("\n").split("\n"))
    return "\n".join((style, *lines))
