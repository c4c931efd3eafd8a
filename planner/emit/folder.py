"""Writes what was made: every file and every folder appears whole or not at all, and nothing of anyone else's is lost.

Signals wait until it is done, so that nothing half-written and no temporary file stays behind.
"""

import ctypes
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path, PurePosixPath

from models.source import Source
from planner import MARK
from planner.errors import BadInput, Fault
from planner.signals import WRITTEN, undisturbed

_SHOWN = 10
_MARKED_WITHIN = 256
_NO_FILES = ("/dev/", "/proc/")
_HERE, _RENAME_EXCHANGE = -100, 2
"""AT_FDCWD and RENAME_EXCHANGE of Linux (include/uapi/linux/fcntl.h, fs.h)."""
_DEEPEST = 8
"""No folder of ours is as deep; one that is may be too deep to be taken away."""


def write(folder: str | os.PathLike[str], files: Mapping[str, str]) -> None:
    """Make `folder` hold exactly `files` (path -> content); what begins with "#!" may be executed.

    A folder that holds only what was written here before is replaced; any other that is not empty is refused.
    """
    place = _real(folder)
    with _blame(folder), undisturbed():
        _refuse(Path(folder), place)
        place.parent.mkdir(parents=True, exist_ok=True)
        # A sibling, so that the last step is a rename within one file system.
        workshop = Path(tempfile.mkdtemp(prefix=".ringfence-", dir=place.parent))
        try:
            _fill(workshop / "new", files)
            _swap(workshop, place)
        finally:
            # Where neither folder could be put in place, the old one is in here alone.
            if place.exists() or not (workshop / "old").exists():
                shutil.rmtree(workshop, ignore_errors=True)
        WRITTEN.append(os.fspath(folder))


def keep(folder: str | os.PathLike[str], files: Mapping[str, str], fix: str, spared: str = "") -> None:
    """Refuse to take away files (path -> why each is still needed); `fix` says what to do instead.

    A file of which a line begins with `spared` is not needed.
    """
    there = [(path, reason) for path, reason in files.items() if _is_needed(Path(folder, path), spared)]
    if there:
        raise BadInput([Fault(Source(str(Path(folder, path))), "", reason, fix) for path, reason in there[:_SHOWN]])


def _is_needed(path: Path, spared: str) -> bool:
    if not path.is_file():
        return False
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return not (spared and any(line.startswith(spared) for line in lines))


def write_file(path: str | os.PathLike[str], content: str | bytes) -> None:
    """Write one file whole or not at all; a link stays a link, a file keeps its mode, a pipe or device is written to."""
    data = content.encode() if isinstance(content, str) else content
    with _blame(path), undisturbed() if not is_special(path) else nullcontext():
        if is_special(path):
            with open(path, "ab") as stream:  # to append: standard output may be a file that others write to
                stream.write(data)
        else:
            _replace(_real(path), data)
        WRITTEN.append(os.fspath(path))


def _real(path: str | os.PathLike[str]) -> Path:
    return Path(os.path.realpath(path))


def is_special(path: str | os.PathLike[str]) -> bool:
    """Say whether a path is a pipe, a device, or a name of what is open already."""
    if os.path.abspath(path).startswith(_NO_FILES):
        return True
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return False
    return not stat.S_ISREG(mode)


def _replace(place: Path, data: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".ringfence-", dir=place.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            # Without it a crash after the rename may leave a file with nothing in it.
            os.fsync(stream.fileno())
        # mkstemp makes files for their owner's eyes only.
        os.chmod(name, stat.S_IMODE(place.stat().st_mode) if place.exists() else _mode_of_new(0o666))
        os.replace(name, place)
    except BaseException:
        os.unlink(name)
        raise


def _mode_of_new(mode: int) -> int:
    mask = os.umask(0)  # the only way to ask for it is to set it
    os.umask(mask)
    return mode & ~mask


def _refuse(folder: Path, place: Path) -> None:
    if not place.exists():
        return
    if not place.is_dir():
        raise BadInput([Fault(Source(str(folder)), "", "is a file, and a folder is to be written", "name another folder")])
    if place in (Path.cwd(), *Path.cwd().parents):
        reason = "is the folder you are in, or one above it, and would be replaced under you"
        raise BadInput([Fault(Source(str(folder)), "", reason, "name a folder below it, or go elsewhere")])
    foreign = sorted(path for path in _entries(place) if not _is_ours(path))
    if foreign:
        raise BadInput(_foreign(folder, [path.relative_to(place) for path in foreign]))


def _foreign(folder: Path, paths: list[Path]) -> Iterator[Fault]:
    fix = "move it away, or name another folder"
    for path in paths[:_SHOWN]:
        yield Fault(Source(str(folder / path)), "", "is in the folder to be written, and ringfence did not write it", fix)
    if len(paths) > _SHOWN:
        yield Fault(Source(str(folder)), "", f"holds {len(paths) - _SHOWN} more files that ringfence did not write", fix)


def _entries(place: Path) -> Iterator[Path]:
    """Walk over everything in a folder that is not itself a folder, and folders deeper than any of ours."""
    left = [(place, 0)]
    while left:
        folder, depth = left.pop()
        for path in folder.iterdir():
            if path.is_symlink() or not path.is_dir() or depth == _DEEPEST:
                yield path
            else:
                left.append((path, depth + 1))


def _is_ours(path: Path) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as stream:
        start = stream.read(_MARKED_WITHIN).decode(errors="replace")
    # Scripts have the mark in their second line, below #!.
    return any(line.startswith(MARK) for line in start.splitlines()[:2])


def _fill(folder: Path, files: Mapping[str, str]) -> None:
    folder.mkdir()
    for name, content in files.items():
        if ".." in PurePosixPath(name).parts or PurePosixPath(name).is_absolute():
            raise ValueError(f"leads out of the folder: {name}")
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8", newline="\n")
        if content.startswith("#!"):
            file.chmod(_mode_of_new(0o777))


def _swap(workshop: Path, place: Path) -> None:
    """Put the new folder in place of the old one, in one step where the system can, or the old one back."""
    if not place.exists():
        (workshop / "new").rename(place)
        return
    (workshop / "new").chmod(stat.S_IMODE(place.stat().st_mode))
    if _exchange(workshop / "new", place):
        return
    place.rename(workshop / "old")
    try:
        (workshop / "new").rename(place)
    except BaseException:
        (workshop / "old").rename(place)
        raise


def _exchange(folder: Path, other: Path) -> bool:
    """Let two paths change places in one step; False where the system or the file system cannot (Linux can: renameat2)."""
    # Python has no call for it; glibc has one since 2.28, and other systems need not.
    rename = getattr(ctypes.CDLL(None), "renameat2", None)
    if rename is None:
        return False
    rename.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
    done: int = rename(_HERE, os.fsencode(folder), _HERE, os.fsencode(other), _RENAME_EXCHANGE)
    return done == 0


@contextmanager
def _blame(path: str | os.PathLike[str]) -> Iterator[None]:
    """Turn what the system says into a fault of the path that the user gave."""
    try:
        yield
    except OSError as error:
        reason = f"cannot be written: {(error.strerror or str(error)).lower()}"
        raise BadInput([Fault(Source(os.fspath(path)), "", reason, "name a place that you may write to")]) from None
