"""The more of the pods that this one would be near to, or that would have it near, are around, the better.

Source: pkg/scheduler/framework/plugins/interpodaffinity/scoring.go.
"""

import numpy as np

from planner.simulate.arrays import Numbers
from planner.simulate.scores import MOST


def normalise(raw: Numbers) -> Numbers:
    """Stretch raw scores from 0 to 100; all 0 where they are alike."""
    lowest, highest = int(raw[raw.argmin()]), int(raw[raw.argmax()])
    if highest == lowest:
        return np.zeros(len(raw), dtype=np.int64)
    # Divided first, and as floats, as NormalizeScore does: in whole numbers some scores would be a point off.
    return (float(MOST) * ((raw - lowest).astype(np.float64) / float(highest - lowest))).astype(np.int64)
