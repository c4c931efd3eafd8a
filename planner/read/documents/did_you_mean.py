"""What somebody may have meant by a word that is none of those known."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word that is most like this one, in whatever letters; empty if none is like it."""
    return next(iter(alike(word, known, 1)), "")


def alike(word: str, known: Iterable[str], most: int) -> list[str]:
    """Return at most so many known words that are like this one, in whatever letters, the nearest first."""
    names = {name.lower(): name for name in known}
    return [names[near] for near in get_close_matches(word.lower(), names, most)]
