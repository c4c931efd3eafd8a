"""The smallest load that can block a node: sums of whole pods, not any amount.

A node lacks room for a pod where the others hold more than `room` of a resource; the least that they can hold then is the
smallest sum of their requests above it.
"""

from collections import Counter
from collections.abc import Iterator
from math import gcd

import numpy as np

from planner.simulate.arrays import Numbers
from planner.simulate.tuning import ProofTuning

NEVER = 1 << 60
"""No number to set, more than any node has: no load of these pods blocks."""


class Sums:
    """The amounts of one resource that pods with these requests can hold together, up to `most`.

    All sums are known if they are multiples of one amount that is not too small, or few; else every multiple counts as one.
    """

    def __init__(self, requests: Numbers, pods: Numbers, most: int, tuning: ProofTuning) -> None:
        sizes = Counter[int]()
        for size, count in zip(requests.tolist(), pods.tolist(), strict=True):
            if 0 < size <= most and count:
                sizes[size] += count
        self.step = gcd(*sizes) if sizes else 0
        self.most = min(most, sum(size * count for size, count in sizes.items()))
        self._sums = self._all(sizes, tuning) if self.step else None

    def _all(self, sizes: Counter[int], tuning: ProofTuning) -> Numbers | None:
        """Add the pods one doubling at a time to the set of sums."""
        parts = [part for size, count in sorted(sizes.items()) for part in _doublings(size, min(count, self.most // size))]
        if self.most // self.step <= tuning.finest:
            return self._dense(parts)
        sums = {0}
        for part in parts:
            sums |= {known + part for known in sums if known + part <= self.most}
            if len(sums) > tuning.sparse:
                return None
        return np.array(sorted(sums), np.int64)

    def _dense(self, parts: list[int]) -> Numbers:
        """Keep the sums as the bits of a number."""
        last = self.most // self.step
        bits, mask = 1, (1 << (last + 1)) - 1
        for part in parts:
            # Bit n says that n steps can be held: one shift adds the part to all sums at once.
            bits |= (bits << (part // self.step)) & mask
        flags = np.frombuffer(bits.to_bytes(last // 8 + 1, "little"), np.uint8)
        return np.flatnonzero(np.unpackbits(flags, bitorder="little")).astype(np.int64) * self.step

    def above(self, room: Numbers) -> Numbers:
        """Return the smallest sum above each amount, NEVER where none is (or none up to `most`)."""
        if not self.step:
            return np.full_like(room, NEVER)
        if self._sums is None:
            next_up = (room // self.step + 1) * self.step
        else:
            next_up = np.append(self._sums, NEVER)[np.searchsorted(self._sums, room, side="right")]
        return np.where(next_up > self.most, NEVER, next_up)


def _doublings(size: int, count: int) -> Iterator[int]:
    """Yield multiples of the size, such that some of them add up to every multiple up to `count`."""
    part = 1
    while count:
        part = min(part, count)
        yield size * part
        count -= part
        part *= 2
