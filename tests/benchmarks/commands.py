"""One instance through the command line: files made from a seed, `ringfence plan --time-limit`, then `ringfence verify`.

Usage: python -m tests.benchmarks.commands [INSTANCE] [survive=nodes|survive=zones] [OPTION OF plan...]. The instance is
many-shapes unless said otherwise: 150,000 pods of 2,000 workloads in 8 groups, 5,000 nodes of 8 shapes in three zones. Where
zones are to be survived twice as many nodes are for sale. Time and memory are those of each command.
"""

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tests.benchmarks import manifests
from tests.benchmarks.instances import INSTANCES, missing
from tests.benchmarks.measure import CLI, run

LIMITED = ("--time-limit", "60")
SURVIVE = "survive="
YES, NO, LATE = 0, 1, 3
"""Exit codes of commands that have an answer; `verify` finds what came of the last one sound or undecided, and packings too."""


def said(plan: Path) -> str:
    """Return what a plan answers: verdict, what it costs and at least must cost, and what was not placed."""
    import yaml

    made = yaml.load(plan.read_bytes(), yaml.CBaseLoader)  # noqa: S506  every scalar stays a string
    goals = [f"{goal['name']} {goal['value']} (bound {goal['bound']}, gap {goal['gap']})" for goal in made["goals"]]
    unplaced = sum(int(one["pods"]) for one in made.get("unplaced", []))
    rings = [f"{ring['name']} {ring.get('anyOrder', '')}" for ring in made["rings"]]
    return "\n  ".join([f"{made['verdict']}, {unplaced} pods unplaced, {plan.stat().st_size / 1e6:.1f} MB", *goals, *rings])


def planned(name: str, arguments: Sequence[str], plan: Path) -> bool:
    """Plan with these arguments, say what came of it, and verify it; say whether it agrees."""
    done = run(*CLI, "plan", *arguments, "-o", str(plan), quiet=True)
    print(f"{name} plan: {done}", flush=True)
    if not plan.exists():
        return False
    print(f"  {said(plan)}", flush=True)
    checked = run(*CLI, "verify", str(plan), quiet=True)
    print(f"{name} verify: {checked}", flush=True)
    return checked.code in {YES: (YES, LATE) if "--packing" in arguments else (YES,), NO: (NO,), LATE: (YES, LATE)}.get(
        done.code, ()
    )


def main(name: str, survive: str, options: tuple[str, ...]) -> int:
    """Measure one instance; the exit code says whether `verify` agrees with `plan`."""
    if why := missing(name):
        print(f"{name} skipped: {why}")
        return 0
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        problem = INSTANCES[name]()
        if survive == "zones":
            problem = replace(problem, most=tuple(2 * count for count in problem.most))
        files = manifests.write(problem, folder, survive=survive)
        print(f"{name} {f'that survives {survive} ' * bool(survive)}{' '.join(options)}", flush=True)
        return 0 if planned(name, (*files.arguments(), *options), folder / "plan.yaml") else 1


if __name__ == "__main__":
    given = [one for one in sys.argv[1:] if not one.startswith(SURVIVE)]
    kind = next((one.removeprefix(SURVIVE) for one in sys.argv[1:] if one.startswith(SURVIVE)), "")
    given = given if given and not given[0].startswith("-") else ["many-shapes", *given]
    sys.exit(main(given[0], kind, tuple(given[1:]) or LIMITED))
