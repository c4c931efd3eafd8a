"""What is left on each node, as a row of numbers: cpu and memory as they are weighed, and what is free of each column.

Cpu and memory that are free stand there twice, and zeros fill a row up to a multiple of eight: so fewer steps read more.
"""

from collections.abc import Iterable

import numpy as np

from planner.simulate.arrays import Flags, Numbers

AT_CPU, AT_MEMORY, AT_PODS = range(3)
WEIGHED = slice(0, 2)
AGAIN = slice(2, 4)
AT_FREE = 4
"""From here on a row says what is free of each column."""
EIGHT = 8
"""The bytes of a number, of which a comparison fills one for each column."""
EIGHT_TRUE = np.uint64(0x0101010101010101)
"""Eight flags as one number: numpy is slow at asking whether all flags of a row are true."""


def rows_of(allocatable: Numbers) -> Numbers:
    """Return the rows of empty nodes."""
    columns, nodes = allocatable.shape
    rows = np.zeros((nodes, -(-(AT_FREE + columns) // EIGHT) * EIGHT), dtype=np.int64)
    rows[:, AT_FREE : AT_FREE + columns] = allocatable.T
    rows[:, AGAIN] = allocatable[:2].T
    return rows


def taken_by(charged: Iterable[tuple[int, int]], adds: tuple[int, int], width: int) -> Numbers:
    """Return what a pod takes of a row; what it is weighed by adds up."""
    taken = np.zeros(width, dtype=np.int64)
    for column, amount in charged:
        taken[AT_FREE + column] = amount
    taken[AGAIN] = taken[AT_FREE : AT_FREE + 2]
    # State subtracts this from a row, and what a node is weighed by grows.
    taken[WEIGHED] = np.negative(adds)
    return taken


def needed_by(asked: Iterable[tuple[int, int]], width: int) -> Numbers:
    """Return what a row must hold at least for these amounts of columns to fit."""
    # The least number there is: nodes may have less than nothing left of a column that the pod does not ask for.
    needed = np.full(width, np.iinfo(np.int64).min, dtype=np.int64)
    for column, amount in asked:
        needed[AT_FREE + column] = max(needed[AT_FREE + column], amount)
    return needed


def holding(rows: Numbers, needed: Numbers) -> Flags:
    """Say which rows hold at least what is needed."""
    eights = (rows >= needed).view(np.uint64)
    good: Flags = eights[..., 0] == EIGHT_TRUE
    for column in range(1, eights.shape[-1]):
        good &= eights[..., column] == EIGHT_TRUE
    return good
