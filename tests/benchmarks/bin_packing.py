"""Vector bin packing: few pods, none like another, on one shape. Cost beside the bound that is proven, and first fit decreasing.

`python -m tests.benchmarks.bin_packing [INSTANCES] [SECONDS]`; without seconds nothing hangs on the machine.
"""

import random
import sys
import time
from collections import Counter
from collections.abc import Sequence

from models.solver.problem import Offer, PodClass, Problem
from planner.solve import Budget, Deadline, SearchContext, purchase

ROOM, PRICE = 1000, 1_000_000
SIZES = ((100, 400), (1, 1000), (200, 800), (50, 250))
"""The least and the most that a pod asks of each resource, in turn."""
Pods = list[tuple[int, ...]]


def drawn(seed: int) -> Pods:
    """Draw 60 to 222 pods with 2 to 4 resources."""
    rng = random.Random(seed)
    count, (least, most) = rng.randint(60, 222), SIZES[seed % len(SIZES)]
    return [tuple(rng.randint(least, most) for _ in range(2 + seed % 3)) for _ in range(count)]


def problem(pods: Pods) -> Problem:
    """Offer nodes of one shape."""
    alike = sorted(Counter(pods).items())
    classes = tuple(PodClass(f"pod-{at:03}", 0, count, (*asked, 1), (), offers=(0,)) for at, (asked, count) in enumerate(alike))
    width = len(pods[0])
    offers = (Offer("shape@zone", (*(ROOM,) * width, len(pods)), (0,), PRICE, 0),)
    return Problem((*(f"r{k}" for k in range(width)), "pods"), ("ring",), classes, (), offers=offers, most=(len(pods),))


def first_fit_decreasing(pods: Pods) -> int:
    """Return the fewest nodes that it takes by any of three measures of size."""
    sizes = (max, sum, lambda asked: sum(each**2 for each in asked))
    return min(_first_fit(sorted(pods, key=size, reverse=True)) for size in sizes)


def _first_fit(pods: Sequence[tuple[int, ...]]) -> int:
    nodes: Pods = []
    for asked in pods:
        fits = (n for n, free in enumerate(nodes) if all(have >= want for have, want in zip(free, asked, strict=True)))
        at = next(fits, len(nodes))
        free = nodes[at] if at < len(nodes) else (ROOM,) * len(asked)
        nodes[at : at + 1] = [tuple(have - want for have, want in zip(free, asked, strict=True))]
    return len(nodes)


def main(instances: int = 24, seconds: float | None = None) -> None:
    """Print a line for each instance, and in the end how many were proven, dearer than first fit, and how far above the bound."""
    proven = dearer = 0
    above = []
    for seed in range(instances):
        pods = drawn(seed)
        before = time.process_time()
        bought = purchase(problem(pods), SearchContext(Budget(patient=seconds is not None), Deadline(seconds)))
        spent, cost, bound, plain = (
            time.process_time() - before,
            bought.cost // PRICE,
            bought.bound // PRICE,
            first_fit_decreasing(pods),
        )
        proven, dearer = proven + (cost == bound), dearer + (cost > plain)
        above.append((cost - bound) / bound)
        print(
            f"{seed:3} {len(pods):4} pods {len(pods[0])} resources: {cost}, at least {bound}, first fit {plain}; {spent:.1f} s",
            flush=True,
        )
    print(f"of {instances}: proven {proven}, dearer than first fit {dearer}, above {sum(above) / instances:.1%} in the mean")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]), *map(float, sys.argv[2:3]))
