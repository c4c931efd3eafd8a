"""An end that is asked for from outside, by Ctrl-C or a limit of time: every search then gives what it has found so far.

Searches look at a clock, at good moments. What takes longer than expected from one such moment to the next is cut short where it
is (`in_time`): what it was about to find is lost, what somebody has noted before stays. So no rule between pods, and no number of
them, makes a search outlast its limit by more than a moment.
"""

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from time import monotonic
from types import FrameType
from typing import TypeVar

from planner import outlet
from planner.signals import ENDINGS

T = TypeVar("T")
MOMENT = 0.3
"""What a person waits for, not a search: seconds that work may take to notice that it is over, before it is cut short."""
AT_ONCE = 0.05
"""As well: seconds until work is cut short that begins when all is over."""
PATIENCE = 1.0
"""As well: seconds after a second Ctrl-C in which what runs may still clean up."""
ENDED = 3
"""The exit code of a program that has no answer."""
_IMPORTING = "<frozen importlib"
"""How the files begin that Python's own import is made of."""


class _Overdue(BaseException):
    """Work is cut short; nobody but `in_time` catches it."""


@dataclass(slots=True, eq=False)
class _Guard:
    """Work that is cut short when it is due."""

    due: float
    is_open: bool = True


class Halt:
    """Whether an end was asked for, and how to end what runs."""

    def __init__(self) -> None:
        """Start with nobody asking."""
        self.asked = False
        self.has_begun = False
        self._stops: list[Callable[[], object]] = []
        self._guards: list[_Guard] = []

    def ask(self) -> None:
        """End whatever runs, from any thread."""
        self.asked = True
        for stop in tuple(self._stops):
            stop()

    def in_time(self, work: Callable[[], T], seconds: float | None) -> T | None:
        """Return what the work comes to; None where it is cut short, as it has not ended a moment after its time is over.

        Signals do that, which reach the main thread alone: work in another one is as long as it is. `work` is to leave nothing
        half done that is used afterwards.
        """
        if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
            return work()
        # the work looks at the clock itself: only if it has not a moment later is it cut short
        guard = _Guard(float("inf") if seconds is None else monotonic() + seconds + MOMENT)
        result: T | None = None
        with nullcontext() if self._guards else self._with_alarm():
            try:
                self._guards.append(guard)
                self._arm()
                result = work()
                guard.is_open = False
            except _Overdue:
                guard.is_open = False
            finally:
                self._guards.remove(guard)
                self._arm()
        return result

    @contextmanager
    def _with_alarm(self) -> Iterator[None]:
        """Let alarms cut work short; where Python drops one, it does not say so."""
        alarm, hook = signal.signal(signal.SIGALRM, self._cut), sys.unraisablehook
        sys.unraisablehook = lambda dropped: None if isinstance(dropped.exc_value, _Overdue) else hook(dropped)
        try:
            yield
        finally:
            sys.unraisablehook = hook
            signal.signal(signal.SIGALRM, alarm)

    def hurry(self) -> None:
        """Cut short whatever does not end within a moment, now that an end was asked for."""
        if self._guards:
            self._arm()

    def _arm(self) -> None:
        """Set the alarm for the work that is due first, for a moment from now once an end was asked for."""
        due = min((guard.due for guard in self._guards), default=float("inf"))
        due = min(due, monotonic() + MOMENT) if self.asked and self._guards else due
        # never 0, which would switch the timer off; and again every moment, as an alarm during an import is let pass
        signal.setitimer(signal.ITIMER_REAL, 0 if due == float("inf") else max(AT_ONCE, due - monotonic()), MOMENT)

    def _cut(self, _number: int, frame: FrameType | None) -> None:
        # an import cut short would leave half a module behind, for whoever imports it next
        if self._guards and self._guards[-1].is_open and not _is_imported(frame):
            raise _Overdue

    @contextmanager
    def while_running(self, stop: Callable[[], object]) -> Iterator[None]:
        """Call `stop` if an end is asked for during the block."""
        self._stops.append(stop)
        try:
            yield
        finally:
            self._stops.remove(stop)


def _is_imported(frame: FrameType | None) -> bool:
    """Say whether the work that is at this frame imports something."""
    # what called `in_time` may itself run within an import: only the work above it counts
    while frame is not None and frame.f_code is not Halt.in_time.__code__:
        if frame.f_code.co_filename.startswith(_IMPORTING):
            return True
        frame = frame.f_back
    return False


def never() -> bool:
    """Say that it is not over: for a search that nobody ends."""
    return False


HALT = Halt()
"""One for the process, as Ctrl-C is."""


def in_time(work: Callable[[], T], seconds: float | None) -> T | None:
    """Return what the work comes to, or None where it is cut short: see Halt.in_time."""
    return HALT.in_time(work, seconds)


@contextmanager
def on_interrupt() -> Iterator[Halt]:
    """Ask for an end at the first Ctrl-C of the block; before anything is sought, and at the second one, end it as usual.

    Python's own handlers wait until the solver returns, so a thread reads of the signal as it arrives. Who does not end within
    a moment of the second one is ended.
    """
    HALT.asked = HALT.has_begun = False
    if threading.current_thread() is not threading.main_thread():
        yield HALT
        return
    mine, theirs = socket.socketpair()
    theirs.setblocking(False)
    seen: list[int] = []
    left = threading.Event()

    def once(number: int, _: FrameType | None) -> None:
        if seen or not HALT.has_begun:
            raise KeyboardInterrupt
        seen.append(number)
        HALT.ask()
        HALT.hurry()

    before, woken = signal.signal(signal.SIGINT, once), signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
    reader = threading.Thread(target=_listen, args=(mine, left), daemon=True)
    reader.start()
    try:
        yield HALT
    finally:
        # first of all: a second Ctrl-C during these steps must not end the process
        left.set()
        # before the socket is closed: a signal in between would be written to whatever got its number
        signal.set_wakeup_fd(woken)
        signal.signal(signal.SIGINT, before)
        theirs.close()
        reader.join()
        mine.close()


def _listen(wire: socket.socket, left: threading.Event) -> None:
    """Ask for an end at the first Ctrl-C; see at the second that it comes."""
    seen = 0
    while data := wire.recv(1):
        if data[0] not in (signal.SIGINT, *ENDINGS):  # what ends the program ends the solver first, which no handler interrupts
            continue
        seen += 1
        HALT.ask()
        if seen > 1 and not left.wait(PATIENCE):
            outlet.say("interrupted: there is no answer yet")
            os._exit(ENDED)
