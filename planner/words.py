"""What every room writes alike."""

from collections.abc import Sequence


def some(names: Sequence[str], most: int = 3) -> str:
    """Join names with commas; beyond `most` say how many more there are."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"
