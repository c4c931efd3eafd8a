"""Works on several things at a time, each in a process of its own, as Python's threads would take turns.

The processes are plain ones, not those of multiprocessing: a script that calls the planner is not run again in each of them,
and none works on for a planner that has ended, however that came.
"""

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import DEVNULL, PIPE
from typing import IO, Any, TypeVar, cast

from planner.solve.runtime.interrupt import never

Thing = TypeVar("Thing")
Found = TypeVar("Found")
Over = Callable[[], bool]
MOST = 8
"""What any machine is asked for at most: each process takes about 60 MiB, and more where there are more pods."""
POLL = 0.1
"""What a person waits for: seconds from one question whether it is over to the next."""
QUOTA = Path("/sys/fs/cgroup/cpu.max")
"""Where Linux says how many microseconds of processor a container has, of how many."""
# It leaves Ctrl-C to the planner, and ends with it: nobody else holds the other end of its input. Only its answer goes out.
CHILD = """
import os, pickle, signal, sys, threading
signal.signal(signal.SIGINT, signal.SIG_IGN)
answer = os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)
sys.path[:] = pickle.load(sys.stdin.buffer)
task, thing, over = pickle.load(sys.stdin.buffer)
threading.Thread(target=lambda: (sys.stdin.buffer.read(), os._exit(1)), daemon=True).start()
try:
    pickle.dump(task(thing, over), answer)
    answer.flush()
finally:
    os._exit(0)
"""


def run_each(
    task: Callable[[Thing, Over], list[Found]], things: Sequence[Thing], over: Over = never, *, apart: bool = True
) -> list[list[Found]]:
    """Return what `task(thing, over)` finds for each thing, nothing for those that are not done when it is over.

    The answers are those of one after another, which is how it goes unless processes are worth it (`apart`), and for what no
    process could do. Task, things and answers are pickled, and nothing that the task changes in them is seen here.
    """
    at_a_time = side_by_side(len(things)) if apart and not over() else 1
    answers = _Children(at_a_time).answers(task, things, over) if at_a_time > 1 else [None] * len(things)
    return [
        answer if answer is not None else [] if over() else task(thing, over)
        for answer, thing in zip(answers, things, strict=True)
    ]


def side_by_side(things: int) -> int:
    """Return how many of so many things are worked on at a time where processes are worth it."""
    return min(things, processors(), MOST) if _is_python() else 1


def processors() -> int:
    """Return how many processors this process may use, or has the time of."""
    affinity = getattr(os, "sched_getaffinity", None)
    usable = len(affinity(0)) if affinity else os.cpu_count() or 1
    try:
        quota, period = map(int, QUOTA.read_text(encoding="ascii").split())
    except (OSError, ValueError):  # no Linux, no container, or no limit
        return usable
    return min(usable, max(1, -(-quota // period)))


def _is_python() -> bool:
    """Say whether `sys.executable` is a Python, and not the program that it was frozen into."""
    return bool(sys.executable) and not getattr(sys, "frozen", False)


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
                waiting = asked = [threads.submit(self._answer, (task, thing, never)) for thing in things]
                while waiting and not over():
                    waiting = list(wait(waiting, POLL, FIRST_COMPLETED).not_done)
            finally:
                self._end()
        return [answer.result() for answer in asked]

    def _answer(self, question: object) -> Any:
        """Start a process and wait for its answer; whatever goes wrong there, it has none."""
        if self.ended.is_set():
            return None
        command = [sys.executable, "-I", "-c", CHILD]  # deaf to what the folder and the environment say of Python
        try:
            with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL) as child:  # noqa: S603  text of our own
                # the path comes first: reading the question imports what it names
                return self._ask(child, pickle.dumps(sys.path) + pickle.dumps(question))
        except Exception:
            return None

    def _ask(self, child: subprocess.Popen[bytes], question: bytes) -> Any:
        given, answer = cast("IO[bytes]", child.stdin), cast("IO[bytes]", child.stdout)
        self.working.add(child)
        try:
            # `_end` may have looked at who works between the question in `_answer` and this process being one of them
            if self.ended.is_set():
                child.kill()
            given.write(question)
            given.flush()
            return pickle.loads(answer.read())  # noqa: S301  our own process wrote it
        finally:
            self.working.discard(child)

    def _end(self) -> None:
        self.ended.set()
        for child in tuple(self.working):
            child.kill()
