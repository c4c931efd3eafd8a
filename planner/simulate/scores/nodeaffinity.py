"""The heavier the preferred terms that a node matches, the better.

Source: pkg/scheduler/framework/plugins/nodeaffinity/node_affinity.go, pkg/scheduler/framework/plugins/helper/normalize_score.go.
"""

import numpy as np

from planner.simulate.arrays import Numbers
from planner.simulate.scores import MOST


def normalise(raw: Numbers) -> Numbers:
    """Measure raw scores by the highest."""
    # DefaultNormalizeScore leaves scores as they are where the highest is 0.
    return np.asarray(MOST * raw // max(1, int(raw.max())))
