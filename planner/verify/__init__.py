"""Counts a plan again from the rules alone, never asking the rooms that made it."""

from collections.abc import Iterable, Iterator

from models.answer.finding import ERROR, Finding
from models.answer.plan import IsolationPlan, Outlook
from planner.rules.placement import placement_validity
from planner.verify import (
    buying,
    choice,
    conflict,
    goals,
    inputs,
    membership,
    pods,
    promise,
    reserves,
    rings,
    separation,
    shared,
    statements,
    steering,
    survive,
    unplaced,
)
from planner.verify.finding import error
from planner.verify.membership import Belonging
from planner.verify.scene import Scene, scene


def verify(plan: IsolationPlan) -> tuple[Finding, ...]:
    """Return everything that is not as the plan says, errors first; nothing where the plan holds."""
    return _sorted(_findings(plan))


def _sorted(found: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(set(found), key=lambda one: (one.severity != ERROR, one.id, one.subject, one.message)))


def before_patch(plan: IsolationPlan) -> tuple[Finding, ...]:
    """Return the errors of what patches are written from, as far as they show without a simulation: it takes no time to look."""
    belongings = _belongings(plan)
    groups = {belongs.group for belongs in belongings.values() if belongs.group}
    found = (*membership.check(plan, belongings), *rings.check(plan, groups), *buying.check(plan))
    return _sorted(one for one in found if one.severity == ERROR)


def packed_losses(plan: IsolationPlan) -> tuple[Outlook, ...]:
    """Return what the rings can lose as the rules have it."""
    return survive.outlooks(stage(plan))


def stage(plan: IsolationPlan) -> Scene:
    """Return the cluster as the plan leaves it."""
    return scene(plan, _belongings(plan))


def _belongings(plan: IsolationPlan) -> dict[str, Belonging]:
    return {str(one.id): membership.belonging(one, plan.policy, plan.cluster) for one in plan.cluster.workloads}


def _findings(plan: IsolationPlan) -> Iterator[Finding]:
    belongings = _belongings(plan)
    yield from inputs.check(plan)
    yield from membership.check(plan, belongings)
    yield from rings.check(plan, {belongs.group for belongs in belongings.values() if belongs.group})
    yield from pods.check(plan, belongings)
    made = scene(plan, belongings)
    for workload, count in made.wanting.items():
        if count:
            why = "A StatefulSet's pod goes where its volume can be reached."
            yield error("stateful-volumes", workload, f"{count} pods are planned where none of its volumes reach", why)
    yield from placement_validity.broken(made.world, made.name)
    yield from shared.check(made, belongings)
    losses = survive.outlooks(made)
    yield from survive.check(made, losses)
    yield from choice.check(plan)
    yield from unplaced.check(made, belongings, bool(survive.unmet(plan, losses) or choice.unmet(plan)))
    yield from goals.check(made)
    yield from separation.check(plan)
    yield from steering.check(made)
    yield from reserves.check(made)
    yield from promise.check(plan)
    yield from buying.check(plan)
    yield from conflict.check(plan)
    yield from statements.check(plan)
