"""JSON6902 operations that first make sure that the manifest is still what the plan was made from."""

import json
from typing import Any

from models.workload import Raw

Operation = dict[str, Any]


def pointer(*parts: str) -> str:
    """Write a path into a document as JSON6902 does."""
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)


def value_of(written: Raw | None) -> Any:
    """Return a field as it is written; None where it is absent or null, which mean the same."""
    return None if written is None else json.loads(written.json)


def guard(path: str, written: Raw | None) -> Operation:
    """Fail the build unless the field is still as it was written; null stands for absent."""
    return {"op": "test", "path": path, "value": value_of(written)}


def add(path: str, value: Any) -> Operation:
    """Add a member to a map, or before a place in a list ("-" is its end); a member that is there gives way."""
    return {"op": "add", "path": path, "value": value}


def replace(path: str, value: Any) -> Operation:
    """Replace what is there; fail the build if nothing is."""
    return {"op": "replace", "path": path, "value": value}
