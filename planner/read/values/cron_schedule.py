"""A CronJob's schedule -> how soon one run can follow another, by the rules of the parser that the controller uses.

Source: github.com/robfig/cron v3 parser.go ParseStandard, spec.go dayMatches. Days of the week are 0 to 6. A day must be
of both fields of days if one of them has a star, and of either if not. Summer time is not looked at.
"""

import re
from collections.abc import Iterator
from datetime import date
from functools import cache, lru_cache
from itertools import pairwise

_DAY = 24 * 60
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_DESCRIPTORS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_FIELDS: tuple[tuple[str, int, int, dict[str, int]], ...] = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day of the month", 1, 31, {}),
    ("month", 1, 12, {name: number for number, name in enumerate(_MONTHS, 1)}),
    ("day of the week", 0, 6, {name: number for number, name in enumerate(_DAYS)}),
)
_EVERY = "@every "
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(h|ms|m|s|us|µs|ns)", re.ASCII)
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_CYCLE = (date(2001, 1, 1).toordinal(), date(2030, 1, 1).toordinal())
"""Days of which every sequence that the calendar knows is among: weekdays and leap years repeat after 28 years."""


class NotASchedule(ValueError):  # noqa: N818  it is what it says
    """The text is no schedule that the API server would take."""


def shortest_interval(text: str) -> int | None:
    """Return the least number of seconds between two runs, None where there is never a second one, or raise NotASchedule."""
    zone, _, rest = text.partition(" ")
    text = rest.strip() if zone.startswith(("TZ=", "CRON_TZ=")) else text
    if text.startswith(_EVERY):
        return _duration(text.removeprefix(_EVERY))
    if text.startswith("@") and text not in _DESCRIPTORS:
        raise NotASchedule(f"{text} is no name of a schedule")
    fields = _DESCRIPTORS.get(text, text).split()
    if len(fields) != len(_FIELDS):
        raise NotASchedule(f"{text!r} has {len(fields)} fields where there must be {len(_FIELDS)}")
    sets = [_values(field, *bounds) for field, bounds in zip(fields, _FIELDS, strict=True)]
    (minutes, _), (hours, _), (dates, any_date), (months, _), (weekdays, any_weekday) = sets
    times = sorted(60 * hour + minute for hour in hours for minute in minutes)
    days = _days_apart(dates, months, weekdays, any_date or any_weekday)
    if not times or days is None:
        return None
    within = [after - before for before, after in pairwise(times)]
    across = [days * _DAY - times[-1] + times[0]] if days else []
    return min([*within, *across], default=0) * 60 or None


@cache
def _calendar() -> tuple[tuple[int, int, int], ...]:
    days = ((ordinal, date.fromordinal(ordinal)) for ordinal in range(*_CYCLE))
    return tuple((ordinal, day.month, day.day) for ordinal, day in days)


@lru_cache(maxsize=1024)
def _days_apart(dates: frozenset[int], months: frozenset[int], weekdays: frozenset[int], both: bool) -> int | None:
    """Return the least number of days from one that matches to the next, 0 where none follows, None where none matches."""
    days = []
    for ordinal, month, day in _calendar():
        # Python's day 1 was a Monday, so the remainder is 0 on Sundays, as in cron.
        of_month, of_week = day in dates, ordinal % 7 in weekdays
        if month in months and (of_month and of_week if both else of_month or of_week):
            days.append(ordinal)
    return min((after - before for before, after in pairwise(days)), default=0) if days else None


def _values(field: str, name: str, low: int, high: int, names: dict[str, int]) -> tuple[frozenset[int], bool]:
    """Return the values of a field, and whether a star is among them."""
    numbers: set[int] = set()
    star = False
    for part in filter(None, field.split(",")):
        values = _range(part, low, high, names)
        if values is None:
            raise NotASchedule(f"{part!r} is no {name}: those are {low} to {high}")
        numbers.update(values)
        # To this parser */2 is a list of values and no star; other crons see a star there.
        star = star or (part[0] in "*?" and (part.partition("/")[2] or "1").lstrip("+0") == "1")
    return frozenset(numbers), star


def _range(part: str, low: int, high: int, names: dict[str, int]) -> range | None:
    ends, slash, step = part.partition("/")
    first, hyphen, last = ends.partition("-")
    numbers = dict(_numbers(first=first, last=last, step=step, names=names))
    if first in ("*", "?"):
        start, end = low, high
    elif "first" in numbers:
        start = numbers["first"]
        # N/STEP means from N to the end, unlike N alone.
        end = numbers.get("last", -1) if hyphen else high if slash else start
    else:
        return None
    stride = numbers.get("step", 0) if slash else 1
    return range(start, end + 1, stride) if low <= start <= end <= high and stride > 0 else None


def _numbers(names: dict[str, int], **texts: str) -> Iterator[tuple[str, int]]:
    for what, text in texts.items():
        if what != "step" and text.lower() in names:
            yield what, names[text.lower()]
        elif re.fullmatch(r"\+?[0-9]{1,9}", text, re.ASCII):
            yield what, int(text)


def _duration(text: str) -> int:
    """Read what Go's ParseDuration reads, in whole seconds and at least one."""
    parts = _DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise NotASchedule(f"{text!r} is no duration such as 1h30m")
    return max(1, int(sum(float(number) * _SECONDS[unit] for number, unit in parts)))
