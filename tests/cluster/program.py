"""One program of the control plane: started under a supervisor, watched while it comes up, ended, started again."""

import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic, sleep

SUPERVISOR = Path(__file__).with_name("supervise.py")
PAUSE = 0.05
TAIL = 15


class NotReadyError(Exception):
    """A program ended while it was needed, or did not become ready in time."""


class Program:
    """A program that ends with us; its output goes to one log file, run after run."""

    def __init__(self, name: str, command: Sequence[str | Path], log: Path, ready: Callable[[], bool]) -> None:
        self.name = name
        self.log = log
        self._command = [str(part) for part in command]
        self._ready = ready
        self._supervisor: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it in a session of its own, so that a Ctrl-C in the terminal reaches us alone, and we end things in order."""
        command = [sys.executable, "-I", "-S", str(SUPERVISOR), *self._command]
        with self.log.open("ab") as log:
            self._supervisor = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True, cwd=self.log.parent
            )

    def until_ready(self, seconds: float) -> None:
        """Ask until it says that it is ready; say with the end of its log why it is not."""
        deadline = monotonic() + seconds
        while not self._ready():
            self.insist()
            if monotonic() > deadline:
                raise NotReadyError(self._complaint(f"was not ready after {seconds:g} s"))
            sleep(PAUSE)

    def insist(self) -> None:
        """Raise NotReadyError if it does not run."""
        code = self._supervisor.poll() if self._supervisor is not None else "none"
        if code is not None:
            raise NotReadyError(self._complaint(f"ended (exit code {code})"))

    def stop(self) -> None:
        """Close the pipe that keeps it alive, and wait for it to be gone."""
        supervisor, self._supervisor = self._supervisor, None
        if supervisor is not None:
            supervisor.communicate()

    def _complaint(self, what: str) -> str:
        text = self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""
        last = "\n".join(text.splitlines()[-TAIL:])
        return f"{self.name} {what}. The last lines of {self.log}:\n{last}"


def answers(url: str, token: str, ca: Path) -> Callable[[], bool]:
    """Return the question whether a URL answers with 200."""
    trust = ssl.create_default_context(cafile=str(ca))
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})  # noqa: S310
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust))

    def ask() -> bool:
        try:
            with direct.open(request, timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    return ask
