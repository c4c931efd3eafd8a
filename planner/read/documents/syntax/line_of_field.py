"""From the path of a field to its line: the text is read again, and only when a message needs it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import msgspec
import yaml

from models.field_path import Step, steps_of
from planner.read.documents.location import Place, Unreadable
from planner.read.documents.syntax import yaml_scalar
from planner.read.documents.syntax.json import members
from planner.read.documents.syntax.json_stream import Window
from planner.read.documents.syntax.yaml import LOADER

_BLOCK = 1 << 16
_FEW = 4
"""After so many questions about a document its lines are remembered."""
_MOST_REMEMBERED = 3_000_000
"""As many values as the largest object may have; a plan may have more, and is gone through for every line."""
Events = Callable[[], Any]


def line_of(place: Place, body: Any, path: str) -> int:
    """Return the line of a field of the value at `place`, of its nearest parent where the field is absent.

    A document is read again a few times, however many of its fields are asked for one after the other.
    """
    lines = place.source.lines
    if not isinstance(lines, _Lines) or lines.place != place or lines.body is not body:
        lines = _JsonLines(place, body) if isinstance(body, msgspec.Raw) else _YamlLines(place, body)
        place.source.lines = lines
    return lines.of(steps_of(path))


@dataclass(slots=True)
class _Lines:
    """Where the fields of one value are."""

    place: Place
    body: Any

    def of(self, steps: Sequence[Step]) -> int:
        """Return the line of the field that these steps lead to, or of the last one on the way there."""
        raise NotImplementedError


@dataclass(slots=True)
class _JsonLines(_Lines):
    """Knows the members of every object and list that was entered: of each the offset and the line."""

    members: dict[int, dict[Step, tuple[int, int]]] = field(default_factory=dict)

    def of(self, steps: Sequence[Step]) -> int:
        offset, line = 0, self.place.line
        for step in steps:
            if offset not in self.members:
                self.members[offset] = dict(_members(self.body, offset, line))
            inner = self.members[offset]
            if step not in inner and str(step) not in inner:
                break
            offset, line = inner[step] if step in inner else inner[str(step)]
        return line


def _members(body: bytes, offset: int, line: int) -> Iterator[tuple[Step, tuple[int, int]]]:
    """Yield the members of an object, those of one name from the last to the first, or of a list; nothing of other values."""
    stream = BytesIO(body)
    stream.seek(offset)
    window, lines = Window("", stream.read, line), list[tuple[Step, tuple[int, int]]]()
    opening = window.peek()
    try:
        for position, name in enumerate(members(window, opening) if opening in (b"{", b"[") else ()):
            lines.append((name if opening == b"{" else position, (offset + window.passed, window.line)))
            window.take()
    except Unreadable:
        pass
    return reversed(lines)


class _Again:
    """The text of a value once more, indented as it was, for a parser to read."""

    def __init__(self, place: Place) -> None:
        self._source = place.source
        self._offset = _offset_of_line(place)
        first = self._source.again(self._offset, _BLOCK).partition(b"\n")
        self._offset += len(first[0]) + len(first[1])
        # libyaml counts columns in characters, and does not count a byte order mark.
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


Inner = dict[str, "int | _Value"]


@dataclass(slots=True)
class _Value:
    """A map or a list: the line of its key, or where it starts, and the same of everything in it."""

    line: int
    inner: Inner


@dataclass(slots=True)
class _YamlLines(_Lines):
    """Looks for the first few fields one by one, and then remembers the lines of all values, unless there are too many."""

    root: _Value | None = None
    asked: int = 0

    def of(self, steps: Sequence[Step]) -> int:
        self.asked += 1
        if self.asked == _FEW:
            self.root = _read(self._events)
        try:
            line = _known(self.root, steps) if self.root else _sought(self._events(), steps)
        except (yaml.YAMLError, UnicodeDecodeError):
            line = 0
        return self.place.line + line

    def _events(self) -> Events:
        get: Events = LOADER(_Again(self.place)).get_event
        get()
        get()
        return get


def _known(value: _Value | None, steps: Sequence[Step]) -> int:
    line = 0
    for step in steps:
        inner = value.inner.get(str(step)) if value else None
        if inner is None:
            break
        line, value = (inner, None) if isinstance(inner, int) else (inner.line, inner)
    return line


def _sought(get: Events, steps: Sequence[Step]) -> int:
    return _seek(get, get(), steps, 0)


def _read(events: Callable[[], Events]) -> _Value | None:
    """Read as much as can be read; None where that is too much to remember."""
    root, left = _Value(0, {}), [_MOST_REMEMBERED]
    try:
        get = events()
        _fill(get, get(), root, left)
    except (yaml.YAMLError, UnicodeDecodeError):
        pass
    return root if left[0] > 0 else None


def _fill(get: Events, event: Any, value: _Value, left: list[int]) -> None:
    """Remember what is in the value that starts with `event`, for as long as there is room left."""
    if not isinstance(event, yaml.CollectionStartEvent):
        return
    for name, line, inner in _inside(get, event):
        left[0] -= 1
        if left[0] <= 0:
            return
        if isinstance(inner, yaml.CollectionStartEvent):
            value.inner[name] = there = _Value(line, {})
            _fill(get, inner, there, left)
        else:
            value.inner[name] = line


def _seek(get: Events, event: Any, steps: Sequence[Step], line: int) -> int:
    """Go through the value that starts with `event`; the line of what `steps` lead to, of the last where a key is repeated."""
    if not steps or not isinstance(event, yaml.CollectionStartEvent):
        _pass_over(get, event)
        return line
    for name, there, inner in _inside(get, event):
        if name == str(steps[0]):
            line = _seek(get, inner, steps[1:], there)
        else:
            _pass_over(get, inner)
    return line


def _inside(get: Events, event: Any) -> Iterator[tuple[str, int, Any]]:
    """Yield name, line and first event of all that is in a map or a list; the caller takes the events after the first one."""
    position = 0
    while not isinstance(inner := get(), yaml.CollectionEndEvent):
        line, name = inner.start_mark.line, str(position)
        if isinstance(event, yaml.MappingStartEvent):
            name = _name(inner)
            _pass_over(get, inner)
            inner = get()
        yield name, line, inner
        position += 1


def _name(event: Any) -> str:
    if not isinstance(event, yaml.ScalarEvent):
        return ""
    return yaml_scalar.key(event.value) if event.implicit[0] else event.value


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
