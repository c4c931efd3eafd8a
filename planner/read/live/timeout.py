"""A budget of seconds for everything together, however slowly the other side answers."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")
_LONGEST = 1_000_000.0
"""Some eleven days: threads and sockets refuse to wait for as long as a float can say."""


class _Work(Generic[T]):
    """Work in a thread of its own, and how it ended."""

    def __init__(self, do: Callable[[], T]) -> None:
        self._do = do
        self._results: list[T] = []
        self._error: BaseException | None = None
        # A daemon, because nothing ends a thread that waits for a byte or a name server: it is left behind.
        self.thread = threading.Thread(target=self._run, name="read-live", daemon=True)

    def _run(self) -> None:
        try:
            self._results.append(self._do())
        except BaseException as error:
            self._error = error

    def result(self) -> T:
        if self._error is not None:
            raise self._error
        return self._results[0]


class Deadline:
    """Seconds that all work together may take; the clock starts at once."""

    def __init__(self, seconds: float) -> None:
        """Start the clock."""
        self.seconds = seconds
        self._end = time.monotonic() + min(seconds, _LONGEST)

    @property
    def left(self) -> float:
        """Say how many seconds are left; never less than a moment, because 0 means for ever to sockets."""
        return max(0.001, self._end - time.monotonic())

    @property
    def is_over(self) -> bool:
        """Say whether none are left."""
        return time.monotonic() >= self._end

    def spend(self, do: Callable[[], T]) -> T:
        """Do it and return what it returns, or raise TimeoutError as soon as no seconds are left."""
        work = _Work(do)
        work.thread.start()
        work.thread.join(self.left)
        if work.thread.is_alive():
            raise TimeoutError
        return work.result()
