"""JSON, streamed: a window moves over the bytes and hands over one object at a time, undecoded."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import msgspec

from planner.errors import Fault
from planner.read.files import Input
from planner.read.part import Part, Place, Unreadable
from planner.read.window import Window

_BETWEEN = re.compile(rb"(?:[ \t\r\n]++|---(?=[ \t\r\n])|\xef\xbb\xbf)*+")


class _Head(msgspec.Struct):
    apiVersion: Any = None  # noqa: N815  the field's name in the document
    kind: Any = None
    items: msgspec.Raw = msgspec.Raw()


_HEAD = msgspec.json.Decoder(_Head)


def parts(source: Input) -> Iterator[Part | Fault]:
    """Yield every object of a file, the items of a list one by one before the list itself; a fault ends the file."""
    window = Window(source.name, source.read)
    try:
        while first := window.peek(_BETWEEN):
            if first == b"[":
                yield Part(Place(source, window.line), [])
                return
            yield from _object(window, source)
    except Unreadable as unreadable:
        yield unreadable.fault


def items(part: Part) -> Iterator[Part]:
    """Yield the items of a list that is itself an item."""
    source = part.place.source
    yield from _object(Window(source.name, BytesIO(part.body).read, part.place.line), source)


def _object(window: Window, source: Input) -> Iterator[Part]:
    """Go through the members of an object, which is kept in one piece unless it turns out to be a list."""
    whole = Part(Place(source, window.line), None)
    window.keep()
    for name in members(window, b"{"):
        if name == "items" and window.peek() == b"[":
            window.keep(False)
            whole.is_list = True
            for _ in members(window, b"["):
                yield _item(window, source, whole)
            continue
        value = window.take()
        if name == "apiVersion":
            whole.api_version = msgspec.json.decode(value)
        elif name == "kind":
            whole.kind = msgspec.json.decode(value)
    if not whole.is_list:
        whole.body = msgspec.Raw(window.kept())
    window.keep(False)
    yield whole


def members(window: Window, opening: bytes) -> Iterator[str]:
    """Stop before every member of an object or list, and say its name; the caller takes the value."""
    closing = b"}" if opening == b"{" else b"]"
    window.skip(opening)
    more = window.peek() != closing
    while more:
        name = ""
        if opening == b"{":
            name = window.name()
        window.peek()
        yield name
        more = window.peek() == b","
        if more:
            window.skip(b",")
            window.peek()
    window.skip(closing)


def _item(window: Window, source: Input, whole: Part) -> Part:
    place = Place(source, window.line)
    raw = msgspec.Raw(window.take())
    try:
        head = _HEAD.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        head = _Head()
    return Part(place, raw, head.apiVersion, head.kind, bytes(head.items).startswith(b"["), whole)
