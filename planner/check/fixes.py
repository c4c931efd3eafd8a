"""What a machine can mend, as a kustomize Component: a JSON patch for each object, which fails where the object has changed."""

import json
from collections.abc import Iterable
from typing import Any

from models.field_path import steps_of
from planner.check.report import Fix
from planner.check.sighting import Change, Target
from planner.emit import yaml

_HEAD = "# Written by ringfence check: read each patch, then name this folder under components of your kustomization.\n"


def component(fixes: Iterable[Fix]) -> str:
    """Write the Component; it has no patches where there is nothing that a machine can mend."""
    by_target: dict[Target, list[Change]] = {}
    for fix in fixes:
        by_target.setdefault(fix.target, []).extend(fix.changes)
    patches = [{"target": _named(target), "patch": yaml.dump(operations(changes))} for target, changes in by_target.items()]
    return _HEAD + yaml.dump({"apiVersion": "kustomize.config.k8s.io/v1alpha1", "kind": "Component", "patches": patches})


def operations(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """Return the operations of a JSON patch: all that is tested first, then changes, then what goes, from the end of lists."""
    unique = {json.dumps([change.path, change.value], sort_keys=True, default=str): change for change in changes}
    ordered = sorted(unique.values(), key=_order)
    tests = [{"op": "test", "path": _pointer(change.path), "value": change.was} for change in ordered if change.was is not None]
    return [*tests, *map(_operation, ordered)]


def _order(change: Change) -> tuple[bool, str, int]:
    last = steps_of(change.path)[-1]
    if change.value is None and isinstance(last, int):
        return True, change.path.rpartition("[")[0], -last
    return False, change.path, 0


def _operation(change: Change) -> dict[str, Any]:
    if change.value is None:
        return {"op": "remove", "path": _pointer(change.path)}
    return {"op": "add" if change.was is None else "replace", "path": _pointer(change.path), "value": change.value}


def _pointer(path: str) -> str:
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps_of(path))


def _named(target: Target) -> dict[str, str]:
    group, _, version = target.api_version.rpartition("/")
    fields = {"group": group, "version": version, "kind": target.kind, "name": target.name, "namespace": target.namespace}
    return {name: value for name, value in fields.items() if value}
