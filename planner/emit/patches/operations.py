"""JSON6902 operations that first make sure that the manifest is still what the plan was made from."""

import json
from typing import Any

from models.field_path import steps_of
from models.kubernetes.workload import Raw

Operation = dict[str, Any]


def pointer(*parts: str) -> str:
    """Write a path into a document as JSON6902 does."""
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)


def pointer_of(path: str) -> str:
    """Write a path as Kubernetes has it ("spec.groups[0].template") as JSON6902 does."""
    return pointer(*map(str, steps_of(path)))


def value_of(written: Raw | None) -> Any:
    """Return a field as it is written; None where it is absent or null, which mean the same."""
    return None if written is None else json.loads(written.json)


def guard(path: str, written: Raw | None) -> Operation:
    """Fail the build unless the field is still as it was written; null stands for absent."""
    return expect(path, value_of(written))


def expect(path: str, value: Any) -> Operation:
    """Fail the build unless a field holds this; None stands for absent, in a map that is there."""
    return {"op": "test", "path": path, "value": value}


def add(path: str, value: Any) -> Operation:
    """Add a member to a map, or before a place in a list ("-" is its end); a member that is there gives way."""
    return {"op": "add", "path": path, "value": value}


def remove(path: str) -> Operation:
    """Take away what is there; fail the build if nothing is."""
    return {"op": "remove", "path": path}


def replace(path: str, value: Any) -> Operation:
    """Replace what is there; fail the build if nothing is."""
    return {"op": "replace", "path": path, "value": value}
