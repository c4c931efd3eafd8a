"""When a ring is full: for how many months it holds its pods at a growth per month, from how far it can grow."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from models.answer.plan import IsolationPlan
from models.answer.review import Growth, RingReview, Runway
from planner.review.what_if.base import check_groups

_FORM = re.compile(r"(?:(.+)=)?([0-9]{1,3}(?:\.[0-9]{1,2})?)%/month")
WHOLE = 10_000
"""Hundredths of a per cent in the whole."""


@dataclass(frozen=True, slots=True)
class Rate:
    """By how many hundredths of a per cent all workloads, or those of one level or group, grow per month."""

    rate: int
    of: str = ""


def parsed_rate(text: str) -> Rate:
    """Read 3%/month, or LEVEL=2.5%/month; ValueError that says why it is none."""
    match = _FORM.fullmatch(text.strip())
    rate = int(Fraction(match[2]) * 100) if match else 0
    if not match or not 0 < rate <= WHOLE:
        raise ValueError(f"{text!r} is no growth per month: write 3%/month, or LEVEL=2.5%/month")
    return Rate(rate, match[1] or "")


def check_rates(rates: Iterable[Rate], plan: IsolationPlan) -> None:
    """Refuse rates of a level or group that the plan does not have."""
    check_groups("--growth", [rate.of for rate in rates if rate.of], plan)


def runway(ring: RingReview, rates: Sequence[Rate]) -> Runway | None:
    """Return how long a ring lasts; it grows as fast as the fastest of its groups. None where nobody says how fast."""
    rate = max((_rate(group, rates) for group in ring.groups), default=0)
    return Runway(rate, _months(ring.growth, rate), ring.growth.or_more) if rate and ring.growth else None


def _rate(group: str, rates: Sequence[Rate]) -> int:
    """Return the rate of a group: its own, or that of its level, or that of all."""
    for name in (group, group.partition("/")[0], ""):
        said = [rate.rate for rate in rates if rate.of == name]
        if said:
            return said[-1]
    return 0


def _months(growth: Growth, rate: int) -> int:
    """Count the months in which growth stays at or below what the ring bears, in whole numbers."""
    months, grown, most = 0, WHOLE + rate, 100 + growth.percent
    power = WHOLE
    while 100 * grown <= most * power:
        months, grown, power = months + 1, grown * (WHOLE + rate), power * WHOLE
    return months
