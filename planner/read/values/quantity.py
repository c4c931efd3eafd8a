"""Quantities ("100m", "1.5Gi", 2) exactly as Kubernetes reads them: integers, never floats."""

import re
from functools import lru_cache

NANO = 10**9
LARGEST = 2**63 - 1
"""Kubernetes keeps quantities in 64 bits; what is larger counts as this."""

_LONGEST, _STEEPEST = 64, 40
"""Characters and power of ten of what is computed at all: 1e999999999 is eleven bytes of input and a gigabyte of digits."""
_FORM = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?(?:([eE][+-]?[0-9]+)|([numkMGTPE]|[KMGTPE]i)?)", re.ASCII)
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_EXAMPLES = "write a number with at most one suffix: 500m, 2, 1.5Gi, 100M"


class NotAQuantity(ValueError):  # noqa: N818  it is what it says
    """The value is no quantity; `reason` says why, `fix` what to write instead."""

    def __init__(self, reason: str, fix: str = _EXAMPLES) -> None:
        """Keep reason and fix apart, for a Fault."""
        self.reason = reason
        self.fix = fix
        super().__init__(f"{reason}; {fix}")


# Typed, as True and 1 are the same key, and no truth value is a quantity.
@lru_cache(maxsize=65536, typed=True)
def parse(value: str | int | float) -> int:
    """Return the amount in billionths, rounded away from zero, or raise NotAQuantity.

    Source: k8s.io/apimachinery pkg/api/resource/quantity.go, ParseQuantity. Negative amounts are quantities too.
    """
    if isinstance(value, bool):
        raise NotAQuantity(f"{str(value).lower()} is no quantity")
    text = str(value).strip()
    match = _FORM.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None or not text:
        raise _explain(text)
    sign, digits, fraction, exponent, suffix = match.groups(default="")
    if not (digits or fraction or suffix or exponent) and text not in ("+", "-", "."):
        raise _explain(text)
    number = int(digits + fraction or "0") * NANO
    nano = _scale(number, len(fraction), exponent, suffix, text)
    nano = min(nano, LARGEST * NANO)
    return -nano if sign == "-" else nano


def _scale(number: int, places: int, exponent: str, suffix: str, text: str) -> int:
    if suffix in _BINARY:
        return _divide_up(number << _BINARY[suffix], 10**places)
    power = int(exponent[1:]) if exponent else _DECIMAL[suffix]
    if abs(power) > _STEEPEST:
        raise NotAQuantity(f"{_short(text)} has an exponent beyond anything a cluster holds", _EXAMPLES)
    power -= places
    return number * 10**power if power >= 0 else _divide_up(number, 10**-power)


def _divide_up(amount: int, divisor: int) -> int:
    return -(-amount // divisor)


@lru_cache(maxsize=65536, typed=True)
def milli(value: str | int | float) -> int:
    """Return thousandths, rounded up, as kube-scheduler reads cpu."""
    return min(_divide_up(parse(value), NANO // 1000), LARGEST)


@lru_cache(maxsize=65536, typed=True)
def whole(value: str | int | float) -> int:
    """Return whole units, rounded up, as kube-scheduler reads everything but cpu."""
    return min(_divide_up(parse(value), NANO), LARGEST)


def is_part(value: str | int | float) -> bool:
    """Say whether it is no whole number; what is no quantity is not judged."""
    try:
        return milli(value) % 1000 != 0
    except NotAQuantity:
        return False


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:37] + "...")


def _explain(text: str) -> NotAQuantity:
    """Say what is wrong with a text that is no quantity; a comma may part thousands, or stand for a point."""
    shown = _short(text)
    if not text:
        return NotAQuantity("the quantity is empty")
    if len(text) > _LONGEST:
        return NotAQuantity(f"{shown} is too long for a quantity")
    kilo = re.fullmatch(r"([+-]?[0-9.]+)\s*K[bB]?", text)
    if kilo:
        number = kilo[1]
        reason = f"{shown} has the suffix K, which Kubernetes does not know"
        return NotAQuantity(reason, f"write {number}k (1000) or {number}Ki (1024)")
    point = re.fullmatch(r"([+-]?[0-9]+),([0-9]{1,2})(\D.*)?", text)
    tight = f"{point[1]}.{point[2]}{point[3] or ''}" if point else re.sub(r"[\s_,]", "", text)
    for candidate in (tight, tight.removesuffix("B").removesuffix("b"), tight.replace("I", "i")):
        if candidate != text and candidate and _FORM.fullmatch(candidate):
            return NotAQuantity(f"{shown} is no quantity", f"write {candidate}")
    return NotAQuantity(f"{shown} is no quantity")
