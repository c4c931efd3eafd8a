"""Our own purchase of one instance, with what it cost at each moment; runs in a process of its own.

Usage: python -m tests.benchmarks.ours PROBLEM GAP ANSWER: pickled nouns. Where not all pods find a place, as many of them as
can be found room for in SECONDS are placed on what there is to buy, whatever it costs.
"""

import pickle
import re
import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from models.solver.outcome import Outcome
from models.solver.problem import Problem
from models.solver.purchase import Purchase
from tests.benchmarks.peer.answer import Answer

SECONDS = 30.0
PACKED = re.compile(r"all packed for ([\d,.]+)")


@dataclass(frozen=True, slots=True)
class Bought:
    """What was bought, and how long that took: `costs` are (seconds, processor seconds, cost in millionths) of each packing.

    Of the pods that have no place at least `stranded` have none in any placement.
    """

    answer: Answer
    bound: int
    proven: bool
    stranded: int
    costs: tuple[tuple[float, float, int], ...]
    seconds: float
    processor: float
    peak_bytes: int

    def reached(self, cost: int) -> tuple[float, float] | None:
        """Return after how many seconds, and processor seconds, it cost no more than this; None if never."""
        return next(((seconds, processor) for seconds, processor, had in self.costs if had <= cost), None)


def bought(problem: Problem, gap: float) -> Bought:
    """Buy, and check what is claimed of the cost."""
    from planner.solve import Deadline, SearchContext, purchase, solve, with_all_offers
    from planner.verify.certificate.knapsack import flaws, lower_bound

    wall, processor = time.perf_counter(), time.process_time()
    costs: list[tuple[float, float, int]] = []

    def now(cost: int) -> None:
        costs.append((time.perf_counter() - wall, time.process_time() - processor, cost))

    def note(line: str) -> None:
        if found := PACKED.search(line):
            now(round(float(found[1].replace(",", "")) * 10**6))

    made = purchase(problem, SearchContext(progress=note, gap=gap))
    found, stranded = answer(problem, made), 0
    if found.left(problem):
        everything = with_all_offers(problem)
        outcome = solve(everything, SearchContext(deadline=Deadline(SECONDS)))
        found, stranded = on_all(problem, everything, outcome), round(outcome.goals[0].bound)
    now(found.cost(problem))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    proven = not list(flaws(problem, made.certificate)) and lower_bound(problem, made.certificate) == made.bound
    return Bought(found, made.bound, proven, stranded, tuple(costs), *costs[-1][:2], peak)


def answer(problem: Problem, made: Purchase) -> Answer:
    """Return the purchase as peers answer; instances have no nodes of their own."""
    assert not problem.nodes
    pods: list[list[tuple[int, int]]] = [[] for _ in made.bought]
    for c, on in enumerate(made.counts):
        for node, count in on:
            pods[node].append((c, count))
    return Answer(tuple((offer, tuple(on)) for offer, on in zip(made.bought, pods, strict=True)), made.bound)


def on_all(problem: Problem, everything: Problem, outcome: Outcome) -> Answer:
    """Return what is placed on all nodes that can be bought as peers answer."""
    firsts = {offer.shape: at for at, offer in reversed(list(enumerate(problem.offers)))}
    pods: list[list[tuple[int, int]]] = [[] for _ in everything.nodes]
    for c, on in enumerate(outcome.counts):
        for node, count in on:
            pods[node].append((c, count))
    nodes = zip(everything.nodes, pods, strict=True)
    return Answer(tuple((firsts[node.shape], tuple(on)) for node, on in nodes if on))


if __name__ == "__main__":
    given = pickle.loads(Path(sys.argv[1]).read_bytes())
    Path(sys.argv[3]).write_bytes(pickle.dumps(bought(given, float(sys.argv[2]))))
