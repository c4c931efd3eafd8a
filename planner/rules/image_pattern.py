"""A pattern of images fits the whole name: `**` spans slashes, `*` and `?` do not.

Each star takes as little as it can and keeps that (an atomic group), which finds a match where there is one. A search that came
back to every star would take the length of a name to the power of their number: who writes both could make it endless.
"""

import re
from functools import cache

HUB = "docker.io"
ALIASES = frozenset({"index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"})
"""Other names of the default registry; the first is rewritten by what parses names (distribution/reference, normalize.go)."""
HTTPS = ":443"
"""The port of a registry where none is named."""


@cache
def expression(pattern: str) -> re.Pattern[str]:
    """Return what fullmatch is to be asked of, for names of images written out."""
    first, *rest = pattern.split("**")
    if not rest:
        return re.compile(_segment(first, at_end=True))
    *middle, last = rest
    between = "".join(f"(?>.*?{_segment(segment)})" for segment in middle)
    return re.compile(f"{_segment(first)}{between}.*{_segment(last, at_end=True)}")


def _segment(pattern: str, at_end: bool = False) -> str:
    """Translate what is between two `**`; at the end the last star leaves what is to stand there."""
    first, *rest = ("".join("[^/]" if char == "?" else re.escape(char) for char in part) for part in pattern.split("*"))
    if not rest:
        return first
    *middle, last = rest
    between = "".join(f"(?>[^/]*?{piece})" for piece in middle)
    return f"{first}{between}" + (f"[^/]*{last}" if at_end else f"(?>[^/]*?{last})")
