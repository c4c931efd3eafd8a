"""Ways through objects that may be written in any shape: what has another one than Kubernetes would take is not there."""

from collections.abc import Iterator
from typing import Any

Tree = dict[str, Any]


def branch(tree: Any, *names: str) -> Tree:
    """Return the map at the end of these names; an empty one where there is none."""
    for name in names:
        tree = tree.get(name) if isinstance(tree, dict) else None
    return tree if isinstance(tree, dict) else {}


def entries(tree: Any, *names: str) -> list[Tree]:
    """Return the maps in the list at the end of these names."""
    return [entry for _, entry in numbered(tree, *names)]


def numbered(tree: Any, *names: str) -> list[tuple[int, Tree]]:
    """Return the maps in the list at the end of these names, with their numbers."""
    holder = branch(tree, *names[:-1])
    value = holder.get(names[-1])
    return [(index, entry) for index, entry in enumerate(value) if isinstance(entry, dict)] if isinstance(value, list) else []


def texts(tree: Any, *names: str) -> tuple[str, ...]:
    """Return the texts in the list at the end of these names."""
    value = branch(tree, *names[:-1]).get(names[-1])
    return tuple(entry for entry in value if isinstance(entry, str)) if isinstance(value, list) else ()


def text(tree: Any, *names: str) -> str:
    """Return the text at the end of these names; an empty one where there is none."""
    value = branch(tree, *names[:-1]).get(names[-1])
    return value if isinstance(value, str) else ""


def pairs(tree: Any, *names: str) -> dict[str, str]:
    """Return the texts of the map at the end of these names, by their keys."""
    return {key: value for key, value in branch(tree, *names).items() if isinstance(value, str)}


def all_texts(value: Any) -> Iterator[str]:
    """Yield every text anywhere in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from all_texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from all_texts(inner)
