"""Change inputs and plans at random, thousands of them, and see that each is answered or refused: `make fuzz`.

Nothing may end in a traceback, and nothing take more than a case may (tests/fuzz/cases.py). What goes wrong is printed with the
seed and the name of its case, and its files are kept; `python -m tests.fuzz --seed SEED --case input-17` runs it once more.
"""

import argparse
import secrets
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path

from tests.fuzz.cases import INPUT, PLAN, files_of
from tests.fuzz.workers import results

KEPT = Path("build/fuzz")
ENOUGH = 100
"""After so many failures the run ends: most are the same."""
EXITS = {
    "refused": 2, "refused once planned": 2, "feasible": 0, "infeasible": 1, "undecided": 3,
    "plan refused": 2, "plan denied": 1, "plan taken": 0,
}  # fmt: skip
"""What each ending is to the shell."""


def _keep(seed: int, case: str) -> str:
    """Write the files of a case, and return where."""
    folder = KEPT / f"{seed}-{case}"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files_of(seed, case).items():
        (folder / f"{name}.yaml").write_bytes(text)
    return str(folder)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="without it a new one, which is printed")
    parser.add_argument("--inputs", type=int, default=20_000)
    parser.add_argument("--plans", type=int, default=5_000)
    parser.add_argument("--case", help="run this one alone: input-N or plan-N")
    return parser.parse_args()


def main() -> int:
    """Run all cases; return 1 if any failed, or was left out."""
    asked = _arguments()
    names = [f"{kind}-{n}" for kind, most in ((INPUT, asked.inputs), (PLAN, asked.plans)) for n in range(most)]
    names = [asked.case] if asked.case else names
    print(f"seed {asked.seed}: {len(names):,} cases", flush=True)
    ends, failures, done = Counter[str](), 0, 0
    with suppress(KeyboardInterrupt):  # what was done until then counts
        for case, (became, wrong) in results(asked.seed, iter(names)):
            ends, done = ends + became, done + 1
            if wrong:
                failures += 1
                print(f"\nseed {asked.seed}, {case}: {wrong}its files are in {_keep(asked.seed, case)}", flush=True)
            if done % 1000 == 0:
                print(f"{done:,} done, {failures} failed", flush=True)
            if failures == ENOUGH:
                break
    print(f"\nseed {asked.seed}: {done:,} of {len(names):,} cases")
    for name, count in sorted(ends.items()):
        print(f"  {name:<22}{count:>7,}" + (f"   exit {EXITS[name]}" if name in EXITS else ""))
    print("each was answered or refused" if not failures else f"{failures} went wrong: see above")
    return int(failures > 0 or done < len(names))


if __name__ == "__main__":
    sys.exit(main())
