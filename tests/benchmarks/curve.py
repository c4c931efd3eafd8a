"""How time grows with nodes, at fixed workloads: 2,000 workloads in 8 groups, 30 pods for each node, from 500 to 50,000 nodes.

Usage: python -m tests.benchmarks.curve [NODES...]. Each size runs in a process of its own and is asked for a gap of 1 %. The claim is
that time grows no worse than linearly, by processor seconds: the clock would measure the neighbours too.
"""

import pickle
import subprocess
import sys
import tempfile
from pathlib import Path

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
    return found, found.proven and not found.unplaced and not list(flaws(problem, found.answer))


def main(sizes: list[int]) -> int:
    """Print the curve; the exit code says whether the claim holds from the first size to the last, and between any two."""
    print(
        f"{'nodes':>7} {'pods':>10} {'gap':>7} {'first':>8} {'all':>8} {'processor':>9} {'GiB':>5}  processor's growth against nodes'"
    )
    measured: list[tuple[int, float]] = []
    kept = True
    for nodes in sizes:
        with tempfile.TemporaryDirectory() as folder:
            found, true = bought(nodes, Path(folder))
        cost = found.costs[-1][2]
        growth = f"x {found.processor / measured[-1][1]:.2f} for x {nodes / measured[-1][0]:.2f}" if measured else ""
        print(
            f"{nodes:7,} {PODS_EACH * nodes:10,} {(cost - found.bound) / cost:7.2%} {found.costs[0][0]:6.1f} s {found.seconds:6.1f} s "
            f"{found.processor:7.1f} s {found.peak_bytes / 2**30:5.2f}  {growth}{'' if true else '  RULES OR PROOF BROKEN'}",
            flush=True,
        )
        kept &= true and all(found.processor <= seconds * nodes / before for before, seconds in measured)
        measured.append((nodes, found.processor))
    print(f"no worse than linear: {'yes' if kept else 'NO'}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main([int(nodes) for nodes in sys.argv[1:]] or list(SIZES)))
