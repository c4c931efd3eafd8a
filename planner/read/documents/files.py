"""From paths to open inputs: files, folders that are searched, and stdin.

A folder is searched as kubectl apply -R does it: files and folders whose names begin with a dot are read like all others, files
of other endings are not. Links to folders are followed, which kubectl does not.
Source: staging/src/k8s.io/cli-runtime/pkg/resource/visitor.go ExpandPathsToFileVisitors.
"""

import errno
import os
import stat
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from models.kubernetes.cluster import Statement
from models.source import Source
from planner.errors import Fault
from planner.read.documents.remarks import remark, statement

SUFFIXES = (".yaml", ".yml", ".json")
STDIN = "stdin"
KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_OF_GIT = ".git"
"""The one folder that no commit can bring along: git refuses paths with this name in them, whatever its letters' case."""


_BLOCK = 1 << 20


class Input:
    """One file or stdin: read forward in blocks, and again from any byte where a message needs a line.

    Every byte is digested when it is read for the first time. `last_found` and `lines` are what is remembered for the next such
    message.
    """

    def __init__(self, name: str, stream: BinaryIO, path: str = "", found_in: str = "", is_inventory: bool = False) -> None:
        """Read from `stream`; `path` is empty where it cannot be opened again, `found_in` the folder that was searched.

        What `is_inventory` is the operator's own, and nobody else's.
        """
        self.name = name
        self.found_in = found_in
        self.is_inventory = is_inventory
        self._stream = stream
        self._path = path
        self._kept = bytearray()
        self._at = 0
        self._digest = sha256()
        self._digested = 0
        self.last_found = (1, 0)
        self.lines: object = None

    def read(self, size: int) -> bytes:
        """Read up to `size` bytes; none means the end, OSError that it cannot be read."""
        if self._at < len(self._kept):
            data = bytes(self._kept[self._at : self._at + size])
        else:
            try:
                data = self._stream.read(size) or b""
            # This is how Python says that somebody has closed the stream.
            except ValueError as error:
                raise OSError(0, str(error)) from error
            if not self._path:
                self._kept += data
        self._at += len(data)
        # After a restart bytes come again, and only those beyond the digested ones are new.
        if self._at > self._digested:
            self._digest.update(data[self._digested - self._at :])
            self._digested = self._at
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

    def digest(self) -> str:
        """Return the digest of the whole of it; what nobody has read yet is read for that."""
        while self.read(_BLOCK):
            pass
        return f"sha256:{self._digest.hexdigest()}"

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
    """Opens what paths name, each file once; what cannot be opened becomes a fault, and what is not searched a statement."""

    def __init__(self, stdin: BinaryIO | None, faults: list[Fault], ignored: list[Statement]) -> None:
        """Add to the lists that are given."""
        self.repeated = 0
        self._stdin = stdin
        self._faults = faults
        self._ignored = ignored
        self._seen: set[str] = set()

    def of(self, path: str, is_inventory: bool = False) -> Iterator[Input]:
        """Open one after the other what a path names: a file, the files of a folder, or - for stdin."""
        if path == "-":
            yield from self._standard_input(is_inventory)
        elif os.path.isdir(path):
            for file, real in self._search(path):
                yield from self._opened(file, real, is_inventory, path)
        else:
            yield from self._opened(path, "", is_inventory)

    def has_read(self, path: str) -> bool:
        """Say whether a file was opened, or a folder searched, by this or another name."""
        return os.path.realpath(path) in self._seen

    def _is_new(self, name: str) -> bool:
        is_new = name not in self._seen
        self._seen.add(name)
        self.repeated += not is_new
        return is_new

    def _standard_input(self, is_inventory: bool) -> Iterator[Input]:
        if not self._is_new("-"):
            return
        fix = "pipe documents into it, or name files instead of -"
        if self._stdin is None or self._stdin.closed:
            self._faults.append(Fault(Source(STDIN), "", "stdin is closed", fix))
        elif self._stdin.isatty():
            self._faults.append(Fault(Source(STDIN), "", "stdin is a terminal", fix))
        else:
            yield Input(STDIN, self._stdin, is_inventory=is_inventory)

    def _opened(self, path: str, real: str, is_inventory: bool, found_in: str = "") -> Iterator[Input]:
        """Open a file, of which `real` is the path without links where that is known."""
        try:
            if not self._is_new(real or os.path.realpath(path)):
                return
            regular = stat.S_ISREG(os.stat(path).st_mode)
            # To open a pipe waits until somebody writes; who names one means that, a search does not.
            if found_in and not regular:
                raise OSError(0, "it is not a regular file")
            stream = open(path, "rb")  # noqa: SIM115  closed below, after the caller has read it
        except (OSError, ValueError) as error:
            self._faults.append(about_access(path, error))
            return
        try:
            yield Input(path, stream, path if regular else "", found_in, is_inventory)
        finally:
            stream.close()

    def _search(self, top: str) -> Iterator[tuple[str, str]]:
        """Yield the YAML and JSON files below a folder in order, and their paths without links; no folder is entered twice."""
        # A stack of its own, as folders may nest deeper than functions call each other.
        ahead = [self._entries(top, os.path.realpath(top))]
        while ahead:
            entry = next(ahead[-1], None)
            if entry is None:
                ahead.pop()
            elif self._is_folder(entry[0]):
                ahead.append(self._entries(*entry))
            elif entry[0].lower().endswith(SUFFIXES) or os.path.basename(entry[0]) in KUSTOMIZATIONS:
                yield entry

    def _is_folder(self, path: str) -> bool:
        """Say whether it is a folder; what cannot even be asked may be one. Links that lead nowhere are none, as to kubectl."""
        try:
            return stat.S_ISDIR(os.stat(path).st_mode)
        except OSError as error:
            if error.errno not in (errno.ENOENT, errno.ELOOP):
                self._faults.append(about_access(path, error))
            return False

    def _entries(self, folder: str, real: str) -> Iterator[tuple[str, str]]:
        """Yield what a folder holds by name, with the path without links."""
        if not self._is_new(real):
            return
        try:
            names = sorted(os.listdir(folder))
        except OSError as error:
            self._faults.append(about_access(folder, error))
            return
        for name in names:
            path = os.path.join(folder, name)
            if name.lower() == _OF_GIT and self._is_folder(path):
                self._ignored.append(statement(path, Source(path), remark("folder of Git")))
            else:
                # Without a link the path is known: to ask for it anew at every step of a deep tree takes its depth squared.
                yield path, os.path.realpath(path) if os.path.islink(path) else os.path.join(real, name)


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
