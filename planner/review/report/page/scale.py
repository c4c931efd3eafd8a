"""Axes: from zero, with few round numbers and their unit."""

from planner.view.summary.cost import money

STEPS = (1, 2, 5)
MOST = 5
"""So many numbers stand on an axis at most, beside zero."""


def ticks(most: int) -> tuple[int, ...]:
    """Return round numbers from zero up to the first that is no less than `most`, which is positive."""
    step = next(front * 10**power for power in range(40) for front in STEPS if -(-most // (front * 10**power)) <= MOST)
    return tuple(range(0, -(-most // step) * step + 1, step))


def written(value: int, priced: bool) -> str:
    """Write a number of an axis."""
    return money(value) if priced else f"{value:,}"
