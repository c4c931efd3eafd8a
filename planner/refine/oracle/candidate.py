"""What a move proposes: a candidate, and how closely it is looked at. The loop asks, and tells the move what came of it."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from planner.refine.oracle.evaluation import Evaluation

if TYPE_CHECKING:
    from models.answer.plan import IsolationPlan
    from planner.refine.oracle.oracle import Oracle


class Question(Protocol):
    """What the loop asks the oracle; `doing` says so to who waits."""

    @property
    def doing(self) -> str:
        """Say what is tried."""

    def ask(self, oracle: "Oracle") -> Any:
        """Return what the move is told."""


Proposals = Generator[Question, Any, Evaluation]
Move = Callable[[Evaluation], Proposals]
"""Begins with an evaluation, yields candidates, is sent what the oracle says of each; returns what the next one begins with."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A plan that is made once it is its turn, if there is one: it is tried in all that is asked, and may be the incumbent."""

    doing: str
    make: "Callable[[], IsolationPlan | None]"

    def ask(self, oracle: "Oracle") -> Evaluation | None:
        """Evaluate it."""
        plan = self.make()
        return None if plan is None else oracle.evaluate(plan)


@dataclass(frozen=True, slots=True)
class Sketch:
    """A plan that is tried in the usual orders until enough is seen of it; its pods need no places yet."""

    doing: str
    plan: "IsolationPlan"
    is_enough: Callable[[Evaluation], bool] = lambda _: False

    def ask(self, oracle: "Oracle") -> Evaluation:
        """Foresee the usual orders."""
        return oracle.sketch(self.plan, self.is_enough)
