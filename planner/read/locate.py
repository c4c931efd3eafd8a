"""From the path of a field to its line: the text is read again, and only when a message needs it."""

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

import msgspec
import yaml

from models.field_path import Step, steps_of
from planner.read import scalar
from planner.read.json import members
from planner.read.part import Place, Unreadable
from planner.read.window import Window
from planner.read.yaml import LOADER

_BLOCK = 1 << 16


def line_of(place: Place, body: Any, path: str) -> int:
    """Return the line of a field of the value at `place`, of its nearest parent where the field is absent."""
    steps = steps_of(path)
    if isinstance(body, msgspec.Raw):
        return _line_in_json(Window("", BytesIO(body).read, place.line), steps)
    try:
        return _line_in_yaml(place, steps)
    except (yaml.YAMLError, UnicodeDecodeError):
        return place.line


def _line_in_json(window: Window, steps: Sequence[Step]) -> int:
    line = window.line
    try:
        for step in steps:
            found = _enter(window, step)
            if not found:
                break
            line = found
    except Unreadable:
        pass
    return line


def _enter(window: Window, step: Step) -> int:
    """Go to the value of a key or the item of an index and return its line; 0 where there is none."""
    opening = window.peek()
    if opening not in (b"{", b"["):
        return 0
    for position, name in enumerate(members(window, opening)):
        if step == (name if opening == b"{" else position) or (opening == b"{" and str(step) == name):
            return window.line
        window.take()
    return 0


class _Again:
    """The text of a value once more, indented as it was, for a parser to read."""

    def __init__(self, place: Place) -> None:
        self._source = place.source
        self._offset = _offset_of_line(place)
        first = self._source.again(self._offset, _BLOCK).partition(b"\n")
        self._offset += len(first[0]) + len(first[1])
        rest = first[0].decode("utf-8-sig", "replace")[place.column :]
        self._first = (" " * place.column + rest).encode() + first[1]

    def read(self, _size: int) -> bytes:
        if self._first:
            data, self._first = self._first, b""
            return data
        data = self._source.again(self._offset, _BLOCK)
        self._offset += len(data)
        return data


def _offset_of_line(place: Place) -> int:
    """Find the byte where the line of `place` starts, from the last one found on: messages come in the order of the file."""
    line, offset = place.first_line, place.offset
    last_line, last_offset = place.source.last_found
    if line <= last_line <= place.line:
        line, offset = last_line, last_offset
    while line < place.line:
        block = place.source.again(offset, _BLOCK)
        if not block:
            break
        count = block.count(b"\n")
        if line + count < place.line:
            line, offset = line + count, offset + len(block)
            continue
        end = 0
        for _ in range(place.line - line):
            end = block.index(b"\n", end) + 1
        line, offset = place.line, offset + end
    place.source.last_found = (line, offset)
    return offset


def _line_in_yaml(place: Place, steps: Sequence[Step]) -> int:
    get = LOADER(_Again(place)).get_event
    get()
    get()
    return place.line + _seek(get, get(), steps, 0)


def _seek(get: Callable[[], Any], event: Any, steps: Sequence[Step], line: int) -> int:
    """Go through the value that starts with `event`; the line of what `steps` lead to, of the last where a key is repeated."""
    if not steps or not isinstance(event, yaml.CollectionStartEvent):
        _pass_over(get, event)
        return line
    position = 0
    while not isinstance(inner := get(), yaml.CollectionEndEvent):
        at, name = inner.start_mark.line, str(position)
        if isinstance(event, yaml.MappingStartEvent):
            name = _name(inner)
            _pass_over(get, inner)
            inner = get()
        if name == str(steps[0]):
            line = _seek(get, inner, steps[1:], at)
        else:
            _pass_over(get, inner)
        position += 1
    return line


def _name(event: Any) -> str:
    if not isinstance(event, yaml.ScalarEvent):
        return ""
    return scalar.key(event.value) if event.implicit[0] else event.value


def _pass_over(get: Callable[[], Any], event: Any) -> None:
    depth = 0
    while True:
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth == 0:
            return
        event = get()
