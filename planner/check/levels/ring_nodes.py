"""Nodes that are not what the levels of their ring require."""

import re
from collections.abc import Iterator

from models.answer.finding import ERROR
from models.trust import Assurance
from planner.check.estate.estate import Estate
from planner.check.estate.item import Item
from planner.check.estate.tree import text
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting
from planner.words import some

_NUMBERS = re.compile(r"v?(\d+)\.(\d+)(?:\.(\d+))?")


def _question(estate: Estate) -> Iterator[Sighting]:
    policy, trust = estate.policy, estate.trust
    if policy is None or trust is None:
        return
    ring_of = {node: ring.name for ring in estate.plan.rings for node in ring.nodes} if estate.plan else {}
    nodes = list(estate.of_kind("", "Node"))
    for entry in policy.requires:
        rings = {ring.name for ring in trust.rings if any(group.partition("/")[0] == entry.level for group in ring.groups)}
        own = [item for item in nodes if ring_of.get(item.name, item.labels.get(policy.nodes.label_key)) in rings]
        yield from (sighting for item in own for sighting in _old(item, entry))
        if entry.uniform:
            yield from _mixed(own, entry.level)


def _old(item: Item, entry: Assurance) -> Iterator[Sighting]:
    for name, field, least in (("kubelet", "kubeletVersion", entry.kubelet), ("kernel", "kernelVersion", entry.kernel)):
        told = text(item.tree, "status", "nodeInfo", field)
        if least and told and _numbers(told) < _numbers(least):
            message = f"{name} {told} is older than the {least} that level {entry.level} requires"
            yield item.sighting(message, f"status.nodeInfo.{field}")


def _mixed(nodes: list[Item], level: str) -> Iterator[Sighting]:
    images = sorted({text(item.tree, "status", "nodeInfo", "osImage") for item in nodes} - {""})
    if len(images) > 1:
        other = next(item for item in nodes if text(item.tree, "status", "nodeInfo", "osImage") == images[-1])
        yield other.sighting(f"the ring of level {level} has nodes of several images: {some(images)}", "status.nodeInfo.osImage")


def _numbers(version: str) -> tuple[int, ...]:
    match = _NUMBERS.match(version)
    return tuple(int(part or 0) for part in match.groups()) if match else ()


RULE = Rule(
    id="ring-node-unmet",
    breaks=SECURITY,
    severity=ERROR,
    sentence="A node of a ring is not what its level requires",
    why="The node is the boundary of the ring: an old kernel or kubelet has holes that others have closed.",
    how="A known hole of the kernel leads out of a container of the ring, and to all its pods.",
    fix="upgrade the node, or take it out of the ring",
    source="https://kubernetes.io/docs/concepts/security/multi-tenancy/#node-isolation",
    question=_question,
)
