"""JSON, streamed: a window moves over the bytes and hands over one object at a time, undecoded."""

import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from json import JSONDecoder
from typing import Any

import msgspec

from models.source import Source
from planner.errors import Fault, Faults
from planner.read.documents.files import Input
from planner.read.documents.location import LARGEST_OBJECT, Part, Place, Unreadable, not_plain, repeated, too_large
from planner.read.documents.syntax.json_stream import Window
from planner.read.documents.witness import is_marked

_BETWEEN = re.compile(rb"(?:[ \t\r\n]++|---(?=[ \t\r\n])|\xef\xbb\xbf)*+")


class _Head(msgspec.Struct):
    apiVersion: Any = None  # noqa: N815  the field's name in the document
    kind: Any = None
    items: msgspec.Raw = msgspec.Raw()


_MARKS = (b'"uid"', b'"deletionTimestamp"')
_BY_HAND = 4 << 20
"""Bytes beyond which a file is not searched for repeated keys, which takes as long as all other reading."""

_MERGE = re.compile(rb""""(?:<|\\u003[cC]){2}"\s*+:""")
"""A key that is no more than a key to kubectl, but which kustomize merges, as it reads JSON as YAML."""
_MERGE_SIGNS = (b"<<", rb"\u003")
"""One of them is in every such key: quicker to look for."""

_HEAD = msgspec.json.Decoder(_Head)
_TEXT = msgspec.json.Decoder(str)


def parts(source: Input, largest: int = LARGEST_OBJECT) -> Iterator[Part | Fault]:
    """Yield every object of a file, the items of a list one by one before the list itself; a fault ends the file.

    What is larger than `largest` bytes is a fault.
    """
    window = Window(source.name, source.read)
    try:
        while first := window.peek(_BETWEEN):
            if first == b"[":
                yield Part(Place(source, window.line), [])
                window.take()
                continue
            for part in _object(window, source):
                if len(part.body or b"") > largest:
                    raise too_large(part.place.where, largest, "object")
                yield part
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
            whole.api_version = text_of(value)
        elif name == "kind":
            whole.kind = text_of(value)
    if not whole.is_list:
        whole.body = msgspec.Raw(window.kept())
        whole.repeats = _repeats(whole.place, whole.body, source.is_inventory)
    window.keep(False)
    yield whole


def text_of(value: bytes) -> str | None:
    """Return a value that is text; one that is none says nothing of an object, not even a number beyond all bounds."""
    return _TEXT.decode(value) if value.startswith(b'"') else None


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
    return Part(
        place,
        raw,
        head.apiVersion,
        head.kind,
        bytes(head.items).startswith(b"["),
        whole,
        repeats=_repeats(place, raw, not source.found_in),
    )


def _repeats(place: Place, raw: msgspec.Raw, may_be_stored: bool) -> Sequence[Fault]:
    """Find keys that a map has twice, or that kustomize merges, as people write them: not in what a cluster has stored.

    Long files are only searched for the latter.
    """
    text = bytes(raw)
    merge = _MERGE.search(text) if any(sign in text for sign in _MERGE_SIGNS) else None
    is_long = place.source.bytes_read > _BY_HAND
    if (is_long and not merge) or (may_be_stored and any(mark in text for mark in _MARKS) and is_marked(raw)):
        return ()
    if merge:
        return (not_plain(Source(place.source.name, place.line + text.count(b"\n", 0, merge.start()))),)
    try:
        # The decoder in C only says whether; lines are looked for where it says yes, which is seldom.
        _PAIRS.decode(text.decode())
    except _Repeated:
        faults = Faults()
        for line, key in _repeated(Window("", BytesIO(raw).read, place.line)):
            faults.append(repeated(Source(place.source.name, line), key))
            if faults.are_endless:
                break
        return faults
    except ValueError:
        pass
    return ()


def _repeated(window: Window) -> Iterator[tuple[int, str]]:
    """Go through a value and yield line and name of each member that its object has already."""
    opening, seen = window.peek(), set[str]()
    if opening not in (b"{", b"["):
        window.take()
        return
    for name in members(window, opening):
        if opening == b"{" and name in seen:
            yield window.line, name
        seen.add(name)
        yield from _repeated(window)


class _Repeated(Exception):  # noqa: N818  never leaves the file
    """A map has a key twice."""


def _told_apart(pairs: list[tuple[str, Any]]) -> None:
    if len(dict(pairs)) != len(pairs):
        raise _Repeated


_PAIRS = JSONDecoder(object_pairs_hook=_told_apart)
