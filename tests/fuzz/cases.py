"""The cases of a run by their names (input-17, plan-4): each is made from the seed and its name alone, and run within limits."""

import resource
import shutil
import signal
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

import yaml

from tests.fuzz.inputs import SAMPLES, Mutant, mutant, tried
from tests.fuzz.plans import mutations, read_by_all, written

INPUT, PLAN = "input", "plan"
SECONDS, MEMORY = 5.0, 1 << 30
"""So much processor time and so many bytes a case may take."""
_GRACE = 5.0
"""So much more it has where it does not come back to Python; the process then dies of the signal."""
_PLANS = ("buying", "infeasible", "may-share", "quickstart", "sharing", "tenants")


class TooLong(BaseException):
    """A case took more than its time: no `except Exception` on the way may keep it."""


def files_of(seed: int, name: str) -> Mutant:
    """Return the texts of a case."""
    luck = _luck(seed, name)
    if name.startswith(INPUT):
        return mutant(luck)
    return {"plan": written(next(mutations(_plan(luck.choice(_PLANS)), luck)))}


def run(seed: int, name: str) -> tuple[Counter[str], str]:
    """Run a case; return what became of it, and what went wrong, with a traceback."""
    files = files_of(seed, name)
    folder = Path(tempfile.mkdtemp(prefix="ringfence-fuzz-"))
    try:
        with _limited():
            if name.startswith(INPUT):
                ends = tried(files, folder, _luck(seed, f"{name} is read"))
            else:
                ends = Counter([f"plan {read_by_all(files['plan'])}"])
    except (Exception, TooLong):
        return Counter(["failed"]), traceback.format_exc()
    finally:
        shutil.rmtree(folder)
    taken = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
    return ends, f"{taken >> 20} MiB of memory taken\n" if taken > MEMORY else ""


def bound_memory() -> None:
    """Let this process have no more memory than a case may take."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _luck(seed: int, name: str) -> Random:
    return Random(f"{seed}/{name}")


@cache
def _plan(name: str) -> dict[str, Any]:
    return yaml.load((SAMPLES / name / "expected" / "plan.yaml").read_bytes(), yaml.CSafeLoader)


@contextmanager
def _limited() -> Iterator[None]:
    """Raise TooLong when the time is up, wherever the program is."""
    before = signal.signal(signal.SIGPROF, _too_long)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS + _GRACE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGPROF, before)


def _too_long(_: int, __: FrameType | None) -> None:
    raise TooLong(f"more than {SECONDS:g} seconds of processor time")
