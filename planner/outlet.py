"""The one way out to a terminal, a pipe or a CI log.

Whatever is written passes here: characters that would steer what shows them leave as escapes, what the encoding of the stream
lacks does too, and a reader that goes early (`| head`) ends nothing, so that the exit code is that of the answer.
"""

import codecs
import errno
import io
import os
import re
import sys
from typing import Any, TextIO

from planner.words import visible

_PLAIN = "ringfence-plain"
"""What becomes of characters that the encoding of a terminal lacks."""
_LIKE = {"\u2500": "-", "\u2026": "...", "\u00d7": "x"}
_COLOUR = re.compile(r"(\x1b\[[0-9;]*m)")


class Undelivered(OSError):  # noqa: N818  an answer that is
    """The answer cannot be written."""


class _Wire(io.FileIO):
    """A descriptor whose reader may have gone: the rest then goes nowhere; so does `talk` that cannot be written at all."""

    def __init__(self, descriptor: int, talk: bool) -> None:
        super().__init__(descriptor, "w", closefd=False)
        self._talk = talk

    def write(self, data: Any) -> int:
        """Write what holds bytes."""
        try:
            return super().write(data) or 0
        except OSError as error:
            drain(self.fileno())
            if self._talk or error.errno == errno.EPIPE:
                return len(data)
            raise Undelivered(error.errno, _reason(error)) from None


class Outlet(io.TextIOWrapper):
    """A stream of lines in which every character is seen; with `colour` the escapes that colour text pass."""

    def __init__(self, descriptor: int, encoding: str, talk: bool) -> None:
        """Write to a descriptor that stays open."""
        wire = io.BufferedWriter(_Wire(descriptor, talk))
        super().__init__(wire, encoding=encoding, errors=_PLAIN, line_buffering=talk or wire.isatty())
        self.colour = False

    def write(self, text: str) -> int:
        """Write lines."""
        return super().write("\n".join(map(self._harmless, text.split("\n"))))

    def _harmless(self, line: str) -> str:
        if not self.colour:
            return visible(line)
        return "".join(part if _COLOUR.fullmatch(part) else visible(part) for part in _COLOUR.split(line))


def _plainly(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(_LIKE.get(char) or char.encode("ascii", "backslashreplace").decode() for char in lacking), error.end


codecs.register_error(_PLAIN, _plainly)


def attach() -> None:
    """Let stdout and stderr be outlets. A closed one keeps its number, so that no file that is opened takes its place."""
    for descriptor, way in enumerate((os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)):  # nothing can be written to a closed stdout
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, way)
    sys.stdout = Outlet(1, _encoding(sys.stdout), talk=False)
    sys.stderr = Outlet(2, _encoding(sys.stderr), talk=True)


def _encoding(stream: TextIO | None) -> str:
    return stream.encoding if stream is not None else "utf-8"


def _reason(error: OSError) -> str:
    return "stdout is closed" if error.errno == errno.EBADF else (error.strerror or str(error)).lower()


def drain(descriptor: int) -> None:
    """Let everything that is still written to a descriptor go nowhere, at exit too."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)


def say(*messages: str) -> None:
    """Say something on stderr, each message on a line of its own."""
    for message in messages:
        sys.stderr.write(f"{visible(message)}\n")


def answer(text: str, colour: bool = False, err: bool = False) -> None:
    """Write lines to stdout, or to stderr; those that `colour` have escapes that do."""
    stream = sys.stderr if err else sys.stdout
    if isinstance(stream, Outlet):
        stream.colour = colour
    stream.write(text)
    stream.flush()


def document(content: str | bytes) -> None:
    """Write a document to stdout as it is, in UTF-8 whatever the terminal speaks: its writer has escaped what is in it."""
    sys.stdout.flush()
    sys.stdout.buffer.write(content.encode() if isinstance(content, str) else content)
    sys.stdout.buffer.flush()
