"""Counts a plan again from the rules alone, never asking the rooms that made it."""

from collections.abc import Iterable, Iterator

from models.answer.finding import ERROR, Finding, FindingCode
from models.answer.plan import IsolationPlan, Outlook, Reserve
from planner.rules.placement import placement_validity
from planner.verify import inputs, statements
from planner.verify.finding import error
from planner.verify.numbers import buying, goals, grades, promise, redundancy
from planner.verify.pods import accounting, conflict, hints, reservations, unplaced
from planner.verify.rings import choice, division, membership, node_groups, separation, shared_residents
from planner.verify.rings.membership import Belonging
from planner.verify.state import Scene, scene_of
from planner.wording.findings import order


def verify(plan: IsolationPlan) -> tuple[Finding, ...]:
    """Return everything that is not as the plan says, errors first; nothing where the plan holds."""
    return _sorted(_findings(plan))


def _sorted(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sort them as they are read, the worst first."""
    return tuple(sorted(set(findings), key=lambda finding: (finding.severity != ERROR, *order(finding))))


def before_patch(plan: IsolationPlan) -> tuple[Finding, ...]:
    """Return the errors of what patches are written from, as far as they show without a simulation: it takes no time to look."""
    belongings = _belongings(plan)
    groups = {belongs.group for belongs in belongings.values() if belongs.group}
    findings = (*membership.check(plan, belongings), *division.check(plan, groups), *node_groups.check(plan))
    findings = (*findings, *buying.check(plan), *grades.check(plan))
    return _sorted(finding for finding in findings if finding.severity == ERROR)


def packed_losses(plan: IsolationPlan) -> tuple[Outlook, ...]:
    """Return what the rings can lose as the rules have it."""
    return redundancy.outlooks(stage(plan))


def reserves_there_is_room_for(plan: IsolationPlan) -> tuple[Reserve, ...]:
    """Return the reserves of a plan without those that are larger than the room that is left."""
    wrong = {finding.subject for finding in reservations.check(stage(plan))}
    return tuple(reserve for reserve in plan.reserves if not {str(reserve.workload), reserve.ring} & wrong)


def stage(plan: IsolationPlan) -> Scene:
    """Return the cluster as the plan leaves it."""
    return scene_of(plan, _belongings(plan))


def _belongings(plan: IsolationPlan) -> dict[str, Belonging]:
    return {str(workload.id): membership.belonging(workload, plan.policy, plan.cluster) for workload in plan.cluster.workloads}


def _findings(plan: IsolationPlan) -> Iterator[Finding]:
    belongings = _belongings(plan)
    yield from inputs.check(plan)
    yield from membership.check(plan, belongings)
    yield from division.check(plan, {belongs.group for belongs in belongings.values() if belongs.group})
    yield from node_groups.check(plan)
    yield from accounting.check(plan, belongings)
    scene = scene_of(plan, belongings)
    for workload, count in scene.wanting.items():
        if count:
            yield error(FindingCode.STATEFUL_VOLUMES, workload, pods=count)
    yield from placement_validity.broken(scene.world, scene.name)
    yield from shared_residents.check(scene, belongings)
    losses = redundancy.outlooks(scene)
    yield from redundancy.check(scene, losses)
    yield from choice.check(plan)
    yield from unplaced.check(scene, belongings, bool(redundancy.unmet(plan, losses) or choice.unmet(plan)))
    yield from goals.check(scene)
    yield from separation.check(plan)
    yield from hints.check(scene)
    yield from reservations.check(scene)
    yield from promise.check(plan)
    yield from grades.check(plan)
    yield from buying.check(plan)
    yield from conflict.check(plan)
    yield from statements.check(plan)
