"""Rules that only prefer: they are gone as soon as a pool is full."""

from collections.abc import Iterator

from models.answer.finding import WARNING
from models.source import Source
from planner.check.estate.dedicated import is_pool_label, sets_apart
from planner.check.estate.estate import Estate
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting
from planner.words import some


def _question(estate: Estate) -> Iterator[Sighting]:
    for template in estate.templates:
        soft = sorted(key for key in template.preferred_keys if is_pool_label(key))
        apart = any(sets_apart(toleration.key) for _, toleration in template.tolerations)
        if soft and apart and not any(map(is_pool_label, template.required_keys)):
            path = "affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution"
            yield template.sighting(f"prefers {some(soft)}, and tolerates a pool's taint without requiring the pool", path)
    yield from _taints(estate)


def _taints(estate: Estate) -> Iterator[Sighting]:
    """Name the taints that set nodes apart, and only ask to be respected."""
    by_taint: dict[str, list[str]] = {}
    where: dict[str, Source] = {}
    for node in estate.today:
        hard = {taint.key for taint in node.taints if taint.effect != "PreferNoSchedule"}
        for taint in node.taints:
            if taint.effect == "PreferNoSchedule" and sets_apart(taint.key) and taint.key not in hard:
                by_taint.setdefault(f"{taint.key}={taint.value}", []).append(node.name)
                where.setdefault(f"{taint.key}={taint.value}", node.where)
    for taint_text, nodes in sorted(by_taint.items()):
        message = f"has effect PreferNoSchedule on {some(nodes)}"
        yield Sighting(f"taint {taint_text}", message, where[taint_text], "give the taint the effect NoSchedule")


RULE = Rule(
    id="soft-isolation",
    breaks=SECURITY,
    severity=WARNING,
    sentence="A pool is only preferred",
    why="What is preferred gives way under pressure: with the pool full, pods go elsewhere, and strangers come in.",
    how="Filling a pool with requests is enough to move a neighbour's pods out of it.",
    fix="require the pool: nodeSelector, or requiredDuringSchedulingIgnoredDuringExecution",
    source="https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#node-affinity",
    question=_question,
)
