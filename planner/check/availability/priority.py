"""Priorities of system pods, or of trusted ones, on pods that are neither."""

from collections.abc import Iterator

from models.answer.finding import WARNING
from models.kubernetes.workload import Workload
from planner.check.estate.estate import Estate
from planner.check.rule import AVAILABILITY, Rule
from planner.check.sighting import Sighting
from planner.read.documents.tree import text

_SYSTEM = ("system-node-critical", "system-cluster-critical")


def _question(estate: Estate) -> Iterator[Sighting]:
    for template in estate.templates:
        name = text(template.spec, "priorityClassName")
        if name in _SYSTEM and template.namespace != "kube-system" and not template.is_daemon:
            yield template.sighting(
                f"has priority {name} outside of kube-system: it evicts whoever is there", "priorityClassName"
            )
    yield from _above(estate)


def _above(estate: Estate) -> Iterator[Sighting]:
    """Name the workloads of lower trust that come before one of higher trust in the same ring."""
    policy, trust = estate.policy, estate.trust
    if policy is None or trust is None:
        return
    rank = {level: index for index, level in enumerate(policy.levels)}
    lowest: dict[tuple[str, int], Workload] = {}
    for workload in estate.cluster.workloads:
        member = trust.members[str(workload.id)]
        if member.ring:
            key = member.ring, rank[member.group.partition("/")[0]]
            first = lowest.setdefault(key, workload)
            if workload.template.priority < first.template.priority:
                lowest[key] = workload
    for workload in estate.cluster.workloads:
        member = trust.members[str(workload.id)]
        levels = range(rank[member.group.partition("/")[0]]) if member.ring and workload.template.preempts else ()
        others = [lowest[member.ring, level] for level in levels if (member.ring, level) in lowest]
        evicted = [other for other in others if other.template.priority < workload.template.priority]
        if evicted:
            message = f"is less trusted than {evicted[0].id}, shares its ring, and evicts it by its priority"
            yield Sighting(str(workload.id), message, workload.where)


RULE = Rule(
    id="priority-preempts",
    breaks=AVAILABILITY,
    severity=WARNING,
    sentence="A pod of low trust may evict others by its priority",
    why="In a full ring kube-scheduler evicts pods of lower priority for it; budgets are respected only if that is easy.",
    how="Whoever may name a PriorityClass empties the nodes of his ring of everybody else.",
    fix="give it a PriorityClass below those of trusted workloads; limit classes by ResourceQuota",
    source="https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/",
    question=_question,
)
