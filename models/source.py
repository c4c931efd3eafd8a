"""Where a thing was read, so that every message can name file and line."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """A file and the line in it where a document starts; line 0 where lines mean nothing."""

    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        """Write it as compilers do: file:line."""
        return f"{self.file}:{self.line}" if self.line else self.file


NOWHERE = Source()
