"""The fields that API servers have, as the Kubernetes client knows them, written for planner.read.fields.

python -m tests.read.api_fields writes fields.json; a test compares. The client is asked here and not while manifests are read,
because importing it takes half a second. That of 1.37 has just the fields that kubernetes/api/openapi-spec has.
"""

import json
import re
from pathlib import Path

import kubernetes.client

from planner.read.kinds import SERVED

PATH = Path(__file__).resolve().parents[2] / "planner" / "read" / "fields.json"
OLDER = {"V1PodSpec": {"workloadRef": ""}}
"""What 1.34 to 1.36 have and 1.37 has no more: in 1.35 a pod named its group so."""
UNTOLD = ("status", "managedFields")
"""What only the cluster writes: nobody can misspell it."""


def known():
    """Return the fields of every type that can be reached from the kinds that make pods, each with its own type, "" for none."""
    found = {}
    for _, kind in SERVED:
        _walk(f"V1{kind}", found)
    return found


def _walk(name, found):
    if name in found:
        return
    model = getattr(kubernetes.client, name)
    types = {key: _inner(model.openapi_types[name]) for name, key in model.attribute_map.items()}
    found[name] = {key: "" if key in UNTOLD else inner for key, inner in types.items()} | OLDER.get(name, {})
    for inner in filter(None, found[name].values()):
        _walk(inner, found)


def _inner(written):
    """Return the type of a field, or of the items of its list, where it has fields of its own."""
    name = re.sub(r"^List\[(.*)\]$", r"\1", written)
    return name if hasattr(getattr(kubernetes.client, name, None), "attribute_map") else ""


def text():
    """Write what is known, a type on each line."""
    lines = (
        f"{json.dumps(name)}:{json.dumps(fields, sort_keys=True, separators=(',', ':'))}" for name, fields in known().items()
    )
    return "{" + ",\n".join(sorted(lines)) + "}\n"


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
