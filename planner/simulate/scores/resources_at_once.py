"""NodeResourcesFit and NodeResourcesBalancedAllocation together, in as few steps as can be: the same numbers, to the last bit.

What is divided here as floating-point numbers, and then rounded down, is below 2**53: so no quotient is rounded up to a whole.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from planner.simulate.arrays import Numbers
from planner.simulate.scores import MOST

Fractions = npt.NDArray[np.float64]
LARGEST = 2**46
"""A fact of floating point: a hundred times as much is still below 2**53."""
# Arrays, as numpy would convert a number of Python's anew in every step.
ZERO, ONE, MINUS_HALF, ALL = np.array(0.0), np.array(1.0), np.array(-0.5), np.array(float(MOST))
MIDDLE, BIT = np.array(MOST // 2), np.array(1)


def scores(rows: Numbers, minuend: Numbers, divisor: Fractions, by_change: bool) -> Numbers:
    """Score nodes of which each has cpu and memory, for a pod that asks for either.

    A row has cpu and memory as they are weighed, as they are free, and once more; taken from the `minuend` that is what would be
    left with the pod, what would be used with it, and what is used without.
    """
    parts = (minuend - rows).astype(np.float64)
    np.maximum(parts, ZERO, out=parts)
    left, shares = parts[..., :2], parts[..., 2:]
    left *= ALL
    parts /= divisor
    least = left.astype(np.int64)
    np.minimum(shares, ONE, out=shares)
    uneven = np.abs(shares[..., ::2] - shares[..., 1::2])
    uneven *= MINUS_HALF
    uneven += ONE
    uneven *= ALL
    balance = uneven.astype(np.int64)
    fit = least[..., 0] + least[..., 1]
    fit >>= BIT
    if not by_change:
        fit += balance[..., 0]
        return fit
    gain = balance[..., 0] - balance[..., 1]
    gain += MIDDLE
    gain >>= BIT
    gain += MIDDLE
    fit += gain
    return fit


def score(row: Sequence[int], adds: Sequence[int], there: tuple[int, int], by_change: bool) -> int:
    """Score one node, where the minuend is what is there and what is added to it."""
    cpus, memories = there
    cpu, memory = cpus + adds[0] - row[0], memories + adds[1] - row[1]
    fit = ((MOST * cpu // cpus if cpu > 0 else 0) + (MOST * memory // memories if memory > 0 else 0)) // 2
    after = _balance((cpus + adds[2] - row[2]) / cpus, (memories + adds[3] - row[3]) / memories)
    if not by_change:
        return fit + after
    before = _balance((cpus - row[4]) / cpus, (memories - row[5]) / memories)
    return fit + MOST // 2 + (MOST // 2 + after - before) // 2


def _balance(first: float, second: float) -> int:
    if first > 1.0 or second > 1.0:
        first, second = min(first, 1.0), min(second, 1.0)
    return int((1 - abs((first - second) / 2)) * MOST)
