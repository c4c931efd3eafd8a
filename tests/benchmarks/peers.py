"""Ours beside what a user would pick instead, on the same input in one run: cost, distance from the best proven bound, time.

Usage: python -m tests.benchmarks.peers [--seconds N] [INSTANCE...]. Peers run with the Python of RINGFENCE_PEERS, or of
build/peers, which `make peers` fills with peers.txt, or else ours: who cannot be imported there says so. Every answer is
checked by peer/answer.py.
"""

import argparse
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.solver.problem import Problem
from tests.benchmarks.instances import ASKED, INSTANCES, missing
from tests.benchmarks.measure import ROOT, Run, run
from tests.benchmarks.ours import Bought
from tests.benchmarks.peer.answer import Answer, flaws
from tests.benchmarks.peer.run import PEERS

MILLION = 10**6
HEAD = ("", "cost", "above bound", "seconds", "processor", "GiB", "ours as cheap in")
WIDTHS = (23, 12, 12, 9, 9, 6, 16)


def python() -> str:
    """Return the Python that has the peers."""
    beside = ROOT / "build" / "peers" / "bin" / "python"
    return os.environ.get("RINGFENCE_PEERS") or (str(beside) if beside.exists() else sys.executable)


@dataclass(slots=True)
class Bench:
    """One instance, written to a folder."""

    name: str
    problem: Problem
    folder: Path
    seconds: float

    def __post_init__(self) -> None:
        self.file.write_bytes(pickle.dumps(self.problem))

    @property
    def file(self) -> Path:
        return self.folder / "problem.pickle"

    def ours(self, gap: float) -> Bought:
        """Buy in a process of its own."""
        target = self.folder / "ours.pickle"
        command = (sys.executable, "-m", "tests.benchmarks.ours", str(self.file), str(gap), str(target))
        subprocess.run(command, cwd=ROOT, check=True)
        found: Bought = self.read(target)
        return found

    @staticmethod
    def read(file: Path) -> Any:
        """Read what a process of ours has written."""
        return pickle.loads(file.read_bytes())

    def peer(self, name: str) -> tuple[Run, Answer | str]:
        """Let one peer work; return what it took, and its answer or why there is none."""
        target, said = self.folder / "answer.pickle", self.folder / "said.txt"
        target.unlink(missing_ok=True)
        command = f'exec "{python()}" -m tests.benchmarks.peer.run "$0" "$1" "$2" "$3" >"$4" 2>&1'
        done = run("/bin/sh", "-c", command, name, str(self.file), str(self.seconds), str(target), str(said))
        if target.exists():
            return done, self.read(target)
        lines = said.read_text(encoding="utf-8", errors="replace").strip().splitlines() or ["nothing"]
        return done, lines[-1] if done.code == 1 else f"ended with {done.code}: {lines[-1]}"

    def reached(self, ours: Bought, cost: int) -> str:
        """Say when ours was no dearer than a peer; where that was after the first packing, it is asked for no more than that."""
        early = ours.reached(cost)
        if early is None:
            return "not reached"
        if early[0] == ours.seconds and len(ours.costs) > 1 and cost > ours.bound:
            again = self.ours((cost - ours.bound) / cost)
            early = min(early, again.reached(cost) or early)
        return f"{early[0]:.1f} s ({early[1]:.1f})"


def line(cells: Sequence[str]) -> str:
    """Write one row."""
    first, *others = (f"{cell:>{width}}" for cell, width in zip(cells, WIDTHS, strict=True))
    return "  ".join((f"{first.strip():{WIDTHS[0]}}", *others))


def row(bench: Bench, name: str, ours: Bought) -> str:
    """Measure a peer and return its row; what it says of its own bound is repeated, not believed."""
    done, answer = bench.peer(name)
    spent = (f"{done.wall:.1f}", f"{done.cpu:.1f}", f"{done.peak_bytes / 2**30:.2f}")
    if isinstance(answer, str):
        return f"{line((name, '-', '-', *spent, ''))}  {answer}"
    if left := answer.left(bench.problem):
        return f"{line((name, '-', '-', *spent, ''))}  {left:,} pods without a place"
    wrong = next(flaws(bench.problem, answer), None)
    cost = answer.cost(bench.problem)
    note = f"NO PLACEMENT: {wrong}" if wrong else answer.note
    if answer.bound is not None:
        note += f"  own bound {answer.bound / MILLION:,.2f}"
    cells = (
        name,
        f"{cost / MILLION:,.2f}",
        f"{cost / ours.bound - 1:.2%}",
        *spent,
        bench.reached(ours, cost) if not wrong else "",
    )
    return f"{line(cells)}  {note}".rstrip()


def compare(name: str, seconds: float) -> bool:
    """Print one instance's table; say whether what ours claims is true."""
    problem = INSTANCES[name]()
    print(f"\n{name}: {described(problem)}")
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(name, problem, Path(folder), seconds)
        ours = bench.ours(ASKED[name])
        true = ours.proven and not list(flaws(problem, ours.answer)) and apart(problem, ours) <= (ours.stranded > 0) * ASKED[name]
        proof = "the certificate holds" if ours.proven else "THE CERTIFICATE FAILS"
        print(
            f"placing all costs at least {ours.bound / MILLION:,.4f} ({proof})\n{line(HEAD)}\n{own_row(problem, ours)}",
            flush=True,
        )
        if not true:
            print("  NOT ALL PLACED THAT CAN BE, OR RULES BROKEN")
        for peer in PEERS:
            print(row(bench, peer, ours), flush=True)
    return true


def described(problem: Problem) -> str:
    """Say how large an instance is."""
    pods, most, shapes = sum(one.count for one in problem.classes), sum(problem.most), len(problem.most)
    limits = f" in {most:,} nodes at most" if most < MILLION else ""
    return f"{pods:,} pods of {len(problem.classes):,} workloads, {shapes} shapes{limits}, {len(problem.rings)} groups"


def apart(problem: Problem, ours: Bought) -> float:
    """Return what share of the pods has no place though it is not proven that there is none."""
    return (ours.answer.left(problem) - ours.stranded) / sum(one.count for one in problem.classes)


def own_row(problem: Problem, ours: Bought) -> str:
    """Return the row of what we bought."""
    cost, (seconds, processor, _) = ours.answer.cost(problem), ours.costs[0]
    spent = (f"{ours.seconds:.1f}", f"{ours.processor:.1f}", f"{ours.peak_bytes / 2**30:.2f}")
    if left := ours.answer.left(problem):
        note = (
            f"{left:,} pods without a place, at least {ours.stranded:,} have none: {apart(problem, ours):.2%} of all pods apart"
        )
        return f"{line(('ringfence', '-', '-', *spent, ''))}  {note}"
    cells = ("ringfence", f"{cost / MILLION:,.2f}", f"{cost / ours.bound - 1:.2%}", *spent, "")
    return f"{line(cells)}  first packing in {seconds:.1f} s ({processor:.1f})"


def main() -> int:
    """Compare on the instances named, or on all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="INSTANCE")
    parser.add_argument("--seconds", type=float, default=60, help="for each peer that searches (default 60)")
    given = parser.parse_args()
    print(f"peers run with {python()}; seconds are those of the clock, and of the processor beside or in brackets")
    true = True
    for name in given.names or INSTANCES:
        if why := missing(name):
            print(f"\n{name}: skipped, {why}")
        else:
            true &= compare(name, given.seconds)
    return 0 if true else 1


if __name__ == "__main__":
    sys.exit(main())
