"""The curve of cost against sharing: for each number of rings the cheapest way to divide the groups."""

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from models.answer.tradeoff import Point, Tradeoff
from models.solver.outcome import COST, FEASIBLE, INFEASIBLE, UNDECIDED
from planner.errors import BadInput, Fault
from planner.group.evaluate import NODES
from planner.group.tuning import GROUPING, GroupTuning
from planner.wording.choice_reasons import NO_WAY, NOT_FOUND

if TYPE_CHECKING:
    from models.kubernetes.cluster import Cluster
    from models.trust import TrustPolicy
    from planner.group.search import Grouper
    from planner.solve import SearchContext


def curve(cluster: "Cluster", policy: "TrustPolicy", context: "SearchContext", tuning: GroupTuning = GROUPING) -> Tradeoff:
    """Return the curve, from nobody shares to all share who may; the policy's maxRings marks points, and leaves none out."""
    from planner.group.search import Grouper, estimating

    grouper = Grouper(estimating(cluster, policy, context, COST, tuning))
    fewest = grouper.fewest()
    if not fewest.chosen:
        reason = f"{NO_WAY}, so that there is no way to divide the groups" if fewest.none else NOT_FOUND
        raise BadInput([Fault(policy.where, "spec.ringNodes", reason, "change the limits")])
    points = [
        _Curve(grouper, policy).point(rings) for rings in range(len(grouper.estimator.trust.groups), len(fewest.chosen) - 1, -1)
    ]
    unit = COST if grouper.estimator.is_priced else NODES
    return Tradeoff(policy.name, unit, tuple(points), policy.max_rings)


@dataclass(frozen=True, slots=True)
class _Curve:
    grouper: "Grouper"
    policy: "TrustPolicy"

    def point(self, rings: int) -> Point:
        """Return the cheapest way found to have so many rings."""
        from planner.group.search import Search
        from planner.solve.exact.set_partition import SetPartition

        grouper, estimator = self.grouper, self.grouper.estimator
        work = estimator.tuning.cover_work
        covers = SetPartition(grouper.sets, grouper.costs(), fewest=rings, most=rings, work=work)
        search = Search(estimator, grouper.sets, covers)
        best = search.run(estimator.tuning.ways_per_count)
        allowed = self.policy.max_rings is None or rings <= self.policy.max_rings
        pairs = sum(1 for ring in best.trust.rings for _ in combinations(ring.groups, 2))
        if best.verdict != FEASIBLE:
            verdict = INFEASIBLE if search.whole and grouper.whole else UNDECIDED
            return Point(best.trust.rings, pairs, verdict, allowed=allowed)
        goal = estimator.goal(best.value, grouper.least(search))
        return Point(best.trust.rings, pairs, FEASIBLE if goal else UNDECIDED, goal, allowed)
