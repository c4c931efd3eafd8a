"""Ends that are asked for from outside, by Ctrl-C, SIGTERM or a terminal that goes away, and what had been written by then."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

ENDINGS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Signals that end the program as soon as it has cleaned up."""
WRITTEN: list[str] = []
"""The files and folders that this process has written, whole."""


class Terminated(BaseException):
    """A signal asks for the end; like KeyboardInterrupt it is no error, and whatever it passes cleans up."""

    def __init__(self, number: int) -> None:
        """Keep which signal it was."""
        self.number = number
        super().__init__(f"ended by {signal.Signals(number).name}")


def heed() -> None:
    """Turn signals that would end the process on the spot into Terminated; those that are ignored stay so (nohup)."""
    for number in ENDINGS:
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _terminate)


def _terminate(number: int, _: FrameType | None) -> NoReturn:
    raise Terminated(number)


def leave() -> None:
    """Let Ctrl-C not change the end any more; whoever asks for it a second time by a signal gets it at once."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for number in ENDINGS:
        if signal.getsignal(number) is _terminate:
            signal.signal(number, signal.SIG_DFL)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let signals wait until the block is done: what it writes is there whole, or not at all, and is known to be."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    waiting: list[int] = []
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, *ENDINGS)}
    try:
        for number in before:
            signal.signal(number, lambda number, _: waiting.append(number))
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if waiting:
            signal.raise_signal(waiting[0])
