"""Buying at scale: cost, proven bound, time and memory on instances made from a seed.

Usage: buying.py [NAME...]. Each instance runs in a process of its own; the proof is checked, and so is the placement.
"""

import resource
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT)]

from tests.benchmarks.instances import ASKED, INSTANCES, missing  # noqa: E402

LARGE = 20_000
"""Placements on more nodes are not judged again: that takes longer than making them."""


def measure(name: str) -> None:
    """Buy for one instance and print what came of it."""
    from planner.solve import SearchContext, purchase, with_bought_nodes
    from planner.solve.instance.validate import breaches
    from planner.verify.certificate.knapsack import flaws, lower_bound

    problem, gap = INSTANCES[name](), ASKED[name]
    start = time.perf_counter()
    first: list[float] = []

    def note(line: str) -> None:
        if line.startswith("all packed"):
            first.append(time.perf_counter() - start)

    bought = purchase(problem, SearchContext(progress=note, gap=gap))
    wall = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform != "darwin" else 1 << 30)
    start = time.perf_counter()
    proven = not list(flaws(problem, bought.certificate)) and lower_bound(problem, bought.certificate) == bought.bound
    checked = time.perf_counter() - start
    short = sum(bought.unplaced)
    judged = len(bought.ring_of) > LARGE or not any(
        breaches(with_bought_nodes(problem, bought), bought.ring_of, [dict(on) for on in bought.counts])
    )
    print(
        f"{name:18} {bought.cost / 1e6:12,.4f} at least {bought.bound / 1e6:12,.4f}  gap {bought.gap:8.3%} (asked {gap:.1%})  "
        f"first {first[0] if first else wall:6.1f} s  all {wall:6.1f} s  {peak:5.2f} GiB  unplaced {short}  "
        f"proof {'holds' if proven else 'FAILS'} in {checked:.1f} s{'' if judged else '  RULES BROKEN'}",
        flush=True,
    )


def main(names: list[str]) -> int:
    """Measure the instances named, or all."""
    codes = []
    for name in names or list(INSTANCES):
        if why := missing(name):
            print(f"{name:18} skipped: {why}")
            continue
        codes.append(subprocess.run([sys.executable, __file__, "--one", name], check=False).returncode)
    return max(codes, default=0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        measure(sys.argv[2])
    else:
        sys.exit(main(sys.argv[1:]))
