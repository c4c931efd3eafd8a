"""Cuts a stream of YAML into its documents, so that a broken one does not hide the next."""

import re

from models.source import Source
from planner.read.documents.files import Input
from planner.read.documents.location import LARGEST_VALUE, Unreadable, crowded_marker

_BLOCK = 1 << 16
_MARKER = re.compile(rb"\n---(?=(.))", re.DOTALL)
_LAST_MARKER = re.compile(rb"\n---(?=(.?))", re.DOTALL)
_ENDS_MARKER = b" \t\r\n#"
_COMMENT = b"---#"
_NOTHING = re.compile(rb"(?:---(?:[ \t\r]*+\n)++(?=---[ \t\r\n]))++")
_HELD_BACK = 4
"""A marker may begin in the last bytes of a block."""


class Oversized(Exception):  # noqa: N818  never leaves the room
    """The parser read and read without finding the end of a value."""


class Cutter:
    """Gives a parser one document at a time; `offset` and `line` say where that document starts.

    Source of the cut: a line that starts with `---` and a blank ends a document wherever it stands (YAML 1.2, 9.1.2), and
    kubectl cuts there before it parses; it does so before a comment, too, with or without a blank, and before any blank of
    Unicode (YAMLReader in k8s.io/apimachinery/pkg/util/yaml/decoder.go). Where YAML would read on, the text is refused.
    """

    def __init__(self, source: Input, largest: int) -> None:
        """Start before the first document; `largest` is how many bytes of one object a parser gets."""
        self._source = source
        self._largest = largest + 4 * _BLOCK  # so that a value that fills its object is said to be too large itself
        self._held = b""
        self._is_over = True
        self._at_end = False
        self._skip = 0
        self._next = (0, 1)
        self.offset, self.line = self._next
        self.quiet = 0
        self.taken = 0

    @property
    def is_oversized(self) -> bool:
        """Say whether the parser has met no end of a value, or an object, for longer than any may be."""
        return bool(self.overlong)

    @property
    def overlong(self) -> str:
        """Say what is too long, "" if nothing is; `taken` is to be set to 0 when an object begins."""
        # The parser reads ahead in blocks, so that more than the value itself has been given to it.
        if self.quiet > LARGEST_VALUE + 2 * _BLOCK:
            return "value"
        return "object" if self.taken > self._largest else ""

    @property
    def last_line(self) -> int:
        """The line after the last one that the parser was given."""
        return self._next[1]

    def next(self) -> bool:
        """Go to the start of the next document and say whether there is one."""
        self.quiet = -1
        while self.read():
            self.quiet = -1
        self._pass_over_nothing()
        self.offset, self.line = self._next
        self._fill()
        self._is_over = not self._held
        # libyaml takes ---# for text; as many blanks keep lines and columns as they are.
        if self.offset and self._held.startswith(_COMMENT):
            self._held = self._held.replace(_COMMENT, b"   #", 1)
        # Behind directives (%YAML 1.2) the first marker begins the document, and does not end it.
        self._skip = int(self._held.removeprefix(b"\xef\xbb\xbf").startswith(b"%"))
        self.quiet = self.taken = 0
        return not self._is_over

    def read(self, _size: int = 0) -> bytes:
        """Give the parser the next bytes of this document, none at its end; `quiet` is to be set to 0 when a value ends."""
        if self._is_over:
            return b""
        self._fill()
        data = self._cut()
        self._held = self._held[len(data) :]
        offset, line = self._next
        self._next = (offset + len(data), line + data.count(b"\n"))
        if self.quiet >= 0:
            self.quiet += len(data)
            self.taken += len(data)
            if self.is_oversized:
                raise Oversized
        return data

    def _fill(self) -> None:
        while len(self._held) <= 2 * _HELD_BACK and not self._at_end:
            more = self._source.read(_BLOCK)
            self._at_end = not more
            self._held += more

    def _pass_over_nothing(self) -> None:
        """Go past documents in which there is nothing, of which a file may have millions."""
        self._fill()
        while empty := _NOTHING.match(self._held):
            offset, line = self._next
            self._next = (offset + empty.end(), line + empty[0].count(b"\n"))
            self._held = self._held[empty.end() :]
            self._fill()

    def _cut(self) -> bytes:
        """Take what surely belongs to this document."""
        pattern = _LAST_MARKER if self._at_end else _MARKER
        for marker in pattern.finditer(self._held):
            if marker[1] not in _ENDS_MARKER:
                self._refuse(marker.start() + 1)
                continue
            if self._skip:
                self._skip -= 1
                continue
            self._is_over = True
            return self._held[: marker.start() + 1]
        if self._at_end:
            self._is_over = True
            return self._held
        return self._held[:-_HELD_BACK]

    def _refuse(self, end: int) -> None:
        """Refuse the line that starts here, unless the rest of the document is only passed over."""
        if self.quiet >= 0:
            raise Unreadable(crowded_marker(Source(self._source.name, self.last_line + self._held.count(b"\n", 0, end))))
