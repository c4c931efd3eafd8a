"""Asks kube-scheduler: a full plan without the nodes that could go, with some given back until it leaves no pod pending."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace

from models.answer.plan import IsolationPlan
from models.answer.review import Keeper, Removable, Scenario
from planner.review.tuning import ReviewTuning
from planner.review.what_if.changes import Lose
from planner.review.what_if.scenario import changed_plan, scenario
from planner.view.format import natural

SCHEDULER = "kube-scheduler"
NEEDS_ROOM = "by packing it could go, but a full plan without it and others did not hold"


def confirmed(
    plan: IsolationPlan, answers: Mapping[str, Removable], progress: Callable[[str], None], tuning: ReviewTuning
) -> tuple[dict[str, Removable], Scenario | None]:
    """Return what could go so that a full plan without it holds, and that plan; where none was found, by packing alone."""
    pods: Counter[str] = Counter()
    for placement in plan.placements:
        pods.update(placement.on)
    left = {ring: sorted(answer.could_go, key=lambda name: -pods[name]) for ring, answer in answers.items()}
    first: Scenario | None = None
    for attempt in range(tuning.nodes.tries if pods.total() <= tuning.nodes.most_pods else 0):
        gone = tuple(sorted(name for names in left.values() for name in names))
        if not gone:
            break
        progress(f"planning without {len(gone):,} nodes")
        smaller = changed_plan(plan, Lose("node", gone), progress)
        told = scenario(f"without {len(gone):,} nodes", plan, smaller, tuning)
        first = first or told
        if smaller.is_kept:
            return {ring: _with(plan, answer, tuple(sorted(left[ring], key=natural))) for ring, answer in answers.items()}, told
        for ring in _short(smaller, left):
            del left[ring][: 1 << attempt]
    return dict(answers), first


def _short(smaller: IsolationPlan, left: Mapping[str, list[str]]) -> list[str]:
    """Name the rings that lack room in a plan, or all where it is not known which do."""
    members = smaller.trust.members
    lacking = {members[str(pending.workload)].ring for pending in smaller.unplaced}
    lacking |= {ring.name for ring in smaller.rings if ring.grade is not None and ring.grade.is_at_risk}
    return [ring for ring in left if ring in lacking] or list(left)


def _with(plan: IsolationPlan, answer: Removable, gone: tuple[str, ...]) -> Removable:
    price = {node.name: node.price for node in plan.cluster.nodes}
    before = tuple(keeper for keeper in answer.before if keeper.node in gone)
    given_back = (Keeper(name, SCHEDULER, answer.ring, NEEDS_ROOM) for name in answer.could_go if name not in gone)
    keepers = tuple(sorted((*answer.keepers, *given_back), key=lambda keeper: natural(keeper.node)))
    return replace(answer, could_go=gone, saves=sum(price[name] for name in gone), before=before, keepers=keepers)
