"""When a search has to end: by the clock, because its work is spent, or because somebody pressed Ctrl-C."""

import time
from dataclasses import dataclass

from planner.solve.runtime.interrupt import HALT


@dataclass(slots=True)
class Purse:
    """The work that all questions of a search may cost together, in CP-SAT's units; the same problem spends the same."""

    left: float
    of: "Purse | None" = None
    """The larger purse of which it is a part."""

    def spend(self, work: float) -> None:
        """Count work that was done."""
        self.left -= work
        if self.of is not None:
            self.of.spend(work)


class Deadline:
    """The outer guard in clock time, in work, and against Ctrl-C; decisions never read it, it only ends the search."""

    def __init__(self, seconds: float | None, purse: Purse | None = None) -> None:
        """Start now."""
        self._end = None if seconds is None else time.monotonic() + seconds
        self.purse = purse

    def left(self) -> float | None:
        """Return the seconds left, none of them once an end was asked for; None without a guard."""
        return 0.0 if HALT.asked else self.left_by_clock()

    def left_by_clock(self) -> float | None:
        """Return the seconds left, whether or not an end was asked for; None without a limit."""
        return None if self._end is None else max(0.0, self._end - time.monotonic())

    def part(self, share: float, least: float = 0.0) -> "Deadline":
        """Return a guard that is hit once this share of what is left has gone, and after so many seconds at the earliest."""
        left = self.left()
        return Deadline(None if left is None else max(least, share * left), self.purse)

    def with_work(self, work: float) -> "Deadline":
        """Return the same guard, which is hit as well once so much work is spent."""
        guard = Deadline(None, Purse(self.affordable(work), self.purse))
        guard._end = self._end
        return guard

    def over(self) -> bool:
        """Say whether the guard was hit."""
        spent = self.purse is not None and self.purse.left <= 0
        return spent or HALT.asked or (self._end is not None and time.monotonic() >= self._end)

    def affordable(self, work: float) -> float:
        """Return as much of the work as there is left."""
        return work if self.purse is None else max(0.0, min(work, self.purse.left))

    def spend(self, work: float) -> None:
        """Count work that was done."""
        if self.purse is not None:
            self.purse.spend(work)


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
