"""An immutable, hashable mapping with string keys, for nouns that carry maps."""

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

V = TypeVar("V")


class FrozenMap(Mapping[str, V], Generic[V]):
    """A mapping that can be a dictionary key; it iterates in the order of its keys."""

    __slots__ = ("_data", "_hash")

    def __init__(self, data: Mapping[str, V] | None = None) -> None:
        """Copy `data`, sorted by key, so that equal maps print and iterate alike."""
        source = data or {}
        self._data: dict[str, V] = {key: source[key] for key in sorted(source)}
        self._hash: int | None = None

    def __getitem__(self, key: str) -> V:
        """Return the value of `key`."""
        return self._data[key]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the keys in sorted order."""
        return iter(self._data)

    def __len__(self) -> int:
        """Return the number of keys."""
        return len(self._data)

    def __contains__(self, key: object) -> bool:
        """Say whether `key` is present."""
        return key in self._data

    def __hash__(self) -> int:
        """Hash by content."""
        if self._hash is None:
            self._hash = hash(tuple(self._data.items()))
        return self._hash

    def __eq__(self, other: object) -> bool:
        """Compare by content, also with plain dictionaries."""
        if isinstance(other, FrozenMap):
            return self._data == other._data
        return self._data == other if isinstance(other, dict) else NotImplemented

    def __repr__(self) -> str:
        """Show the content."""
        return f"FrozenMap({self._data!r})"

    def __reduce__(self) -> tuple[type["FrozenMap[V]"], tuple[dict[str, V]]]:
        """Pickle by content: problems travel between processes."""
        return FrozenMap, (self._data,)


EMPTY: FrozenMap[str] = FrozenMap()
EMPTY_RESOURCES: FrozenMap[int] = FrozenMap()
EMPTY_COUNTS: FrozenMap[int] = FrozenMap()
