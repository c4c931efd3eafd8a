"""How long a plan takes at the size and fill that most clusters have: python -m tests.benchmarks.everyday [--seeds N].

Random clusters of 30 to 40 nodes, 50 to 85 % full, with every feature; the quickstart sample; a small purchase; and clusters that
are too small for what is asked. A line for each says seconds of processor, how often a fixed loop runs in that time (so that a
busy machine does not matter), the exit code and what the plan says first.
"""

import argparse
import statistics
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.benchmarks import everyday_cases
from tests.benchmarks.measure import CLI, ROOT, Run, run
from tests.benchmarks.simulate_speed import calibration, seconds

SEEDS = 24
QUICKSTART = "quickstart"


def cases(seeds: int, only: str, folder: Path) -> Iterator[tuple[str, Path]]:
    """Write each case, and yield its name and folder."""
    yield from ((QUICKSTART, ROOT / "samples" / QUICKSTART) for _ in range(only in ("", QUICKSTART)))
    drawn = {f"seed {seed}": partial(everyday_cases.random, seed) for seed in range(seeds)}
    for name, write in {**everyday_cases.CASES, **drawn}.items():
        if only in ("", name):
            write(folder / name)
            yield name, folder / name


def planned(case: Path, plan: Path) -> Run:
    """Plan once. A random cluster's platform is among its workloads, so they are believed."""
    kind = "json" if (case / "nodes.json").exists() else "yaml"
    workloads, nodes, policy = (str(case / f"{name}.{kind}") for name in ("workloads", "nodes", "trust"))
    believed = ("--nodes", workloads) if kind == "json" else ()
    return run(*CLI, "plan", workloads, "--nodes", nodes, *believed, "--policy", policy, "-o", str(plan), quiet=True)


def grade(plan: Path) -> str:
    """Return the verdict of a plan and what is known of each of its rings; nothing where none was written."""
    import yaml

    if not plan.exists():
        return "no plan"
    made = yaml.load(plan.read_bytes(), yaml.CBaseLoader)  # noqa: S506  every scalar stays a string
    rings = "; ".join(f"{ring['name']} {ring.get('anyOrder', '-')}" for ring in made["rings"])
    return f"{made['verdict']}: {rings}"


def main() -> None:
    """Measure all cases, and sum up the random ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--only", default="", metavar="NAME")
    given = parser.parse_args()
    times = []
    with tempfile.TemporaryDirectory() as made:
        for name, case in cases(given.seeds, given.only, Path(made)):
            unit, plan = seconds(calibration), Path(made) / f"{name}.plan.yaml"
            done = planned(case, plan)
            times += [done.cpu] if name.startswith("seed") else []
            print(f"{name:16} {done.cpu:7.2f} s {done.cpu / unit:8,.0f} loops, exit code {done.code}, {grade(plan)}", flush=True)
    if times:
        print(f"{len(times)} random clusters: median {statistics.median(times):.1f} s, most {max(times):.1f} s")


if __name__ == "__main__":
    main()
