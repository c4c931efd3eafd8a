"""What a plan keeps of pods as they were written, read once more: patches are made from it, the plan is judged by nouns."""

import json
from collections.abc import Mapping
from typing import Any

from models.field_path import ANY, follows, steps_of
from models.labels import Labels
from models.pod import Pod
from models.workload import Added, Raw, Workload, Written
from planner.errors import Fault
from planner.read import wire
from planner.read.kinds import ROLLOUT, SERVED, custom_group, group_of
from planner.read.normalise import placed
from planner.read.origin import Origin
from planner.read.spot import Notebook, Spot

_GUARDED = ("node_selector", "tolerations", "affinity", "topology_spread_constraints")
_PATHS = {"Pod": "", "CronJob": "spec.jobTemplate.spec.template"}
_USUAL = "spec.template"


def reread(written: Written, added: Added, namespace: str, labels: Labels) -> tuple[Pod, tuple[Fault, ...]]:
    """Return a pod with nothing but where it may run, as written, and what is wrong with that.

    What its selectors take from its own labels stands in them already if it lives, and is the same if it is taken again.
    """
    notebook = Notebook()
    spec = wire.PodSpec(**{each: _value(getattr(written, each)) for each in _GUARDED})
    bare = Pod(namespace, labels)
    found, _, _ = placed(Spot(notebook), bare, spec, added, Origin(namespace, labels, is_live=True))
    return found, tuple(notebook.faults)


def _value(raw: Raw | None) -> Any:
    return None if raw is None else json.loads(raw.json)


def misnamed(workload: Workload, templates: Mapping[str, str | tuple[str, ...]]) -> str:
    """Say why an object of its kind has no pod template where the workload's is said to be; nothing where it has."""
    kind = (group_of(workload.api_version), workload.id.kind)
    if custom_group(kind) != workload.id.group:
        return f"is of apiVersion {workload.api_version}, which has no {workload.id.full_kind}"
    if kind in SERVED and workload.api_version != SERVED[kind]:
        return f"is of apiVersion {workload.api_version}, and API servers serve {SERVED[kind]}"
    known = _patterns(workload, kind in SERVED, templates)
    if known is None:
        return f"is a {workload.api_version} {workload.id.kind}, of which the policy's podTemplates name no pod template"
    path = workload.template_path
    if not any(follows(path, pattern) for pattern in known) or workload.spec_path != (f"{path}.spec" if path else "spec"):
        said = f"{path or 'the whole object'!r} and {workload.spec_path!r}"
        there = " or ".join(repr(pattern or "the whole object") for pattern in known)
        return f"has its pod template and spec at {said}, and a {workload.id.kind} has its template at {there}"
    several = len(known) > 1 or any(ANY in steps_of(pattern) for pattern in known)
    if workload.id.template != (path if several else ""):
        return f"is the workload of pod template {workload.id.template!r}, and has it at {path or 'the whole object'!r}"
    return ""


def _patterns(workload: Workload, is_served: bool, templates: Mapping[str, str | tuple[str, ...]]) -> tuple[str, ...] | None:
    """Return where objects of its kind have their pod templates; None where nobody says."""
    if is_served:
        return (_PATHS.get(workload.id.kind, _USUAL),)
    name = f"{workload.api_version}/{workload.id.kind}"
    found = templates.get(name, _USUAL if name == ROLLOUT else None)
    return (found,) if isinstance(found, str) else found
