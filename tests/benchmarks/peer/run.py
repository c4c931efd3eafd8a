"""Runs one peer on one problem: python -m tests.benchmarks.peer.run PEER PROBLEM SECONDS ANSWER; both files are pickled nouns.

Exit code 0: an answer was written; 1: none, and the last line of stdout says why.
"""

import pickle
import sys
from collections.abc import Callable
from pathlib import Path

from models.solver.problem import Problem
from tests.benchmarks.peer import assignment, greedy, local, pairs, timefold_model
from tests.benchmarks.peer.answer import Answer, NoAnswerError

PEERS: dict[str, Callable[[Problem, float], Answer]] = {
    "first-fit decreasing": greedy.first_fit,
    "best-fit decreasing": greedy.best_fit,
    "CP-SAT, pod by node": pairs.pairs,
    "HiGHS, workload by node": assignment.assignment,
    "Rebalancer": local.local,
    "Timefold": timefold_model.timefold,
}


def main(peer: str, file: str, seconds: float, target: str) -> int:
    """Let the peer work, and write what it answers."""
    problem: Problem = pickle.loads(Path(file).read_bytes())
    try:
        answer = PEERS[peer](problem, seconds)
    except ImportError as error:
        print(f"not importable: {error}")
        return 1
    except NoAnswerError as error:
        print(error)
        return 1
    Path(target).write_bytes(pickle.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], float(sys.argv[3]), sys.argv[4]))
