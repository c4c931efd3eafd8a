"""An end that is asked for from outside, by Ctrl-C: every search then gives what it has found so far."""

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from planner.signals import ENDINGS


class Halt:
    """Whether an end was asked for, and how to end what runs."""

    def __init__(self) -> None:
        """Start with nobody asking."""
        self.asked = False
        self._stops: list[Callable[[], object]] = []

    def ask(self) -> None:
        """End whatever runs, from any thread."""
        self.asked = True
        for stop in tuple(self._stops):
            stop()

    @contextmanager
    def while_running(self, stop: Callable[[], object]) -> Iterator[None]:
        """Call `stop` if an end is asked for during the block."""
        self._stops.append(stop)
        try:
            yield
        finally:
            self._stops.remove(stop)


def never() -> bool:
    """Say that it is not over: for a search that nobody ends."""
    return False


HALT = Halt()
"""One for the process, as Ctrl-C is."""


@contextmanager
def on_interrupt() -> Iterator[Halt]:
    """Ask for an end at the first Ctrl-C of the block; the second one interrupts as usual.

    Python's own handlers wait until the solver returns, so a thread reads of the signal as it arrives.
    """
    HALT.asked = False
    if threading.current_thread() is not threading.main_thread():
        yield HALT
        return
    mine, theirs = socket.socketpair()
    theirs.setblocking(False)
    seen: list[int] = []

    def once(number: int, _: FrameType | None) -> None:
        if seen:
            raise KeyboardInterrupt
        seen.append(number)
        HALT.ask()

    before, woken = signal.signal(signal.SIGINT, once), signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
    reader = threading.Thread(target=_listen, args=(mine,), daemon=True)
    reader.start()
    try:
        yield HALT
    finally:
        signal.set_wakeup_fd(woken)
        signal.signal(signal.SIGINT, before)
        theirs.close()
        reader.join()
        mine.close()


def _listen(wire: socket.socket) -> None:
    while data := wire.recv(1):
        if data[0] in (signal.SIGINT, *ENDINGS):  # what ends the program ends the solver first, which no handler interrupts
            HALT.ask()
