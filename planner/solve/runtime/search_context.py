"""What every search is given beside its problem."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Self

from planner.solve.runtime.budget import Budget
from planner.solve.runtime.deadline import Deadline
from planner.solve.tuning import SOLVING, SolveTuning

Progress = Callable[[str], None]


def tell_nobody(_: str) -> None:
    """Say nothing of the progress."""


@dataclass(frozen=True, slots=True)
class SearchContext:
    """How much work a search may do, until when, whom it tells, how near to its bound is near enough, and what steers it.

    A cost within `gap` of its bound, relative to the cost, is good enough. Where the deadline is hit, the answer is whatever was
    proven by then, and may differ from run to run.
    """

    budget: Budget = field(default_factory=Budget)
    deadline: Deadline = field(default_factory=lambda: Deadline(None))
    progress: Progress = tell_nobody
    gap: float = 0.0
    tuning: SolveTuning = SOLVING

    def with_budget(self, **changes: Any) -> Self:
        """Return the context with another budget."""
        return replace(self, budget=replace(self.budget, **changes))

    def with_work(self, work: float) -> Self:
        """Return the context that is over as well once so much work is spent, by all that it is given to."""
        return replace(self, deadline=self.deadline.with_work(work))

    def part(self, share: float, least: float = 0.0) -> Self:
        """Return the context with this share of the time that is left, and so many seconds at least."""
        return replace(self, deadline=self.deadline.part(share, least))

    def early(self) -> Self:
        """Return the context with less time, so that some is left for the last steps, which look at no clock."""
        return self.part(self.tuning.early)

    def quiet(self) -> Self:
        """Return the context of a search that says nothing."""
        return replace(self, progress=tell_nobody)
