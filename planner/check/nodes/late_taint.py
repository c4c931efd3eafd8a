"""Nodes that are open until somebody taints them."""

import re
from collections.abc import Iterator

from models.answer.finding import WARNING
from planner.check.estate.dedicated import is_isolating, sets_apart
from planner.check.estate.estate import Estate
from planner.check.estate.item import Item
from planner.check.rule import SECURITY, Rule
from planner.check.sighting import Sighting
from planner.read.documents.tree import Tree, branch, entries, pairs, text
from planner.words import some

_BY_HAND = re.compile(r"kubectl\b[^\n;&|]*\btaint\s+(node|nodes|no)\b")
_POOLS = (("karpenter.sh", "NodePool"), ("eksctl.io", "ClusterConfig"))


def _question(estate: Estate) -> Iterator[Sighting]:
    for template in estate.templates:
        for path, container in template.containers:
            words = " ".join(_words(container))
            if _BY_HAND.search(words):
                yield template.sighting("taints nodes once they have joined: until then they take every pod", path)
                break
    for item in estate.items:
        if (item.group, item.kind) in _POOLS:
            yield from _pools(item, estate)


def _words(container: Tree) -> Iterator[str]:
    for name in ("command", "args"):
        value = container.get(name)
        yield from (word for word in value if isinstance(word, str)) if isinstance(value, list) else ()


def _pools(item: Item, estate: Estate) -> Iterator[Sighting]:
    """Name the pools that label their nodes as set apart, and register them without a taint."""
    for path, pool in _templates(item):
        labels = pairs(pool, "labels") or pairs(branch(pool, "metadata"), "labels")
        keys = sorted(key for key in labels if is_isolating(key, estate.policy))
        taints = [*entries(pool, "taints"), *entries(pool, "spec", "taints"), *entries(pool, "spec", "startupTaints")]
        if keys and not any(sets_apart(text(taint, "key")) for taint in taints):
            yield item.sighting(f"labels its nodes {some(keys)} and registers them without a taint", path)


def _templates(item: Item) -> Iterator[tuple[str, Tree]]:
    if item.kind == "NodePool":
        yield "spec.template", item.spec("template")
        return
    for name in ("nodeGroups", "managedNodeGroups"):
        for index, group in enumerate(entries(item.tree, name)):
            yield f"{name}[{index}]", group


RULE = Rule(
    id="taint-joins-late",
    breaks=SECURITY,
    severity=WARNING,
    sentence="Nodes of a pool join without the pool's taint",
    why="Between joining and tainting a node takes every pending pod, and NoSchedule moves none of them away again.",
    how="Keep pods pending, and wait for the pool to grow.",
    fix="let nodes register with their taint: in the pool, or by kubelet --register-with-taints",
    source="https://kubernetes.io/docs/reference/command-line-tools-reference/kubelet/",
    question=_question,
)
