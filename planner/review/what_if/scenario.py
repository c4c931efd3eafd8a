"""Makes the full plan of a changed input, and says what became of it."""

from collections import Counter
from collections.abc import Callable, Iterator

from models.answer.plan import IsolationPlan
from models.answer.review import RingFill, Scenario
from models.frozen_map import FrozenMap
from models.kubernetes.resources import CPU, MEMORY
from models.solver.outcome import COST, FEASIBLE, MILLION
from planner.review.tuning import ReviewTuning
from planner.review.what_if.as_is import holds_as_is, relabelled
from planner.review.what_if.base import PlannedFrom, planned_from
from planner.review.what_if.changes import Change
from planner.view.summary import phrases
from planner.view.summary.answer import node_groups
from planner.view.utilisation import load

EXACT = "exact"
Progress = Callable[[str], None]


def changed_plan(plan: IsolationPlan, change: Change, progress: Progress) -> IsolationPlan:
    """Plan what the change makes of the plan's inputs, in the same way as the plan was made."""
    return plan_of(change.change(plan, planned_from(plan)), plan.packing == EXACT, progress)


def plan_of(given: PlannedFrom, exact: bool, progress: Progress) -> IsolationPlan:
    """Make the full plan of a cluster and a policy."""
    from planner.planning import Wishes, make_plan
    from planner.solve import SearchContext

    wishes = Wishes(exact=exact, any_order=False, objective="")
    return make_plan(given.cluster, given.policy, SearchContext(progress=progress), wishes)


def scenario(change: str, before: IsolationPlan, plan: IsolationPlan, tuning: ReviewTuning) -> Scenario:
    """Say what became of a change to the plan `before`."""
    goal = next((goal for goal in plan.goals if goal.name == COST), None)
    members = plan.trust.members
    short: Counter[str] = Counter()
    for left in plan.unplaced:
        short[members[str(left.workload)].ring] += left.pods
    return Scenario(
        change=change,
        verdict=phrases.headline(plan),
        holds=plan.is_kept,
        nodes=sum(len(ring.nodes) for ring in plan.rings),
        bought=sum(buy.count for ring in plan.rings for buy in ring.buy),
        pods=sum(sum(placement.on.values()) for placement in plan.placements),
        unplaced=sum(left.pods for left in plan.unplaced),
        pending=plan.most_pending,
        cost=round(goal.value * MILLION) if goal else None,
        short=FrozenMap(dict(short)),
        repair=" ".join(filter(None, (node_groups.repair(plan), phrases.repairs(plan)))),
        losses=plan.losses,
        relabelled=relabelled(before, plan),
        as_is=holds_as_is(before, plan, tuning.as_is_work),
        fullest=tuple(_fullest(plan)) if plan.verdict == FEASIBLE and not plan.unplaced else (),
    )


def _fullest(plan: IsolationPlan) -> Iterator[RingFill]:
    """Yield of each ring the resource of which most is requested."""
    for ring in load(plan).rings:
        known = {name: ring.usage[name].share for name in (CPU, MEMORY) if name in ring.usage}
        if known:
            name = max(known, key=lambda name: known[name])
            yield RingFill(ring.name, name, round(known[name] * 1000))
