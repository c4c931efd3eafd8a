"""A packing becomes a promise: hints and room, until kube-scheduler leaves no pod pending in any order that was tried.

Counter-example-guided refinement: moves propose candidates, the oracle simulates them and keeps the best, and its
counter-examples say what to change. This loop alone asks, and alone ends: what is best by then is the answer.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from models.answer.plan import IsolationPlan
from planner.refine import compare
from planner.refine.deadline import Asked
from planner.refine.oracle.candidate import Move, Proposals
from planner.refine.oracle.oracle import EXACT, Oracle, exact
from planner.refine.oracle.orders import is_small

if TYPE_CHECKING:
    from planner.refine.oracle.evaluation import Evaluation

__all__ = ["EXACT", "exact", "refine"]


def refine(packing: IsolationPlan, moves: Sequence[Move], oracle: Oracle, seconds: float | None = None) -> IsolationPlan:
    """Return a plan that kube-scheduler keeps, or what comes closest; the incumbent if an end is asked for before.

    It ends after so many `seconds` at the latest, if there is a limit.
    """
    from planner.solve.runtime.interrupt import in_time

    try:
        plan = in_time(lambda: _search(packing, moves, oracle), seconds)
    except Asked:
        plan = None
    return plan or oracle.incumbent(packing)


def _search(packing: IsolationPlan, moves: Sequence[Move], oracle: Oracle) -> IsolationPlan:
    """Try one move after the other, the gentle ones first, until a plan is kept that costs hardly more than the packing."""
    evaluation = oracle.evaluate(packing)
    for move in moves:
        if _is_enough(packing, oracle):
            break
        evaluation = _follow(move(evaluation), oracle)
    return oracle.settle(packing)


def _follow(proposals: Proposals, oracle: Oracle) -> "Evaluation":
    """Ask what a move proposes, and return the evaluation that the next one begins with."""
    answer = None
    while True:
        try:
            question = proposals.send(answer)
        except StopIteration as ended:
            evaluation: Evaluation = ended.value
            return evaluation
        oracle.progress(question.doing)  # ends it all where it is too late
        answer = question.ask(oracle)


def _is_enough(packing: IsolationPlan, oracle: Oracle) -> bool:
    """Say whether a plan is kept, and no other that costs less is worth looking for: of small ones that takes a moment."""
    best, tuning = oracle.best, oracle.tuning
    if best is None or best.misses:
        return False
    is_near = not is_small(packing, tuning) and compare.is_near(best.plan, packing, tuning)
    return is_near or compare.cost(best.plan) <= compare.cost(packing)
