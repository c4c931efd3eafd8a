"""The values of options, as users write them."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.accepted import Accepted


def accepted(text: str) -> "Accepted":
    """Return how many pods may stay pending, as a user writes it (3, 1%); ValueError that says why it is none."""
    from planner.accepted import Accepted

    return Accepted.parse(text)


def size(text: str) -> int:
    """Return how many bytes a Quantity ("512Mi") means, or raise ValueError that says why it is none."""
    from planner.read.values import quantity

    amount = quantity.parse(text) // quantity.NANO
    if amount <= 0:
        raise ValueError(f"{text!r} is no size: write 512Mi")
    return amount


def is_date(text: str) -> bool:
    """Say whether it is a date as 2027-01-31."""
    from planner.check.baseline import is_date as is_one

    return is_one(text)
