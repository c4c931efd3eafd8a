"""What the pages for people are written on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Paper:
    """What is written on: lines of so many characters, in colour or not; names are never cut where they `may_overhang`."""

    width: int = 100
    colour: bool = False
    may_overhang: bool = False


PLAIN = Paper()
"""What is neither a terminal nor a pipe."""
