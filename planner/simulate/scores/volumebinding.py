"""The less of a volume, or of the storage that a volume is made of, its claim asks for, the better.

Source: pkg/scheduler/framework/plugins/volumebinding/scorer.go buildScorerFunction, with the shape that
pkg/scheduler/apis/config/v1/defaults.go SetDefaults_VolumeBindingArgs gives where StorageCapacityScoring is on.
"""

from collections.abc import Collection

from planner.simulate.scores import MOST


def score(filled: Collection[tuple[int, int]]) -> int:
    """Score a node by what is asked for and what there is, class by class: the mean, rounded; 0 where there is nothing to say."""
    if not filled:
        return 0
    scores = [MOST - MOST * asked // there if 0 < there >= asked else 0 for asked, there in filled]
    return (2 * sum(scores) + len(scores)) // (2 * len(scores))
