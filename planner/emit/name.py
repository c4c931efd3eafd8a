"""Names that are safe where they are written: as a file, and in a comment."""

import re
from hashlib import sha256

_PLAIN = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
# File systems take 255 bytes, and a digest and an ending come behind it.
_LONGEST = 200


def file_name(text: str) -> str:
    """Return a file name for `text`: itself where it is one, and else a safe one that no other text has."""
    if _PLAIN.fullmatch(text) and len(text) <= _LONGEST:
        return text
    safe = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:_LONGEST]
    return f"{safe}-{sha256(text.encode(errors='replace')).hexdigest()[:8]}"


def in_comment(text: str) -> str:
    """Return `text` as one line that cannot end the comment it is written in."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def exactly(text: str) -> str:
    """Return the regular expression that matches `text` and nothing else."""
    return re.sub(r"([\\.+*?()|\[\]{}^$])", r"\\\1", text)
