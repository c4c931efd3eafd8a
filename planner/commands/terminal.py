"""What a person sees meanwhile and in the end: progress, faults of the input, and the answer as wide as the terminal."""

import os
import shutil
import sys
import threading
from types import TracebackType
from typing import TYPE_CHECKING

from planner import outlet
from planner.commands.exit_codes import BAD_INPUT
from planner.words import visible

if TYPE_CHECKING:
    from rich.status import Status

    from planner.paper import Paper

SHOWN = 200
"""So many faults of the input are shown; of the others there is only said how many there are."""
SEARCHED = 0.5
"""A search that has a limit takes no less of it once it is cut short: the rest is for trying what was found."""
PIPED = 120
"""So wide are lines where no terminal says how wide it is."""
QUIET = "RINGFENCE_QUIET"
"""Whoever sets it in the environment wants no progress."""
FIRST, RARELY = 2, 60
"""Seconds until the first line of progress where stderr is no terminal, and between two lines at most."""


def say_limit(limit: float | None, took: float, otherwise: str) -> None:
    """Say that a limit of time may have cut the search short."""
    if limit and took > SEARCHED * limit:
        outlet.say(f"--time-limit {limit:g} may have cut the search short: {otherwise}")


def review(text: str, output: str, colour: bool, err: bool = False) -> None:
    """Write lines for people as the terminal can show them, and what programs read in UTF-8."""
    if err or output == "table":
        outlet.answer(text, colour, err)
    else:
        outlet.document(text)


def paper_of(err: bool = False) -> "Paper":
    """Return how wide to write, and whether in colour; what is no terminal cuts no names."""
    from planner.paper import Paper

    stream = sys.stderr if err else sys.stdout
    colour = stream.isatty() and "NO_COLOR" not in os.environ
    if not stream.isatty():
        return Paper(PIPED, may_overhang=True)
    return Paper(shutil.get_terminal_size((PIPED, 40)).columns, colour)


class bad_input:  # noqa: N801  reads as the statement it is used in
    """Print every fault of the input and leave with 2; nothing was written."""

    def __enter__(self) -> None:
        """Do nothing yet."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """Turn bad input into its messages."""
        from planner.errors import ENOUGH_FAULTS, BadInput

        if isinstance(error, BadInput):
            outlet.say(*(f"error: {fault}" for fault in error.faults[:SHOWN]))
            if more := error.more + len(error.faults[SHOWN:]):
                outlet.say(f"… and {'at least ' * (error.more >= ENOUGH_FAULTS)}{more:,} more")
            sys.exit(BAD_INPUT)


class progress_shown:  # noqa: N801  as above
    """Show what is going on: a line that changes while stderr is a terminal, elsewhere lines now and then.

    Neither where the environment asks for quiet.
    """

    def __init__(self, ended: threading.Event | None = None) -> None:
        self._status: Status | None = None
        self._lines: _Lines | None = None
        self._ended = ended or threading.Event()

    def __enter__(self) -> "progress_shown":
        """Begin to show."""
        if QUIET in os.environ:
            return self
        if sys.stderr.isatty():
            from rich.console import Console

            # It moves the cursor, which no outlet lets pass.
            self._status = Console(file=sys.__stderr__).status("starting")
            self._status.start()
        else:
            self._lines = _Lines(self._ended)
            self._lines.start()
        return self

    def __call__(self, phrase: str) -> None:
        """Say what is going on now."""
        if self._status:
            from rich.text import Text

            self._status.update(Text(f"{visible(phrase)} …"))
        elif self._lines:
            self._lines.phrase = phrase

    def __exit__(self, *_: object) -> None:
        """Wipe it away."""
        if self._status:
            self._status.stop()
        elif self._lines:
            self._lines.end()


class _Lines(threading.Thread):
    """Says what is going on now and then, less and less often: after 2, 4, 8, 16, 32, 64 seconds, and then every minute."""

    def __init__(self, ended: threading.Event) -> None:
        super().__init__(daemon=True)
        self.phrase = ""
        self.ended = ended

    def run(self) -> None:
        """Say it until the end."""
        passed = pause = FIRST
        while not self.ended.wait(pause):
            if self.phrase:
                outlet.say(f"{passed} s: {self.phrase} …")
            pause = min(passed, RARELY)
            passed += pause

    def end(self) -> None:
        """Say no more."""
        self.ended.set()
        self.join()
