"""The fewer pods of its kind a node's domains hold, the better.

Source: pkg/scheduler/framework/plugins/podtopologyspread/scoring.go.
"""

import math

import numpy as np
import numpy.typing as npt

from planner.simulate.arrays import Flags, Numbers
from planner.simulate.scores import MOST


def part(count: Numbers, max_skew: int, domains: int) -> npt.NDArray[np.float64]:
    """Return what one constraint adds to the raw score of nodes whose domains hold so many pods."""
    return np.asarray(count * math.log(domains + 2) + float(max_skew - 1))


def round_scores(raw: npt.NDArray[np.float64]) -> Numbers:
    """Round halves up, as Go does for what is not negative."""
    return np.floor(raw + 0.5).astype(np.int64)


def normalise(raw: Numbers, ignored: Flags | None = None) -> Numbers:
    """Turn raw scores, where less is better, into scores; nodes that lack a key score 0."""
    judged = raw if ignored is None else raw[~ignored]
    if not len(judged):
        return np.zeros(len(raw), dtype=np.int64)
    lowest, highest = int(judged[judged.argmin()]), int(judged[judged.argmax()])
    # NormalizeScore does not divide by a highest of 0: all are best then.
    all_alike = np.full(len(raw), MOST, dtype=np.int64)
    scores = all_alike if highest == 0 else MOST * (highest + lowest - raw) // highest
    return scores if ignored is None else np.where(ignored, 0, scores)
