"""Nodes on which levels mix today."""

from collections.abc import Iterator

from models.answer.finding import ERROR
from planner.check.estate.estate import Estate
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting
from planner.words import some


def _question(estate: Estate) -> Iterator[Sighting]:
    trust = estate.trust
    if trust is None:
        return
    by_node: dict[str, dict[str, str]] = {}
    for workload in estate.cluster.workloads:
        ring = trust.members[str(workload.id)].ring
        for name in workload.running if ring else ():
            by_node.setdefault(name, {}).setdefault(ring, str(workload.id))
    where = {node.name: node.where for node in estate.today}
    for name, rings in sorted(by_node.items()):
        if len(rings) > 1 and name in where:
            told = some([f"{workload} ({ring})" for ring, workload in sorted(rings.items())])
            yield Sighting(f"Node/{name}", f"holds pods that do not trust each other: {told}", where[name])


RULE = Rule(
    id="levels-mix-today",
    breaks=SECURITY,
    severity=ERROR,
    sentence="A node holds pods of levels that do not trust each other",
    why="Whoever breaks out of one container has all of them.",
    how="Any hole in the kernel or the container runtime, used from the least trusted pod on the node.",
    fix="make a plan (ringfence plan), and apply its patches in the order that their README.md says",
    source="https://kubernetes.io/docs/concepts/security/multi-tenancy/#node-isolation",
    question=_question,
)
