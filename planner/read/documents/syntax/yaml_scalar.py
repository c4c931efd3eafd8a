"""What a YAML scalar means to kubectl: the rules of sigs.k8s.io/yaml, which are neither YAML 1.1 nor 1.2."""

import base64
import binascii
import math
import re
import struct
from typing import Any

Scalar = str | int | float | bool | None

_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
}
_NOT_FINITE = frozenset(sign + word for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF")) | {".nan", ".NaN", ".NAN"}
_NUMERIC_START = frozenset("0123456789+-")
_INTEGER = re.compile(r"([+-]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
_BASES = (16, 2, 8, 10)
"""Of the groups of _INTEGER, in their order."""
_LONGEST_NUMBER = 400
"""More digits than any 64-bit float has (309 before the point): reading millions of them would take time with their square."""
_TAG = "tag:yaml.org,2002:"
_MEMORY = 1 << 17
"""So many scalars are remembered: manifests say the same few things over and over."""
_MEMORABLE = 64
"""Longer texts are seldom there twice."""

MERGE = object()
"""What the key `<<` means: take over another mapping."""
MERGE_TAG = _TAG + "merge"


class NotAScalar(ValueError):  # noqa: N818  it is what it says
    """A scalar that kubectl refuses."""


def plain(text: str) -> Scalar:
    """Resolve a scalar without quotes, or raise NotAScalar."""
    first = text[:1]
    if first in _NUMERIC_START or first == ".":
        return _number(text)
    return _WORDS.get(text, text)


def _number(text: str) -> Scalar:
    if text in _NOT_FINITE:
        raise NotAScalar(f"{text} cannot be written in JSON, so no Kubernetes object can hold it")
    # yaml.v2 drops all underscores before it looks for a number.
    digits = text.replace("_", "")
    if len(digits) > _LONGEST_NUMBER:
        return text
    match = _INTEGER.fullmatch(digits)
    whole = _integer(match) if match else None
    if whole is not None:
        return whole
    value = _float(digits)
    return text if value is None else value


def _integer(match: re.Match[str]) -> int | float | None:
    """Return an integer of at most 64 bits; a wider one is left to the float rules."""
    sign, *forms = match.groups()
    base, digits = next((base, form) for base, form in zip(_BASES, forms, strict=True) if form is not None)
    number = -int(digits, base) if sign == "-" else int(digits, base)
    if -(2**63) <= number < 2**63:
        return number
    # yaml.v2 tries ParseUint next, which takes no sign; so wide a number is a float once it is JSON.
    return float(number) if 0 < number < 2**64 and sign != "+" else None


def _float(text: str) -> int | float | None:
    if not _FLOAT.fullmatch(text):
        return None
    number = float(text)
    # Go's ParseFloat refuses what overflows, so it stays text.
    if math.isinf(number):
        return None
    return int(number) if number.is_integer() and -(2.0**63) < number < 2.0**63 else number


def tagged(tag: str, text: str, is_plain: bool) -> Scalar:
    """Resolve a scalar with an explicit tag ("!!str 1"), or raise NotAScalar."""
    if tag in ("!", _TAG + "str") or not tag.startswith(_TAG):
        return text
    name = tag.removeprefix(_TAG)
    if name == "binary":
        return _binary(text)
    value = plain(text)
    if name == "timestamp" and is_plain:
        return text
    kinds: dict[str, type | tuple[type, ...]] = {"int": int, "float": (int, float), "bool": bool, "null": type(None)}
    wanted = kinds.get(name)
    if wanted is None:
        return text
    if not isinstance(value, wanted) or (isinstance(value, bool) and name != "bool"):
        raise NotAScalar(f"{text[:40]!r} is not what its tag !!{name} says")
    return value


def _binary(text: str) -> str:
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode("utf-8", "replace")
    except binascii.Error:
        raise NotAScalar("a !!binary value must be base64") from None


def key(text: str) -> str:
    """Resolve a map key without quotes, or raise NotAScalar: Kubernetes' keys are strings, whatever they look like."""
    value = plain(text)
    if isinstance(value, str):
        return value
    if value is None:
        raise NotAScalar("a map key must not be empty")
    # 1e6 is a float to yaml.v2, though whole, and as a key it is written as one: 1e+06.
    if not isinstance(value, bool) and not _INTEGER.fullmatch(text.replace("_", "")):
        return name_of(float(value))
    return name_of(value)


def name_of(value: float | bool) -> str:
    """Write a key that is a number or a truth value as sigs.k8s.io/yaml does."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else _shortest(value)


def _shortest(number: float) -> str:
    """Write a float as Go's strconv.FormatFloat(f, 'g', -1, 32) does, which is what sigs.k8s.io/yaml calls."""
    single = struct.Struct("<f")
    try:
        packed = single.pack(number)
    except OverflowError:
        return "-.inf" if number < 0 else ".inf"
    digits = next(text for text in (f"{number:.{places}e}" for places in range(17)) if single.pack(float(text)) == packed)
    mantissa, _, exponent = digits.partition("e")
    power = int(exponent)
    # For the shortest form Go decides by six digits, however many there are.
    if power < -4 or power >= 6:
        return f"{mantissa}e{power:+03d}"
    return f"{float(digits):.{max(0, len(mantissa.lstrip('-').replace('.', '')) - 1 - power)}f}"


class Memory:
    """Plain scalars and keys that were resolved before: saves time, and equal strings are stored once."""

    def __init__(self) -> None:
        """Know nothing but the merge key."""
        self.values: dict[str, Any] = {}
        self.keys: dict[str, Any] = {"<<": MERGE}

    def value(self, text: str) -> Any:
        """Resolve a plain scalar that was not seen before."""
        value = plain(text)
        if len(text) <= _MEMORABLE:
            if len(self.values) >= _MEMORY:
                self.values.clear()
            self.values[text] = value
        return value

    def key(self, text: str) -> Any:
        """Resolve a plain key that was not seen before."""
        name = key(text)
        # Never emptied like the values, as the merge key is among them.
        if len(text) <= _MEMORABLE and len(self.keys) < _MEMORY:
            self.keys[text] = name
        return name
