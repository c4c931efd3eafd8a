"""Text that was damaged at random, as editors, merges, templates and those who mean harm do it; YAML and JSON alike."""

import re
from collections.abc import Callable
from random import Random

_SCALARS = (
    "1e999", "-1e999", ".inf", ".nan", "0x1F", "0o17", "017", "1_000", "1:30", "0b1", "~", "=", "<<", "yes", "2026-01-01", "+1",
    "2026-01-01T00:00:00Z", "|", ">-", "'", '"', '"\\u202e\\ud800\\0"', "? x", "- - -", "!!binary eA==", "!!set {a}", "!!int x",
    "!!float 1", "!!python/object:os.system {}", "!x y", "&a", "*a", "*nobody", "%", "@", "`", "{", "}", "[", "]", "[,]", "{a}",
    "# x", ": :", "9" * 400, "1" + "0" * 5000, "1e" + "9" * 30, "1Ei", "-5Mi", "1e-999", "\u202e", "\u0085", "\ufeff",
)  # fmt: skip
_LINES = (
    "---", "...", "--- !!map", "%YAML 1.2", "%YAML 9.9", "%TAG ! x:", "<<: *a", "<<: {kind: Pod}", "? [a]", "- ", "{}", "[]",
    "\t", "kind: Pod", "metadata:", '"kind": "List",', "items: &a [*a]", "x: &a {<<: *a}", "[{", "null: null", "#" * 5000,
    " " * 5000,
)  # fmt: skip
_BYTES = (
    b"\xff\xfe",
    b"\xc0\x80",
    b"\xed\xa0\x80",
    b"\x00",
    b"\xef\xbb\xbf",
    b"\xf4\x90\x80\x80",
    b"\x1b[2J",
    b"\x85",
    b"\r",
    b"\x7f",
)
_VALUE = re.compile(rb"([:-] +|\": *)([^\n]*)")


def damaged(text: bytes, luck: Random) -> bytes:
    """Return `text` with some damage."""
    for _ in range(luck.choice((1, 1, 1, 2, 3))):
        text = luck.choice(_WAYS)(text, luck)
    return text


def _flip(text: bytes, luck: Random) -> bytes:
    """Have other bytes in some places."""
    changed = bytearray(text)
    for _ in range(luck.choice((1, 1, 2, 8)) if text else 0):
        changed[luck.randrange(len(changed))] = luck.choice((luck.randrange(256), luck.choice(b"{}[]:,-#&*!|>'\"%@`? \t\n0")))
    return bytes(changed)


def _cut(text: bytes, luck: Random) -> bytes:
    """Lose the end, or a part of the middle."""
    first = luck.randrange(len(text) + 1)
    return text[:first] + (b"" if luck.random() < 0.5 else text[first + luck.choice((1, 5, 40, 400)) :])


def _insert(text: bytes, luck: Random) -> bytes:
    """Have bytes that are no text, or steer what shows them."""
    at = luck.choice((0, luck.randrange(len(text) + 1)))
    return text[:at] + luck.choice(_BYTES) + text[at:]


def _deepen(text: bytes, luck: Random) -> bytes:
    """Nest one value deeply, closed or not."""
    depth = luck.choice((20, 200, 2000, 20000))
    before, after = luck.choice(((b"[", b"]"), (b'{"a": ', b"}"), (b"- ", b""), (b"? ", b""), (b"{", b"")))
    return _in_value(text, luck, lambda value: before * depth + (value + after * depth if luck.random() < 0.7 else b""))


def _scalar(text: bytes, luck: Random) -> bytes:
    """Put another scalar in the place of a value."""
    return _in_value(text, luck, lambda _: luck.choice(_SCALARS).encode("utf-8", "surrogatepass"))


def _alias(text: bytes, luck: Random) -> bytes:
    """Give a value an anchor, and name it elsewhere: before, after or within itself."""
    text = _in_value(text, luck, lambda value: b"&a " + value)
    return _in_value(text, luck, lambda _: b"*a")


def _laugh(text: bytes, luck: Random) -> bytes:
    """Have a value that is small as it is written, and vast once it is written out."""
    levels = luck.choice((3, 9, 30))
    bomb = ["&l0 [x, x]", *(f"&l{level} [{', '.join([f'*l{level - 1}'] * 9)}]" for level in range(1, levels))]
    return _in_value(text, luck, lambda _: f"[{', '.join(bomb)}]".encode())


def _line(text: bytes, luck: Random) -> bytes:
    """Have a line more, as far in as the one that follows, or not."""
    lines = text.split(b"\n")
    at = luck.randrange(len(lines))
    indent = len(lines[at]) - len(lines[at].lstrip())
    lines.insert(at, b" " * luck.choice((0, indent, indent)) + luck.choice(_LINES).encode())
    return b"\n".join(lines)


def _double(text: bytes, luck: Random) -> bytes:
    """Have one or more lines twice, there or elsewhere."""
    lines = text.split(b"\n")
    first = luck.randrange(len(lines))
    taken = lines[first : first + luck.choice((1, 1, 3, 20))]
    at = luck.choice((first, luck.randrange(len(lines))))
    return b"\n".join([*lines[:at], *taken, *lines[at:]])


def _indent(text: bytes, luck: Random) -> bytes:
    """Begin a line further in or further out, or with a tab."""
    lines = text.split(b"\n")
    at = luck.randrange(len(lines))
    lines[at] = luck.choice(
        (b" " + lines[at], lines[at][1:], b"\t" + lines[at], lines[at].replace(b" ", b"\t"), lines[at] + b"\t")
    )
    return b"\n".join(lines)


def _recode(text: bytes, luck: Random) -> bytes:
    """Write the whole in another encoding, or with other ends of lines."""
    end = luck.choice((b"\r\n", b"\r", b"\xe2\x80\xa8", b"\xc2\x85", b"\n\n", b"\n"))
    coding = luck.choice(("utf-16", "utf-16-le", "utf-32", "utf-8-sig", "utf-7"))
    if end != b"\n":
        return text.replace(b"\n", end)
    return text.decode("utf-8", "replace").encode(coding)


def _in_value(text: bytes, luck: Random, new: Callable[[bytes], bytes]) -> bytes:
    """Change the rest of some line, from where a value begins."""
    places = list(_VALUE.finditer(text))
    if not places:
        return text + new(b"")
    place = luck.choice(places)
    return text[: place.start(2)] + new(place[2]) + text[place.end(2) :]


_WAYS = (_flip, _flip, _cut, _insert, _deepen, _scalar, _scalar, _scalar, _alias, _laugh, _line, _line, _double, _indent, _recode)
