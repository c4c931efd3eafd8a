"""What a plan keeps of pods as they were written, read once more: patches are made from it, the plan is judged by nouns."""

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from models.labels import Labels
from models.pod import Pod
from models.workload import Added, Raw, Workload, Written
from planner.errors import Fault
from planner.read import wire
from planner.read.kinds import SERVED, custom_group, group_of
from planner.read.normalise import placed
from planner.read.origin import Origin
from planner.read.spot import Notebook, Spot

_PATHS = {"Pod": "", "CronJob": "spec.jobTemplate.spec.template"}
_USUAL = "spec.template"


def reread(written: Written, added: Added, namespace: str, labels: Labels) -> tuple[Pod, tuple[Fault, ...]]:
    """Return a pod with nothing but where it may run, as written, and what is wrong with that.

    What its selectors take from its own labels stands in them already if it lives, and is the same if it is taken again.
    """
    notebook = Notebook()
    spec = wire.PodSpec(**{each.name: _value(getattr(written, each.name)) for each in fields(written)})
    bare = Pod(namespace, labels)
    found, _, _ = placed(Spot(notebook), bare, spec, added, Origin(namespace, labels, is_live=True))
    return found, tuple(notebook.faults)


def _value(raw: Raw | None) -> Any:
    return None if raw is None else json.loads(raw.json)


def misnamed(workload: Workload, templates: Mapping[str, str]) -> str:
    """Say why an object of its kind has no pod template where the workload's is said to be; nothing where it has."""
    kind = (group_of(workload.api_version), workload.id.kind)
    if custom_group(kind) != workload.id.group:
        return f"is of apiVersion {workload.api_version}, which has no {workload.id.full_kind}"
    if kind in SERVED and workload.api_version != SERVED[kind]:
        return f"is of apiVersion {workload.api_version}, and API servers serve {SERVED[kind]}"
    path = _PATHS.get(workload.id.kind, _USUAL) if kind in SERVED else templates.get(f"{workload.api_version}/{workload.id.kind}")
    if path is None:
        return f"is a {workload.api_version} {workload.id.kind}, of which the policy's podTemplates name no pod template"
    spec = f"{path}.spec" if path else "spec"
    if (workload.template_path, workload.spec_path) != (path, spec):
        said = f"{workload.template_path or 'the whole object'!r} and {workload.spec_path!r}"
        return f"has its pod template and spec at {said}, and a {workload.id.kind} at {path or 'the whole object'!r} and {spec!r}"
    return ""
