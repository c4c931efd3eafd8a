"""How time grows with nodes, at fixed workloads: 2,000 workloads in 8 groups, 30 pods for each node, from 500 to 50,000 nodes.

Usage: python -m tests.benchmarks.curve [NODES...]. Each size runs in a process of its own and is asked for a gap of 1 %. The
claim is that time grows no worse than linearly, by processor seconds (the clock would measure the neighbours too): the power of
the nodes that fits all sizes best is at most 1.
"""

import pickle
import subprocess
import sys
import tempfile
from math import log
from pathlib import Path
from statistics import linear_regression

from tests.benchmarks.buying_instances import many_shapes
from tests.benchmarks.measure import ROOT
from tests.benchmarks.ours import Bought
from tests.benchmarks.peer.answer import flaws

SIZES = (500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
PODS_EACH = 30
GAP = 0.01


def bought(nodes: int, folder: Path) -> tuple[Bought, bool]:
    """Buy for one size; say whether all that is claimed is true."""
    problem = many_shapes(pods=PODS_EACH * nodes, nodes=nodes)
    file, target = folder / "problem.pickle", folder / "bought.pickle"
    file.write_bytes(pickle.dumps(problem))
    command = (sys.executable, "-m", "tests.benchmarks.ours", str(file), str(GAP), str(target))
    subprocess.run(command, cwd=ROOT, check=True)
    found: Bought = pickle.loads(target.read_bytes())
    return found, found.proven and not found.answer.left(problem) and not list(flaws(problem, found.answer))


def main(sizes: list[int]) -> int:
    """Print the curve; the exit code says whether the claim holds."""
    print(f"{'nodes':>7} {'pods':>10} {'gap':>7} {'first':>8} {'all':>8} {'processor':>9} {'GiB':>5}")
    measured: list[tuple[int, float]] = []
    kept = True
    for nodes in sizes:
        with tempfile.TemporaryDirectory() as folder:
            found, true = bought(nodes, Path(folder))
        before = f"x {found.processor / measured[-1][1]:.2f} for x {nodes / measured[-1][0]:.2f}" if measured else ""
        print(f"{row(nodes, found)}  {before}{'' if true else '  RULES OR PROOF BROKEN'}", flush=True)
        kept &= true
        measured.append((nodes, found.processor))
    if len(measured) > 1:
        kept &= power(measured) <= 1
        print(f"seconds of processor grow as nodes to the power of {power(measured):.2f}: no worse than linear is {kept}")
    return 0 if kept else 1


def power(measured: list[tuple[int, float]]) -> float:
    """Return the power of the first that the second grows with, by least squares of the logarithms."""
    return linear_regression(*([log(value) for value in column] for column in zip(*measured, strict=True))).slope


def row(nodes: int, found: Bought) -> str:
    """Write one size."""
    cost = found.costs[-1][2]
    sizes = f"{nodes:7,} {PODS_EACH * nodes:10,} {(cost - found.bound) / cost:7.2%}"
    return f"{sizes} {found.costs[0][0]:6.1f} s {found.seconds:6.1f} s {found.processor:7.1f} s {found.peak_bytes / 2**30:5.2f}"


if __name__ == "__main__":
    sys.exit(main([int(nodes) for nodes in sys.argv[1:]] or list(SIZES)))
