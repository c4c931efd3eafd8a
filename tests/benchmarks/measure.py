"""Run a command and say how long it took, on how much memory."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CLI = (sys.executable, str(ROOT / "cli.py"))


@dataclass(frozen=True, slots=True)
class Run:
    """One finished command: wall-clock and processor seconds, and the most memory it held."""

    code: int
    wall: float
    cpu: float
    peak_bytes: int

    def __str__(self) -> str:
        """Write it for a person."""
        return f"{self.wall:.2f} s ({self.cpu:.2f} s of processor), at most {self.peak_bytes / 1e6:.0f} MB, exit code {self.code}"


def run(*command: str, quiet: bool = False) -> Run:
    """Run a command from the repository's root and wait for it."""
    sink = subprocess.DEVNULL if quiet else None
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=sink)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    unit = 1 if sys.platform == "darwin" else 1024
    return Run(process.returncode, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit)
