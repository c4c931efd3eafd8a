"""The fewer PreferNoSchedule taints a node has that the pod does not tolerate, the better.

Source: pkg/scheduler/framework/plugins/{tainttoleration/taint_toleration.go,helper/normalize_score.go}.
"""

import numpy as np

from planner.simulate.arrays import Numbers
from planner.simulate.scores import MOST


def normalise(raw: Numbers) -> Numbers:
    """Measure the counts of such taints by the highest, the other way round."""
    # Where no node has such a taint DefaultNormalizeScore gives all of them the most.
    return np.asarray(MOST - MOST * raw // max(1, int(raw.max())))
