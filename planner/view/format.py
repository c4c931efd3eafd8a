"""Amounts, counts and shares as a person reads them; the same input always gives the same words."""

import re
from collections.abc import Iterable

from models.kubernetes.resources import CPU, EPHEMERAL_STORAGE, MEMORY
from planner.words import some, visible

_BYTES = ("B", "KiB", "MiB", "GiB")
_GIB = 1 << 30


def amount(resource: str, value: int) -> str:
    """Write an amount of a resource with its unit: 1500 of cpu is "1.5 cores", 2**31 of memory "2 GiB"."""
    if resource == CPU:
        return f"{_cores(value)} cores" if abs(value) != 1000 else f"{_cores(value)} core"
    if in_bytes(resource):
        return _bytes(value)
    return f"{value:,}"


def figure(resource: str, value: int) -> str:
    """Write an amount for a column whose heading names the unit: cores, or GiB."""
    if resource == CPU:
        return _cores(value)
    return _decimal(value, _GIB) if in_bytes(resource) else f"{value:,}"


def brief(resource: str, value: int) -> str:
    """Write an amount like `figure`, without decimals from a hundred on."""
    per = 1000 if resource == CPU else _GIB if in_bytes(resource) else 1
    return f"{value / per:,.0f}" if abs(value) >= 100 * per else figure(resource, value)


def unit(resource: str) -> str:
    """Name the unit of `figure`; empty for what is counted."""
    if resource == CPU:
        return "cores"
    return "GiB" if in_bytes(resource) else ""


def in_bytes(resource: str) -> bool:
    """Say whether a resource is measured in bytes."""
    return resource in (MEMORY, EPHEMERAL_STORAGE) or resource.startswith("hugepages-")


def _cores(milli: int) -> str:
    return _decimal(milli, 1000)


def _bytes(value: int) -> str:
    size, power = abs(value), 0
    while size >= 1024 << (10 * power) and power < len(_BYTES) - 1:
        power += 1
    return f"{_decimal(value, 1 << (10 * power))} {_BYTES[power]}"


def _decimal(value: int, per: int) -> str:
    """Write value / per with as many decimals as its size deserves: never more than four figures after a small number."""
    whole = abs(value) / per
    places = 0 if whole >= 1000 else 1 if whole >= 100 else 2 if whole >= 0.1 else 3
    written = f"{value / per:,.{places}f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def percent(share: float) -> str:
    """Write a share as a whole per cent that never rounds a full thing to free or an almost full one to full."""
    if 0 < share < 0.01:
        return "<1 %"
    if 0.99 < share < 1:
        return "99 %"
    return f"{share * 100:.0f} %" if share < 9.995 else ">999 %"


def count(number: int, noun: str, plural: str = "") -> str:
    """Write a number with its noun: 1 node, 2 nodes."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def listed(names: Iterable[str], most: int = 0) -> str:
    """Join names with commas; beyond `most` say how many more there are."""
    texts = list(names)
    return some(texts, most or len(texts))


def natural(name: str) -> tuple[tuple[int, str], ...]:
    """Sort node-9 before node-10."""
    # Pairs, as Python compares no number with a text.
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name))


def number(value: float) -> str:
    """Write a goal's value: whole where it is whole, else with up to four decimals."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.4f}".rstrip("0").rstrip(".")


clean = visible
"""How a name, or a sentence that holds one, is shown in any picture, page or review."""
