"""How long --version and --help take, against Python that does nothing: 3x and 12x are the limits."""

import sys
from statistics import median

from measure import CLI, run

TIMES = 15


def seconds(*command: str) -> float:
    """Return the median processor time of a command; wall-clock time would measure the neighbours too."""
    return median(run(*command, quiet=True).cpu for _ in range(TIMES))


def main() -> int:
    """Print both ratios; the exit code says whether they keep the limits."""
    bare = seconds(sys.executable, "-c", "pass")
    print(f"python -c pass: {bare * 1000:.0f} ms")
    kept = True
    for option, limit in (("--version", 3), ("--help", 12)):
        took = seconds(*CLI, option)
        kept &= took <= limit * bare
        print(f"{option}: {took * 1000:.0f} ms, {took / bare:.1f}x (limit {limit}x)")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
