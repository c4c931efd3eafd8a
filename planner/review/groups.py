"""Who trusts whom: the groups of a plan with the rings that they are in, and the residents that join several rings."""

from collections import Counter, defaultdict

from models.answer.plan import IsolationPlan
from models.answer.review import GroupReview, Resident
from planner.view.usage import Load


def groups(plan: IsolationPlan) -> tuple[GroupReview, ...]:
    """Return every group, those of the most trusted level first."""
    rank = {level: number for number, level in enumerate(plan.policy.levels)}
    ring_of = {name: ring.name for ring in plan.trust.rings for name in ring.groups}
    members: dict[str, list[str]] = defaultdict(list)
    for name, member in sorted(plan.trust.members.items()):
        members[member.group].append(name)
    pods: Counter[str] = Counter()
    for placement in plan.placements:
        pods[placement.group] += placement.pods
    return tuple(
        GroupReview(
            name=group.name,
            level=group.level,
            tenant=group.tenant,
            ring=ring_of.get(group.name, ""),
            may_share=tuple(
                sorted({other for pair in plan.trust.sharing if group.name in pair for other in pair} - {group.name})
            ),
            workloads=tuple(members[group.name]),
            pods=pods[group.name],
        )
        for group in sorted(plan.trust.groups, key=lambda group: (rank.get(group.level, len(rank)), group.name))
    )


def residents(load: Load) -> tuple[Resident, ...]:
    """Return what runs on nodes of several rings."""
    return tuple(Resident(exposed.name, exposed.rings, len(exposed.nodes), exposed.host_network) for exposed in load.exposure)
