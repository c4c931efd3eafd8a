"""The capacity review: what a plan says of each ring's room, nodes that could go, the price of isolation, and what if."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from models.answer.plan import IsolationPlan
from models.answer.review import Review, Scenario
from planner.review.tuning import REVIEWING, ReviewTuning

if TYPE_CHECKING:
    from models.answer.review import Growth, Removable, RingReview
    from planner.review.nodes.runway import Rate
    from planner.review.trend import Named
    from planner.review.usage.known import Known
    from planner.review.what_if.changes import Change

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked of a plan: changes to plan for, whether the solver is asked at all, and which plans there were before.

    `name` is what the plan is called among those. `known` is what is known of use, and `rates` say how fast who grows per month.
    """

    changes: "tuple[Change, ...]" = ()
    quick: bool = False
    before: "tuple[Named, ...]" = ()
    name: str = ""
    known: "Known | None" = None
    rates: "tuple[Rate, ...]" = ()


def review(plan: IsolationPlan, questions: Questions, progress: Progress, tuning: ReviewTuning = REVIEWING) -> Review:
    """Review a plan. Who wants it quick is told what can be counted, and nothing that has to be solved."""
    from planner.review.capacity.rings import review_rings
    from planner.review.groups import groups, residents
    from planner.review.limits import limits
    from planner.review.money.charges import charges
    from planner.review.trend import difference, trend
    from planner.review.usage.beside import usage
    from planner.verify import stage
    from planner.view.summary import phrases
    from planner.view.summary.answer import add_ons
    from planner.view.utilisation import load

    progress("counting what is taken and free")
    numbers = load(plan)
    rings, nodes = review_rings(plan, stage(plan).world, numbers, tuning.room)
    answer = Review(
        name=plan.name,
        verdict=plan.verdict,
        headline=phrases.headline(plan),
        holds=plan.is_kept,
        levels=plan.policy.levels,
        priced=any(node.price for node in plan.cluster.nodes),
        rings=rings,
        nodes=nodes,
        charges=charges(plan, rings, nodes),
        limits=tuple(limits(plan, questions.known)),
        groups=groups(plan),
        residents=residents(numbers),
        quick=questions.quick,
        usage=usage(plan, rings, nodes, questions.known) if questions.known else None,
        add_ons=add_ons.decision(plan),
    )
    plans = (*questions.before, (questions.name, plan))
    answer = replace(answer, trend=trend(plans), difference=difference(plans))
    answer = answer if questions.quick else _solved(plan, answer, questions.rates, progress, tuning)
    return replace(answer, scenarios=tuple(_scenarios(plan, questions.changes, progress, tuning)))


def _scenarios(plan: IsolationPlan, changes: "Iterable[Change]", progress: Progress, tuning: ReviewTuning) -> Iterable[Scenario]:
    from planner.review.money.saving import saving
    from planner.review.what_if.changes import COMPARED
    from planner.review.what_if.scenario import changed_plan, scenario

    for change in changes:
        progress(f"planning: {change.name}")
        changed = changed_plan(plan, change, progress)
        saves = saving(plan, changed, tuning.tax) if isinstance(change, COMPARED) else ""
        yield replace(scenario(change.name, plan, changed, tuning), saves=saves)


def _solved(plan: IsolationPlan, answer: Review, rates: "Sequence[Rate]", progress: Progress, tuning: ReviewTuning) -> Review:
    """Add what the solver has to be asked: nodes that could go, and what isolation costs."""
    from planner.audit.rebuild import rebuild
    from planner.review.money.sharing import sharing
    from planner.review.money.tax import tax
    from planner.review.nodes.confirm import confirmed
    from planner.review.nodes.growth import growth
    from planner.review.nodes.removable import removable

    answers = removable(plan, rebuild(plan), progress, tuning.nodes)
    answers, without = confirmed(plan, answers, progress, tuning)
    gone = {name for least in answers.values() for name in least.could_go}
    cost = tax(plan, progress, tuning.tax)
    return replace(
        answer,
        rings=tuple(_with_answers(answer.rings, answers, growth(plan, progress, tuning.nodes), rates)),
        nodes=tuple(replace(node, could_go=node.name in gone) for node in answer.nodes),
        without=without,
        tax=cost,
        sharing=sharing(plan, cost, progress, tuning),
    )


def _with_answers(
    rings: "Iterable[RingReview]", answers: "dict[str, Removable]", grown: "dict[str, Growth]", rates: "Sequence[Rate]"
) -> "Iterator[RingReview]":
    from planner.review.nodes.runway import runway

    for ring in rings:
        told = replace(ring, removable=answers.get(ring.name), growth=grown.get(ring.name))
        yield replace(told, runway=runway(told, rates))
