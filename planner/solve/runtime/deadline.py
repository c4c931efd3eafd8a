"""When a search has to end: by the clock, or because somebody pressed Ctrl-C."""

import time

from planner.solve.runtime.interrupt import HALT


class Deadline:
    """The outer guard in clock time, and against Ctrl-C; decisions never read it, it only ends the search."""

    def __init__(self, seconds: float | None) -> None:
        """Start now."""
        self._end = None if seconds is None else time.monotonic() + seconds

    def left(self) -> float | None:
        """Return the seconds left, or None without a guard."""
        if HALT.asked:
            return 0.0
        return None if self._end is None else max(0.0, self._end - time.monotonic())

    def part(self, share: float) -> "Deadline":
        """Return a guard that is hit once this share of what is left has gone."""
        left = self.left()
        return Deadline(None if left is None else share * left)

    def over(self) -> bool:
        """Say whether the guard was hit."""
        return HALT.asked or (self._end is not None and time.monotonic() >= self._end)


class NoDeadline(Deadline):
    """No guard, not even against Ctrl-C: for what takes a moment, and without which there is no answer at all."""

    def __init__(self) -> None:
        """Start without an end."""
        super().__init__(None)

    def left(self) -> None:
        """Say that there is no end."""

    def over(self) -> bool:
        """Say that it is never over."""
        return False
