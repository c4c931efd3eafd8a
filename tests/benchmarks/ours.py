"""Our own purchase of one instance, with what it cost at each moment; runs in a process of its own.

Usage: python -m tests.benchmarks.ours PROBLEM GAP ANSWER: pickled nouns.
"""

import pickle
import re
import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from models.problem import Problem
from models.purchase import Purchase
from tests.benchmarks.peer.answer import Answer

PACKED = re.compile(r"all packed for ([\d,.]+)")


@dataclass(frozen=True, slots=True)
class Bought:
    """What was bought, and how long that took: `costs` are (seconds, processor seconds, cost in millionths) of each packing."""

    answer: Answer
    bound: int
    proven: bool
    unplaced: int
    costs: tuple[tuple[float, float, int], ...]
    seconds: float
    processor: float
    peak_bytes: int

    def reached(self, cost: int) -> tuple[float, float] | None:
        """Return after how many seconds, and processor seconds, it cost no more than this; None if never."""
        return next(((seconds, processor) for seconds, processor, had in self.costs if had <= cost), None)


def bought(problem: Problem, gap: float) -> Bought:
    """Buy, and check what is claimed."""
    from planner.solve import purchase
    from planner.verify.certificate import flaws, lower_bound

    wall, processor = time.perf_counter(), time.process_time()
    costs: list[tuple[float, float, int]] = []

    def now(cost: int) -> None:
        costs.append((time.perf_counter() - wall, time.process_time() - processor, cost))

    def note(line: str) -> None:
        if found := PACKED.search(line):
            now(round(float(found[1].replace(",", "")) * 10**6))

    made = purchase(problem, progress=note, gap=gap)
    now(made.cost)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    proven = not list(flaws(problem, made.certificate)) and lower_bound(problem, made.certificate) == made.bound
    return Bought(answer(problem, made), made.bound, proven, sum(made.unplaced), tuple(costs), *costs[-1][:2], peak)


def answer(problem: Problem, made: Purchase) -> Answer:
    """Return the purchase as peers answer; instances have no nodes of their own."""
    assert not problem.nodes
    pods: list[list[tuple[int, int]]] = [[] for _ in made.bought]
    for c, on in enumerate(made.counts):
        for node, count in on:
            pods[node].append((c, count))
    return Answer(tuple((offer, tuple(on)) for offer, on in zip(made.bought, pods, strict=True)), made.bound)


if __name__ == "__main__":
    given = pickle.loads(Path(sys.argv[1]).read_bytes())
    Path(sys.argv[3]).write_bytes(pickle.dumps(bought(given, float(sys.argv[2]))))
