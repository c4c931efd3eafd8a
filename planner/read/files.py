"""From paths to open inputs: files, folders that are searched, and stdin."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from models.source import Source
from planner import MARK
from planner.errors import Fault

SUFFIXES = (".yaml", ".yml", ".json")
STDIN = "stdin"
KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")


class Input:
    """One file or stdin: read forward in blocks, and again from any byte where a message needs a line.

    `last_found` and `lines` are what is remembered for the next such message.
    """

    def __init__(self, name: str, stream: BinaryIO, path: str = "", found_in: str = "") -> None:
        """Read from `stream`; `path` is empty where it cannot be opened again, `found_in` the folder that was searched."""
        self.name = name
        self.found_in = found_in
        self._stream = stream
        self._path = path
        self._kept = bytearray()
        self._at = 0
        self.last_found = (1, 0)
        self.lines: object = None

    def read(self, size: int) -> bytes:
        """Read up to `size` bytes; none means the end, OSError that it cannot be read."""
        if self._at < len(self._kept):
            data = bytes(self._kept[self._at : self._at + size])
        else:
            try:
                data = self._stream.read(size) or b""
            except ValueError as error:
                raise OSError(0, str(error)) from error
            if not self._path:
                self._kept += data
        self._at += len(data)
        return data

    @property
    def is_regular(self) -> bool:
        """Say whether it is a file on disk, which has an end and can be opened again."""
        return bool(self._path)

    @property
    def bytes_read(self) -> int:
        """Say how far it was read."""
        return self._at

    def restart(self) -> None:
        """Go back to the first byte."""
        self._at = 0
        if self._path:
            self._stream.seek(0)

    def again(self, offset: int, size: int) -> bytes:
        """Read `size` bytes from `offset` once more; none where the file has vanished or shrunk since."""
        if not self._path:
            return bytes(self._kept[offset : offset + size])
        try:
            with Path(self._path).open("rb") as stream:
                stream.seek(offset)
                return stream.read(size)
        except OSError:
            return b""


class Inputs:
    """Opens what paths name, each file once; what cannot be opened becomes a fault."""

    def __init__(self, stdin: BinaryIO | None, faults: list[Fault]) -> None:
        """Add faults to the list that is given."""
        self.repeated = 0
        self._stdin = stdin
        self._faults = faults
        self._seen: set[str] = set()

    def of(self, path: str) -> Iterator[Input]:
        """Open one after the other what a path names: a file, the files of a folder, or - for stdin."""
        if path == "-":
            yield from self._standard_input()
        elif os.path.isdir(path):
            for file in self._search(path):
                yield from self._opened(file, path)
        else:
            yield from self._opened(path)

    def _is_new(self, name: str) -> bool:
        is_new = name not in self._seen
        self._seen.add(name)
        self.repeated += not is_new
        return is_new

    def _standard_input(self) -> Iterator[Input]:
        if not self._is_new("-"):
            return
        fix = "pipe documents into it, or name files instead of -"
        if self._stdin is None or self._stdin.closed:
            self._faults.append(Fault(Source(STDIN), "", "stdin is closed", fix))
        elif self._stdin.isatty():
            self._faults.append(Fault(Source(STDIN), "", "stdin is a terminal", fix))
        else:
            yield Input(STDIN, self._stdin)

    def _opened(self, path: str, found_in: str = "") -> Iterator[Input]:
        try:
            if not self._is_new(os.path.realpath(path)):
                return
            regular = stat.S_ISREG(os.stat(path).st_mode)
            if found_in and not regular:
                raise OSError(0, "it is not a regular file")
            stream = open(path, "rb")  # noqa: SIM115  closed below, after the caller has read it
        except (OSError, ValueError) as error:
            self._faults.append(about_access(path, error))
            return
        try:
            yield Input(path, stream, path if regular else "", found_in)
        finally:
            stream.close()

    def _search(self, folder: str) -> Iterator[str]:
        """Yield the YAML and JSON files below a folder in order; links to folders are followed, none twice.

        A folder that `ringfence patch` wrote holds patches and no workloads, and is passed over.
        """
        if not self._is_new(os.path.realpath(folder)):
            return
        try:
            names = sorted(os.listdir(folder))
        except OSError as error:
            self._faults.append(about_access(folder, error))
            return
        if any(_is_ours(os.path.join(folder, name)) for name in names if name in KUSTOMIZATIONS):
            return
        for name in names:
            path = os.path.join(folder, name)
            if name.startswith("."):
                continue
            if os.path.isdir(path):
                yield from self._search(path)
            elif name.lower().endswith(SUFFIXES) or name in KUSTOMIZATIONS:
                yield path


def _is_ours(path: str) -> bool:
    try:
        with open(path, "rb") as stream:
            return stream.read(len(MARK)) == MARK.encode()
    except OSError:
        return False


def about_access(path: str, error: Exception) -> Fault:
    """Turn what the operating system says into a fault."""
    reason = (getattr(error, "strerror", None) or str(error)).lower()
    fix = "name a readable file or folder"
    if isinstance(error, PermissionError):
        fix = "make it readable, or leave it out"
    elif isinstance(error, FileNotFoundError):
        fix = "check the spelling"
        if os.path.islink(path):
            reason, fix = "the symbolic link leads nowhere", "repair or remove the link"
    return Fault(Source(path), "", f"cannot be read: {reason}", fix)
