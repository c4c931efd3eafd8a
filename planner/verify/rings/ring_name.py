"""A ring is named by its groups: nodes, patches and people know it by that name alone."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

# A ring's name is the value of a label.
LONGEST = 63
LEGAL = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-")


def names(sets: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the name of each set of groups; a digest tells those apart that would read alike, or cannot be a label's value."""
    ordered = [sorted(groups) for groups in sets]
    plain = [_shortened(groups) for groups in ordered]
    often = Counter(plain)
    for groups, name in zip(ordered, plain, strict=True):
        yield name if often[name] == 1 else _with_digest(_spelt(groups), groups)


def _spelt(groups: Sequence[str]) -> str:
    return "_".join(groups).replace("/", ".")


def _shortened(groups: Sequence[str]) -> str:
    spelt = _spelt(groups)
    return spelt if len(spelt) <= LONGEST and set(spelt) <= LEGAL else _with_digest(spelt, groups)


def _with_digest(spelt: str, groups: Sequence[str]) -> str:
    legal = "".join(letter if letter in LEGAL else "-" for letter in spelt)
    digest = hashlib.sha256("\n".join(groups).encode()).hexdigest()
    # The 9 letters are a dash and eight digits of the digest.
    return f"{legal[: LONGEST - 9].rstrip('_.-')}-{digest[:8]}"
