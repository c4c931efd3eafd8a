"""Prices as written ("0.384", 0.384) -> millionths per hour, never rounded."""

import re
from decimal import Decimal
from fractions import Fraction

from planner.read.documents.field import Spot

MILLION = 10**6
_HIGHEST, _FINEST = 10**6, -6
"""A million an hour, and the sixth decimal: sums of millionths over all nodes stay within 64 bits, and exact."""
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,9})?", re.ASCII)
_WRITE = "write what one node costs per hour, with at most six decimals: 0.384"


def read_price(spot: Spot, given: str | int | float | None) -> int:
    """Read a price; what is no amount, negative, or finer than a millionth is one fault."""
    reason = "is missing"
    if given is not None:
        amount, reason = _read(given)
        if not reason:
            return amount
    spot.fault(reason, _WRITE)
    return 0


def _read(given: str | int | float) -> tuple[int, str]:
    """Return the price, or why it is none."""
    text = str(given)
    if not _NUMBER.fullmatch(text):
        return 0, f"{text[:40]!r} is no price"
    amount = Decimal(text)
    if amount < 0:
        return 0, f"{text[:40]} is negative"
    if amount > _HIGHEST:
        return 0, f"{text[:40]} is beyond what one node costs"
    # Asked of the power of ten: as a fraction 1e-999999999 has a gigabyte of digits.
    if amount and amount.adjusted() < _FINEST:
        return 0, f"{text[:40]} is finer than a millionth"
    millionths = Fraction(amount) * MILLION
    return int(millionths), "" if millionths.denominator == 1 else f"{text[:40]} is finer than a millionth"
