"""The curve of cost against sharing: what the policy permits, and what more trust would save."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations

from models.answer.plan import IsolationPlan
from models.answer.tax import Range, Sharing, SharingPoint, Tax
from models.solver.outcome import MILLION, Goal
from models.trust import Survive, TrustPolicy
from planner.errors import BadInput
from planner.review.money.tax import NODES, Measure
from planner.review.tuning import ReviewTuning
from planner.review.what_if.base import planned_from

Progress = Callable[[str], None]
Sets = tuple[tuple[str, ...], ...]
Key = frozenset[tuple[str, ...]]


def sharing(plan: IsolationPlan, tax: Tax | None, progress: Progress, tuning: ReviewTuning) -> Sharing | None:
    """Return the curve, counted as the tax is: of packings, with node groups whole, and without regard to losses.

    None where there is no tax, nothing to share, or too much to ask.
    """
    most, groups = tuning.sharing, tuple(group.name for group in plan.trust.groups)
    pods = sum(placement.pods for placement in plan.placements)
    if tax is None or not 1 < len(groups) <= most.most_groups or pods > most.most_pods:
        return None
    is_free = len(groups) <= most.free_groups
    if not is_free and not plan.trust.sharing:
        return None
    progress("what sharing saves")
    own = replace(plan.policy, survive=Survive())
    open_to_all = replace(own, may_share=(*own.may_share, groups))
    points: dict[Key, SharingPoint] = {}
    for policy in (own, open_to_all) if is_free else (own,):
        for key, point in _Curve(plan, policy, tax, tuning).points(progress):
            points.setdefault(key, point)
    return Sharing(tax.unit, tuple(points.values())) if points else None


@dataclass(frozen=True, slots=True)
class _Curve:
    """The ways to divide the groups of a plan that a policy permits, which may permit more than the plan's own."""

    plan: IsolationPlan
    policy: TrustPolicy
    tax: Tax
    tuning: ReviewTuning

    def points(self, progress: Progress) -> Iterator[tuple[Key, SharingPoint]]:
        """Yield the cheapest way that was found to have each number of rings."""
        from planner.group.tradeoff import curve
        from planner.solve import SearchContext

        try:
            ways = curve(planned_from(self.plan).cluster, self.policy, SearchContext(progress=progress), self.tuning.sharing.ways)
        except BadInput:
            return
        for way in ways.points:
            sets = tuple(ring.groups for ring in way.rings)
            shared = tuple(" + ".join(groups) for groups in sets if len(groups) > 1)
            comes_to = self._whole(sets, way.goal) if way.goal else None
            yield frozenset(sets), SharingPoint(len(sets), way.pairs, shared, comes_to, self._is_permitted(sets))

    def _is_permitted(self, sets: Sets) -> bool:
        friends = {frozenset(pair) for pair in self.plan.trust.sharing}
        together = {frozenset(pair) for groups in sets for pair in combinations(groups, 2)}
        most = self.plan.policy.max_rings
        return together <= friends and (most is None or len(sets) <= most)

    def _whole(self, sets: Sets, goal: Goal) -> Range | None:
        """Return what a way comes to with node groups whole; the bound is of every way, even of those that divide them."""
        scale = 1 if self.tax.unit == NODES else MILLION
        known = Range(round(goal.value * scale), round(goal.bound * scale))
        if not self.tax.whole:
            return known
        measured = Measure(self.tax.unit != NODES, self.tuning.tax).divided(self.plan, self.policy, sets)
        return measured and Range(measured.value, min(measured.value, known.bound))
