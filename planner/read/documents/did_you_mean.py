"""What somebody may have meant by a word that is none of those known."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word that is most like this one, in whatever letters; empty if none is like it."""
    alike = {name.lower(): name for name in known}
    near = get_close_matches(word.lower(), alike, 1)
    return alike[near[0]] if near else ""
