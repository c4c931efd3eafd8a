"""The JSON that krr writes: for each container the requests that it recommends, in cores and bytes."""

import json
from collections.abc import Iterator

from models.frozen_map import FrozenMap
from models.kubernetes.measure import Measure
from planner.read.documents.document import Document
from planner.read.documents.field import Notebook, Spot, spot_of
from planner.read.schema.usage_schema import Krr, KrrAdvice, KrrObject
from planner.read.usage.metrics import needed
from planner.read.values.resource_amounts import read_amounts

UNKNOWN = "?"
"""What krr writes where it has seen too little to recommend anything."""


def is_krr(text: bytes) -> bool:
    """Say whether a file holds what krr writes: one map in JSON with its scans, and of no kind."""
    if not text.lstrip().startswith(b"{") or b'"scans"' not in text:
        return False
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(tree, dict) and "scans" in tree and "kind" not in tree


def read(document: Document, notebook: Notebook) -> Iterator[Measure]:
    """Read what krr recommends."""
    spot = spot_of(document, notebook)
    for index, scan in enumerate(document.decode(Krr).scans or ()):
        here, of = spot.at(f"scans[{index}]"), scan.object or KrrObject()
        said = (("namespace", of.namespace), ("kind", of.kind), ("name", of.name), ("container", of.container))
        namespace, kind, name, container = (needed(here.at(f"object.{field}"), text) for field, text in said)
        amounts = _requests(here.at("recommended.requests"), scan.recommended or KrrAdvice())
        yield Measure(namespace, kind, name, container, amounts, is_advice=True)


def _requests(spot: Spot, advice: KrrAdvice) -> FrozenMap[int]:
    amounts: dict[str, int] = {}
    for name, known in (advice.requests or {}).items():
        if known.value is not None and known.value != UNKNOWN:
            amounts |= read_amounts(spot, {name: known.value})
    return FrozenMap(amounts)
