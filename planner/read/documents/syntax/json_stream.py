"""The bytes of a JSON stream around the place that is being read."""

import re
from collections.abc import Callable
from itertools import accumulate

import msgspec

from models.source import Source
from planner.errors import Fault
from planner.read.documents.location import DEEPEST, Unreadable, too_deep, too_large

_BLOCK = 8 << 20
_LARGEST = 64 << 20
"""Bytes of one object that is no list: far above what etcd stores, room for a plan of a large cluster."""

# Possessive quantifiers (*+): a match that fails late must not be tried again from every byte before.
_BLANK = re.compile(rb"[ \t\r\n]*+")
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[{]|[\]}]', re.DOTALL)
_STEP = {ord("{"): 1, ord("["): 1, ord("}"): -1, ord("]"): -1}
_NOT_BRACKETS = bytes(set(range(256)) - _STEP.keys())
_SKIM: "msgspec.json.Decoder[msgspec.Raw]" = msgspec.json.Decoder(msgspec.Raw)
_BYTE = re.compile(r"(.*?) \(byte (\d+)\)$")
_TRAILING = "trailing characters"


def _skim(text: memoryview | bytes) -> tuple[int, str]:
    """Pass over one JSON value: the bytes that it takes and "", or where and why it is broken (-1: more is needed).

    The decoder reports where the first value ends as an error about what follows; that is the fastest skipping there is.
    """
    try:
        _SKIM.decode(text)
    except msgspec.DecodeError as error:
        position = _BYTE.search(str(error))
        if position is None:
            return -1, "it ends too early"
        problem = position[1].removeprefix("JSON is malformed: ")
        return (int(position[2]) - _AHEAD, "") if problem == _TRAILING else (int(position[2]), problem)
    return len(text), ""


# _skim needs one already while it is asked for the true one.
_AHEAD = 0
_AHEAD = _skim(b"1 2")[0] - 2  # how far past the first trailing byte the decoder counts


class Window:
    """A view on a stream that moves forward; `line` is the line of the place that is being read."""

    def __init__(self, name: str, read: Callable[[int], bytes], line: int = 1) -> None:
        """Start at the first byte, which is in `line`."""
        self.line = line
        self._name = name
        self._read = read
        self._data = b""
        self._at = 0
        self._kept = -1
        self._at_end = False
        self._dropped = 0

    @property
    def passed(self) -> int:
        """Say how many bytes of the stream lie before the place that is being read."""
        return self._dropped + self._at

    @property
    def where(self) -> Source:
        """Name file and line."""
        return Source(self._name, self.line)

    def keep(self, on: bool = True) -> None:
        """Hold everything from here on, until told otherwise."""
        self._kept = self._at if on else -1

    def kept(self) -> bytes:
        """Return what was held."""
        return self._data[self._kept : self._at]

    def peek(self, blank: re.Pattern[bytes] = _BLANK) -> bytes:
        """Skip blanks and show the next byte; empty at the end."""
        while True:
            blanks = blank.match(self._data, self._at)
            end = blanks.end() if blanks else self._at
            self._move(end)
            # A --- at the end of a block is a separator only if a blank follows, which is in the next block.
            if end + len("--- ") < len(self._data) or not self._more():
                return self._data[self._at : self._at + 1]

    def skip(self, byte: bytes) -> None:
        """Pass over one structural character, which must come next."""
        if self.peek() != byte:
            raise self._broken("it ends too early" if self._is_over() else f"expected {byte.decode()}")
        self._at += 1

    def name(self) -> str:
        """Take the name of a member and its colon."""
        if self.peek() != b'"':
            raise self._broken("it ends too early" if self._is_over() else 'expected a name in "')
        name: str = msgspec.json.decode(self.take())
        self.skip(b":")
        return name

    def take(self) -> bytes:
        """Return the complete value that starts here and go past it."""
        end = self._end()
        value = self._data[self._at : end]
        self._check(value)
        self._move(end)
        return value

    def _is_over(self) -> bool:
        return self._at >= len(self._data)

    def _broken(self, problem: str) -> Unreadable:
        fix = "save it again in full" if "too early" in problem else "repair the JSON at this place"
        return Unreadable(Fault(self.where, "", f"broken JSON: {problem}", fix))

    def _end(self) -> int:
        while True:
            try:
                size, problem = _skim(memoryview(self._data)[self._at :])
            except RecursionError:
                raise too_deep(self.where) from None
            if size >= 0 and problem:
                self._move(min(self._at + size, len(self._data)))
                raise self._broken(problem)
            if 0 <= size < len(self._data) - self._at:
                return self._at + size
            if not self._more():
                if size < 0:
                    raise self._broken(problem)
                return len(self._data)

    def _more(self) -> bool:
        start = self._at if self._kept < 0 else self._kept
        held = len(self._data) - start
        if held > _LARGEST:
            raise too_large(self.where, _LARGEST)
        # As much again as is held: a long value is skimmed from its start each time, so blocks must grow with it.
        more = b"" if self._at_end else self._read(max(_BLOCK, held))
        self._at_end = not more
        if more:
            self._data = self._data[start:] + more
            self._at -= start
            self._dropped += start
            self._kept = min(self._kept, 0)
        return bool(more)

    def _move(self, to: int) -> None:
        self.line += self._data.count(b"\n", self._at, to)
        self._at = to

    def _check(self, value: bytes) -> None:
        """Refuse what nests too deep or is not UTF-8, neither of which the decoder reports in time."""
        brackets = value.translate(None, _NOT_BRACKETS)
        if len(brackets) > DEEPEST and _height(brackets) > DEEPEST and _true_height(value) > DEEPEST:
            raise too_deep(self.where)
        if not value.isascii():
            try:
                value.decode()
            except UnicodeDecodeError as error:
                self._move(self._at + error.start)
                raise Unreadable(Fault(self.where, "", f"not text: {error.reason}", "save it as UTF-8 text")) from None


def _height(brackets: bytes) -> int:
    """Count how deep brackets nest, those within strings included."""
    return max(accumulate(map(_STEP.__getitem__, brackets)))


def _true_height(value: bytes) -> int:
    return max(accumulate(_STEP.get(token[0][0], 0) for token in _TOKEN.finditer(value)))
