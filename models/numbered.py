"""Names that a controller numbers ("web-0", "data-web-0"): which of them there are, without writing all of them down."""

from collections.abc import Collection, Iterator

_DIGITS = 19
"""As many as a number of 64 bits has."""


def numbers_in(names: Collection[str], begin: str, end: str, numbers: range) -> Iterator[int]:
    """Yield, ascending, the numbers whose name (`begin`, number, `end`) is among the names, at the cost of what is less."""
    if len(numbers) <= len(names):
        yield from (number for number in numbers if f"{begin}{number}{end}" in names)
        return
    inner = (name[len(begin) : len(name) - len(end)] for name in names if name.startswith(begin) and name.endswith(end))
    yield from sorted(number for text in inner if _is_plain(text) and (number := int(text)) in numbers)


def _is_plain(text: str) -> bool:
    """Say whether a text is a number as controllers write it: plain digits, and no zero before others."""
    return text.isascii() and text.isdecimal() and len(text) <= _DIGITS and (text[0] != "0" or text == "0")
