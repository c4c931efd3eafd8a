"""Works on several things at a time, each in a process of its own, as Python's threads would take turns.

The processes are plain ones, not those of multiprocessing: a script that calls the planner is not run again in each of them,
Ctrl-C does not reach them, and none waits for ever for a planner that was killed.
"""

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any, TypeVar

from planner.solve.buy.packing import never

Thing = TypeVar("Thing")
Found = TypeVar("Found")
Over = Callable[[], bool]
MOST = 8
"""So many processes at a time at most, whatever the machine has: each takes about 80 MiB."""
POLL = 0.1
"""Seconds from one question whether it is over to the next."""
CHILD = """
import pickle, sys
sys.path[:] = pickle.load(sys.stdin.buffer)
task, thing, over = pickle.load(sys.stdin.buffer)
pickle.dump(task(thing, over), sys.stdout.buffer)
"""


def each(
    task: Callable[[Thing, Over], list[Found]], things: Sequence[Thing], over: Over = never, *, apart: bool = True
) -> list[list[Found]]:
    """Return what `task(thing, over)` finds for each thing, nothing for those that are not done when it is over.

    The answers are those of one after another, which is how it goes unless processes are worth it (`apart`), and for what no
    process could do. Task, things and answers are pickled, and nothing that the task changes in them is seen here.
    """
    at_a_time = min(len(things), processors(), MOST) if apart and sys.executable else 1
    answers = _Children(at_a_time).answers(task, things, over) if at_a_time > 1 else [None] * len(things)
    return [
        answer if answer is not None else [] if over() else task(thing, over)
        for answer, thing in zip(answers, things, strict=True)
    ]


def processors() -> int:
    """Return how many processors this process may use."""
    usable = getattr(os, "sched_getaffinity", None)
    return len(usable(0)) if usable else os.cpu_count() or 1


@dataclass(slots=True)
class _Children:
    """The processes that work, so many `at_a_time`; no more are started once it is `ended`."""

    at_a_time: int
    working: set[subprocess.Popen[bytes]] = field(default_factory=set)
    ended: threading.Event = field(default_factory=threading.Event)

    def answers(
        self, task: Callable[[Thing, Over], list[Found]], things: Sequence[Thing], over: Over
    ) -> list[list[Found] | None]:
        """Return what each process answers, None where it has none."""
        with ThreadPoolExecutor(self.at_a_time) as threads:
            try:
                waiting = asked = [threads.submit(self._answer, pickle.dumps((task, thing, never))) for thing in things]
                while waiting and not over():
                    waiting = list(wait(waiting, POLL, FIRST_COMPLETED).not_done)
            finally:
                self._end()
        return [one.result() for one in asked]

    def _answer(self, question: bytes) -> Any:
        if self.ended.is_set():
            return None
        command = [sys.executable, "-c", CHILD]
        try:
            child = subprocess.Popen(  # noqa: S603  (this Python, with text of our own)
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, process_group=0
            )
        except OSError:
            return None
        with child:
            self.working.add(child)
            if self.ended.is_set():
                child.kill()
            answer, _ = child.communicate(pickle.dumps(sys.path) + question)
            self.working.discard(child)
        return pickle.loads(answer) if child.returncode == 0 else None  # noqa: S301  (what our own process wrote)

    def _end(self) -> None:
        self.ended.set()
        for child in tuple(self.working):
            child.kill()
