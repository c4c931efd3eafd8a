"""The fewer pods of its kind a node's domains hold, the better.

Source: pkg/scheduler/framework/plugins/podtopologyspread/scoring.go.
"""

import math
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from planner.simulate.scheduler.nodes import Flags, Numbers
from planner.simulate.scores import MOST

KNOWN = 1_000
"""Up to this raw score tables are kept of what raw scores become: looking up is faster than multiplying and dividing."""


def part(count: Numbers, max_skew: int, domains: int) -> npt.NDArray[np.float64]:
    """Return what one constraint adds to the raw score of nodes whose domains hold so many pods."""
    return np.asarray(count * math.log(domains + 2) + float(max_skew - 1))


def rounded(raw: npt.NDArray[np.float64]) -> Numbers:
    """Round halves up, as Go does for what is not negative."""
    return np.floor(raw + 0.5).astype(np.int64)


def normalise(raw: Numbers, ignored: Flags | None = None) -> Numbers:
    """Turn raw scores, where less is better, into scores; nodes that lack a key score 0."""
    judged = raw if ignored is None else raw[~ignored]
    if not len(judged):
        return np.zeros(len(raw), dtype=np.int64)
    lowest, highest = int(judged[judged.argmin()]), int(judged[judged.argmax()])
    scores = _known(lowest, highest).take(raw, mode="clip") if highest <= KNOWN else _normalised(raw, lowest, highest)
    return scores if ignored is None else np.where(ignored, 0, scores)


@lru_cache(maxsize=KNOWN)
def _known(lowest: int, highest: int) -> Numbers:
    return _normalised(np.arange(highest + 1, dtype=np.int64), lowest, highest)


def _normalised(raw: Numbers, lowest: int, highest: int) -> Numbers:
    return np.asarray(MOST * (highest + lowest - raw) // highest) if highest else np.full(len(raw), MOST, dtype=np.int64)
