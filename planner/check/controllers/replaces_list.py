"""Patches that replace the whole list of tolerations."""

from collections.abc import Iterator
from typing import Any

import yaml

from models.answer.finding import WARNING
from planner.check.estate.estate import Estate
from planner.check.estate.item import Item
from planner.check.rule import OUTPUT, Rule
from planner.check.sighting import Sighting
from planner.read.documents.tree import entries, text, texts

_LISTS = ("tolerations", "topologySpreadConstraints", "taints", "nodeSelectorTerms")
_LARGEST = 1 << 18


def _question(estate: Estate) -> Iterator[Sighting]:
    for item in estate.of_kind("kustomize.config.k8s.io", "Kustomization", "Component"):
        for path, patch in _patches(item):
            for message in _wrong(patch):
                yield item.sighting(message, path)


def _patches(item: Item) -> Iterator[tuple[str, str]]:
    for index, patch in enumerate(entries(item.tree, "patches")):
        yield f"patches[{index}]", text(patch, "patch")
    for index, words in enumerate(texts(item.tree, "patchesStrategicMerge")):
        yield f"patchesStrategicMerge[{index}]", words


def _wrong(patch: str) -> Iterator[str]:
    try:
        documents = list(yaml.load_all(patch, yaml.CSafeLoader)) if len(patch) < _LARGEST else []
    except (yaml.YAMLError, ValueError, RecursionError):
        return
    for document in documents:
        if isinstance(document, list):
            yield from _appends(document)
        elif isinstance(document, dict) and document.get("kind"):
            yield from (f"its {name} replace the whole list of the target" for name in sorted(_names(document)))


def _appends(operations: list[Any]) -> Iterator[str]:
    tested = {operation.get("path") for operation in operations if isinstance(operation, dict)}
    for operation in operations:
        path = operation.get("path") if isinstance(operation, dict) else None
        if not isinstance(path, str) or operation.get("op") != "add" or not path.endswith("/tolerations/-"):
            continue
        if path.removesuffix("/-") not in tested:
            yield f"appends to {path}, which fails where the template has no tolerations"


def _names(document: object) -> set[str]:
    """Return which of the lists stand anywhere in a patch; what aliases share is looked at once."""
    names, seen, left = set[str](), set[int](), [document]
    while left:
        tree = left.pop()
        if id(tree) in seen:
            continue
        seen.add(id(tree))
        if isinstance(tree, dict):
            names |= {name for name in _LISTS if isinstance(tree.get(name), list)}
            left += tree.values()
        elif isinstance(tree, list):
            left += tree
    return names


RULE = Rule(
    id="patch-replaces-list",
    breaks=OUTPUT,
    severity=WARNING,
    sentence="A patch replaces a whole list, or fails where there is none",
    why="Tolerations, taints and terms are atomic to a strategic merge: what the target had before is gone.",
    how="A patch adds the ring's toleration, and takes those for GPUs and spot nodes away.",
    fix="write the whole list that is to be there, or a JSON patch that adds to a list after testing for it",
    source="https://github.com/kubernetes-sigs/kustomize/issues/4584",
    question=_question,
)
