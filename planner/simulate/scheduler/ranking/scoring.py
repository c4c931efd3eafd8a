"""Which of the nodes that could take a pod kube-scheduler likes best.

Source: pkg/scheduler/schedule_one.go prioritizeNodes, numFeasibleNodesToFind; pkg/scheduler/framework/runtime/framework.go
RunScorePlugins. Identical pods would share their scores (OpportunisticBatching) only under a profile without default spread
constraints, which the default profile has.
"""

from collections.abc import Iterator

import numpy as np

from planner.simulate.arrays import Numbers
from planner.simulate.scheduler.cluster_state import State
from planner.simulate.scheduler.filters import count_at
from planner.simulate.scheduler.ranking.node_rows import AT_CPU, AT_MEMORY
from planner.simulate.scheduler.rulebook import Rules
from planner.simulate.scores import (
    WEIGHTS,
    interpodaffinity,
    nodeaffinity,
    noderesourcesbalancedallocation,
    noderesourcesfit,
    podtopologyspread,
    tainttoleration,
)

ENOUGH = 100
"""kube-scheduler's own: fewer nodes than this are all looked at."""


def nodes_to_score(nodes: int) -> int:
    """Return how many nodes that fit are enough for kube-scheduler to stop looking."""
    if nodes < ENOUGH:
        return nodes
    return max(ENOUGH, nodes * max(5, 50 - nodes // 125) // 100)


def sample(fitting: Numbers, start: int, nodes: int) -> tuple[Numbers, int]:
    """Return those of the fitting nodes that are scored, looking from `start` on, and where the next pod's look begins."""
    enough = nodes_to_score(nodes)
    if len(fitting) <= enough:
        return fitting, start
    first = int(np.searchsorted(fitting, start))
    turned = np.concatenate((fitting[first:], fitting[:first]))
    # kube-scheduler stops at the first node that fits beyond those, and begins there next time.
    return turned[:enough], int(turned[enough])


def total(state: State, rules: Rules, nodes: Numbers, by_change: bool = True) -> Numbers:
    """Return the weighted sum of all scores."""
    scored = np.zeros(len(nodes), dtype=np.int64)
    for name, scores in parts(state, rules, nodes, by_change):
        scored += WEIGHTS[name] * scores
    return scored


def parts(state: State, rules: Rules, nodes: Numbers, by_change: bool = True) -> Iterator[tuple[str, Numbers]]:
    """Yield the score of each plug-in that tells these nodes apart."""
    wishes = rules.wishes
    yield from resources(state, rules, nodes, by_change)
    if wishes.spread:
        yield "PodTopologySpread", _spread(state, rules, nodes)
    if wishes.pulls:
        yield "InterPodAffinity", interpodaffinity.normalise(_pulls(state, rules, nodes))
    if wishes.preferred is not None:
        yield "NodeAffinity", nodeaffinity.normalise(wishes.preferred[nodes])
    if wishes.shunned is not None:
        yield "TaintToleration", tainttoleration.normalise(wishes.shunned[nodes])
    if wishes.stored is not None:
        yield "VolumeBinding", wishes.stored[nodes]


def resources(state: State, rules: Rules, nodes: Numbers, by_change: bool) -> Iterator[tuple[str, Numbers]]:
    """Yield the scores that hang on what the nodes have left."""
    wishes, allocatable = rules.wishes, state.book.allocatable
    there = (allocatable[AT_CPU, nodes], allocatable[AT_MEMORY, nodes])
    requested = [state.weighed[row, nodes] + asks for row, asks in enumerate(wishes.asks)]
    yield "NodeResourcesFit", noderesourcesfit.score(requested, there)
    # BalancedAllocation skips pods that request nothing of what it weighs (PreScore).
    if any(rules.real):
        used = state.requests_on(nodes)
        yield "NodeResourcesBalancedAllocation", noderesourcesbalancedallocation.score(used, rules.real, there, by_change)


def _spread(state: State, rules: Rules, nodes: Numbers) -> Numbers:
    ignored = None if rules.wishes.lacking is None else rules.wishes.lacking[nodes] > 0
    judged = len(nodes) if ignored is None else int((~ignored).sum())
    raw = np.zeros(len(nodes), dtype=np.float64)
    for soft in rules.wishes.spread:
        look = soft.count.look[nodes]
        size = judged
        if not soft.by_node:
            # One more than the domain, as NOWHERE is -1: nodes without the label count as a domain of their own.
            size = int(np.count_nonzero(np.bincount((look if ignored is None else look[~ignored]) + 1)))
        added = podtopologyspread.part(count_at(state, soft.count, nodes), soft.max_skew, size)
        raw += np.where(look >= 0, added, 0.0)
    return podtopologyspread.normalise(podtopologyspread.round_scores(raw), ignored)


def _pulls(state: State, rules: Rules, nodes: Numbers) -> Numbers:
    raw = np.zeros(len(nodes), dtype=np.int64)
    for count, weight in rules.wishes.pulls:
        raw += weight * count_at(state, count, nodes)
    return raw
