"""Nodes that are not what the levels of their ring require."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from models.answer.finding import ERROR
from models.kubernetes.node import Node
from models.trust import Assurance
from planner.check.estate.estate import Estate
from planner.check.estate.item import Item
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting
from planner.read.documents.tree import pairs
from planner.words import some

_NUMBERS = re.compile(r"v?(\d+)\.(\d+)(?:\.(\d+))?")


@dataclass(frozen=True, slots=True)
class _Machine:
    """A node, and the part of its nodeInfo that is known: all of one that was read, the kubelet of one of a plan."""

    name: str
    labels: Mapping[str, str]
    info: Mapping[str, str]
    source: Item | Node

    def sighting(self, message: str, field: str) -> Sighting:
        """Make a sighting of the node, at a field of its nodeInfo where it was read."""
        if isinstance(self.source, Node):
            return Sighting(f"Node/{self.name}", message, self.source.where)
        return self.source.sighting(message, f"status.nodeInfo.{field}")


def _question(estate: Estate) -> Iterator[Sighting]:
    policy, trust = estate.policy, estate.trust
    if policy is None or trust is None or not policy.requires:
        return
    ring_of = {node: ring.name for ring in estate.plan.rings for node in ring.nodes} if estate.plan else {}
    machines = _machines(estate)
    for entry in policy.requires:
        rings = {ring.name for ring in trust.rings if any(group.partition("/")[0] == entry.level for group in ring.groups)}
        own = [node for node in machines if ring_of.get(node.name, node.labels.get(policy.nodes.label_key)) in rings]
        yield from (sighting for node in own for sighting in _old(node, entry))
        if entry.uniform:
            yield from _mixed(own, entry.level)


def _machines(estate: Estate) -> list[_Machine]:
    """Return the nodes that were read; where none were, those of the plan."""
    items = estate.of_kind("", "Node")
    told = [_Machine(item.name, item.labels, pairs(item.tree, "status", "nodeInfo"), item) for item in items]
    return told or [_Machine(node.name, node.labels, {"kubeletVersion": node.kubelet_version}, node) for node in estate.today]


def _old(node: _Machine, entry: Assurance) -> Iterator[Sighting]:
    for name, field, least in (("kubelet", "kubeletVersion", entry.kubelet), ("kernel", "kernelVersion", entry.kernel)):
        told = node.info.get(field, "")
        if least and told and _numbers(told) < _numbers(least):
            message = f"{name} {told} is older than the {least} that level {entry.level} requires"
            yield node.sighting(message, field)


def _mixed(nodes: list[_Machine], level: str) -> Iterator[Sighting]:
    images = sorted({node.info.get("osImage", "") for node in nodes} - {""})
    if len(images) > 1:
        other = next(node for node in nodes if node.info.get("osImage") == images[-1])
        yield other.sighting(f"the ring of level {level} has nodes of several images: {some(images)}", "osImage")


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
