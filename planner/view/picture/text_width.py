"""How wide text is, estimated from the widest common font, so that it never leaves its box."""

import re
import unicodedata
from collections.abc import Callable, Iterable

# Widths of the printable ASCII characters in hundredths of the font size: DejaVu Sans, and DejaVu Sans Bold.
_PLAIN = (
    "32 41 46 84 64 96 78 28 40 40 50 84 32 37 32 34 64 64 64 64 64 64 64 64 64 64 34 34 84 84 84 54 100 69 69 70 78 64 58 "
    "78 76 30 30 66 56 87 75 79 61 79 70 64 62 74 69 99 69 62 69 40 34 40 84 50 50 62 64 55 64 62 36 64 64 28 28 58 28 98 "
    "64 62 64 64 42 53 40 64 60 82 60 60 53 64 34 64 84"
)
_BOLD = (
    "35 46 53 84 70 101 88 31 46 46 53 84 38 42 38 37 70 70 70 70 70 70 70 70 70 70 40 40 84 84 84 59 100 78 77 74 84 69 69 "
    "83 84 38 38 78 64 100 84 86 74 86 78 73 69 82 78 111 78 73 73 46 37 46 84 50 50 68 72 60 72 68 44 72 72 35 35 67 35 "
    "105 72 69 72 72 50 60 48 72 66 93 65 66 59 72 37 72 84"
)
_OTHERS = {"\u2026": 1.0, "\u00b7": 0.38, "\u2013": 0.5, "\u00d7": 0.84, "\u2265": 0.84}
_WIDTHS = {
    bold: {chr(32 + index): int(width) / 100 for index, width in enumerate(table.split())} | _OTHERS
    for bold, table in ((False, _PLAIN), (True, _BOLD))
}
_WIDE = 1.2


def width(text: str, size: float, bold: bool = False) -> float:
    """Estimate the width of a line of text in pixels, in DejaVu Sans, which is wider than Arial, Helvetica and Segoe UI."""
    table = _WIDTHS[bold]
    return size * sum(table[char] if char in table else _rare(char) for char in text)


def _rare(char: str) -> float:
    if unicodedata.combining(char):
        return 0.0
    # Rather too wide than too narrow: fonts for other letters differ, and no text may leave its box.
    return _WIDE if unicodedata.east_asian_width(char) in "WF" or not char.isalpha() else 1.1


def fit(text: str, size: float, room: float, bold: bool = False) -> str:
    """Cut text at the end, with an ellipsis, so that it fits into `room` pixels."""
    if width(text, size, bold) <= room:
        return text
    cut = _longest(len(text), lambda length: width(text[:length].rstrip() + "\u2026", size, bold) <= room)
    return text[:cut].rstrip() + "\u2026" if cut else ""


def wrapped(text: str, size: float, room: float, bold: bool = False, most: int = 3) -> list[str]:
    """Break text between words, but not before a %, into at most so many lines of `room` pixels.

    A word that is longer has a line of its own; the last line takes all that is left, and may be too long.
    """
    lines = [""]
    for word in re.split(" +(?!%| )", text.strip()):
        longer = f"{lines[-1]} {word}".lstrip()
        if lines[-1] and len(lines) < most and width(longer, size, bold) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def fit_middle(text: str, size: float, room: float) -> str:
    """Cut text in the middle: names of machines differ at their ends."""
    if width(text, size) <= room:
        return text
    cut = _longest(len(text), lambda length: width(_ends(text, length), size) <= room)
    return _ends(text, cut) if cut else ""


def _ends(text: str, length: int) -> str:
    head = length // 2
    tail = length - head
    return f"{text[:head]}\u2026{text[len(text) - tail :]}" if tail else text[:head] + "\u2026"


def _longest(limit: int, fits: Callable[[int], bool]) -> int:
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low


def short_names(names: Iterable[str]) -> dict[str, str]:
    """Drop the domain of host names where what is left still tells them apart; the names of bought nodes have none."""
    full = sorted(set(names))
    hosts = {name: name if "@" in name else name.partition(".")[0] for name in full}
    return hosts if len(set(hosts.values())) == len(full) else {name: name for name in full}
