"""What a plan keeps of pods as they were written, read once more: patches are made from it, the plan is judged by nouns."""

import json
from dataclasses import fields
from typing import Any

from models.field_path import ANY, follows, steps_of
from models.kubernetes.labels import Labels
from models.kubernetes.pod import Pod
from models.kubernetes.workload import Added, Raw, Workload, Written
from models.trust import TrustPolicy
from planner.errors import Fault
from planner.read.documents.field import Notebook, Spot
from planner.read.pods.defaulting import read_placement
from planner.read.pods.origin import Origin
from planner.read.schema import pod_schema
from planner.read.schema.known_kinds import ROLLOUT, SERVED, custom_group, group_of

_PATHS = {"Pod": "", "CronJob": "spec.jobTemplate.spec.template"}
_USUAL = "spec.template"


def read_again(written: Written, added: Added, namespace: str, labels: Labels) -> tuple[Pod, tuple[Fault, ...]]:
    """Return a pod with nothing but where it may run, as written, and what is wrong with that.

    What its selectors take from its own labels stands in them already if it lives, and is the same if it is taken again.
    """
    notebook = Notebook()
    spec = pod_schema.PodSpec(**{field.name: _value(getattr(written, field.name)) for field in fields(written)})
    bare = Pod(namespace, labels)
    pod, _, _ = read_placement(Spot(notebook), bare, spec, added, Origin(namespace, labels, is_live=True))
    return pod, tuple(notebook.faults)


def _value(raw: Raw | None) -> Any:
    return None if raw is None else json.loads(raw.json)


def why_misnamed(workload: Workload, policy: TrustPolicy) -> str:
    """Say why an object of its kind has no pod template where the workload's is said to be; nothing where it has."""
    kind = (group_of(workload.api_version), workload.id.kind)
    if custom_group(kind) != workload.id.group:
        return f"is of apiVersion {workload.api_version}, which has no {workload.id.full_kind}"
    if kind in SERVED and workload.api_version != SERVED[kind]:
        return f"is of apiVersion {workload.api_version}, and API servers serve {SERVED[kind]}"
    paths = (_PATHS.get(workload.id.kind, _USUAL),) if kind in SERVED else _custom(workload, policy)
    path = workload.template_path
    if workload.spec_path != (f"{path}.spec" if path else "spec"):
        return f"has its pod template at {path or 'the top'!r}, and its spec elsewhere: {workload.spec_path!r}"
    if not any(follows(path, pattern) for pattern in paths):
        named = ", ".join(repr(place or "the top") for place in paths) or "nowhere by the policy's podTemplates"
        return f"has its pod template at {path or 'the top'!r}; an {workload.api_version} {workload.id.kind} has it at {named}"
    is_any = len(paths) > 1 or any(ANY in steps_of(pattern) for pattern in paths)
    if workload.id.template != (path if is_any else ""):
        return f"is the workload of pod template {workload.id.template or 'of no name'!r}, and has it at {path or 'the top'!r}"
    return ""


def _custom(workload: Workload, policy: TrustPolicy) -> tuple[str, ...]:
    """Return the paths that the policy names; who does not name those of a Rollout has them where Argo has."""
    name = f"{workload.api_version}/{workload.id.kind}"
    return policy.template_paths(name) or ((_USUAL,) if name == ROLLOUT else ())
