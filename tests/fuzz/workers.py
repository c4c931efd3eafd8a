"""Processes that run cases, two at a time: one that dies or falls silent has failed its case, and another takes its place."""

import multiprocessing
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from time import monotonic

from tests.fuzz.cases import bound_memory, run

WORKERS = 2
PATIENCE = 180.0
"""So many seconds a worker may say nothing, on a machine that does other things as well."""
FAILED = Counter(["failed"])
_SPAWN = multiprocessing.get_context("spawn")

Result = tuple[Counter[str], str]


@dataclass(slots=True)
class Worker:
    """A process that runs one case after the other, and the case that it has."""

    process: BaseProcess
    line: Connection
    case: str = ""
    since: float = 0.0

    def give(self, case: str) -> None:
        """Let it run a case."""
        self.case, self.since = case, monotonic()
        with suppress(OSError):  # it has died, as the result will say
            self.line.send(case)

    def result(self, is_ready: bool) -> Result | None:
        """Return what became of its case, if that is known; a process that dies, or says nothing for long, has failed."""
        if is_ready:
            try:
                return self.line.recv()
            except (EOFError, OSError):
                self.process.join()
                code = self.process.exitcode or 0
                return FAILED, f"the process died: {signal.Signals(-code).name if code < 0 else code}\n"
        if monotonic() - self.since < PATIENCE:
            return None
        self.process.kill()
        self.process.join()
        return FAILED, f"no answer in {PATIENCE:g} seconds\n"


def _hired(seed: int) -> Worker:
    line, other = _SPAWN.Pipe()
    process = _SPAWN.Process(target=work, args=(other, seed), daemon=True)
    process.start()
    other.close()
    return Worker(process, line)


def work(line: Connection, seed: int) -> None:
    """Run the cases that are asked for, until nobody asks."""
    bound_memory()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError):
        while True:
            line.send(run(seed, line.recv()))


def results(seed: int, cases: Iterator[str]) -> Iterator[tuple[str, Result]]:
    """Run the cases, and yield each with what became of it, in the order in which they end."""
    workers: list[Worker] = []
    for case in cases:
        workers.append(_hired(seed))
        workers[-1].give(case)
        if len(workers) == WORKERS:
            break
    while workers:
        ready = wait([worker.line for worker in workers], timeout=5)
        for place, worker in reversed(list(enumerate(workers))):
            if (result := worker.result(worker.line in ready)) is None:
                continue
            yield worker.case, result
            following = next(cases, None)
            if following is None:
                del workers[place]
                continue
            if not worker.process.is_alive():
                worker = workers[place] = _hired(seed)
            worker.give(following)
