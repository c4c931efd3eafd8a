"""Which number a command leaves with."""

TYPE_CHECKING = False  # as typing's: type checkers take it for true, and --version need not import typing
if TYPE_CHECKING:
    from models.answer.plan import IsolationPlan
    from planner.accepted import Accepted

YES, NO, BAD_INPUT, NO_ANSWER = 0, 1, 2, 3
ENDED = 128
"""Shells add the number of the signal that ended a program."""
EPILOG = (
    "Exit codes: 0 yes, 1 no, 2 bad usage or bad input, or an answer that cannot be written (stdout closed, disk full), "
    "3 no answer, 128 + N ended by signal N. A reader that leaves early (| head) changes none of them."
)


def verdict_code(plan: "IsolationPlan", accepted: "Accepted") -> int:
    """Return the exit code of a verdict; a yes at a greater risk than is accepted is no answer."""
    if not accepted.covers(plan):
        return NO_ANSWER
    return {"feasible": YES, "infeasible": NO}.get(plan.verdict, NO_ANSWER)
