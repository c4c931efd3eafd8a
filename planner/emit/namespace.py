"""The Component of one namespace: which workloads must be there, and the patch of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from models.trust import Membership
from models.workload import Workload
from planner import MARK
from planner.emit import yaml
from planner.emit.name import exactly, file_name, in_comment
from planner.emit.operations import Operation

COMPONENT = {"apiVersion": "kustomize.config.k8s.io/v1alpha1", "kind": "Component"}
RING_ANNOTATION = "ringfence.dev/ring"
ANCHORS = "anchors.yaml"

_RECREATE = "{} that exists cannot take this change: delete it and create it anew."
_NOTES = {
    "Pod": _RECREATE.format("A Pod"),
    "Job": _RECREATE.format("A Job"),
    "ReplicaSet": "Pods that run keep what they have: delete them and new ones are made.",
    "ReplicationController": "Pods that run keep what they have: delete them and new ones are made.",
}


@dataclass(frozen=True, slots=True)
class Patch:
    """A workload, what it is in the plan, and what must change in its manifest."""

    workload: Workload
    member: Membership
    operations: tuple[Operation, ...]

    @property
    def file(self) -> str:
        """Return the name of its file, beside those of its namespace."""
        return f"{file_name(f'{self.workload.id.kind.lower()}-{self.workload.id.name}')}.yaml"


def namespace_files(namespace: str, patches: Sequence[Patch]) -> dict[str, str]:
    """Return file name -> content of a namespace's Component."""
    listed = [{"path": ANCHORS}, *({"path": patch.file, "target": _target(patch.workload)} for patch in patches)]
    about = f"{MARK}: the workloads of namespace {in_comment(namespace)}, also for use by their own overlay alone.\n"
    gone = f"{MARK}: the build fails when one of these workloads is gone.\n"
    return {
        "kustomization.yaml": about + yaml.dump({**COMPONENT, "patches": listed}),
        ANCHORS: gone + "---\n".join(yaml.dump(_anchor(patch)) for patch in patches),
        **{patch.file: _comment(patch) + yaml.dump(list(patch.operations)) for patch in patches},
    }


def _target(workload: Workload) -> dict[str, str]:
    """Select one workload; each field is a regular expression, and a miss goes unsaid, which is why there are anchors."""
    group, _, version = workload.api_version.rpartition("/")
    found = {"version": version, "kind": workload.id.kind, "namespace": workload.id.namespace, "name": exactly(workload.id.name)}
    return {"group": group, **found} if group else found


def _anchor(patch: Patch) -> dict[str, Any]:
    """Annotate the workload itself, not its pods: a merge patch without a target fails when nothing bears its name."""
    workload, ring = patch.workload, "*" if patch.member.everywhere else patch.member.ring
    names = {"name": workload.id.name, "namespace": workload.id.namespace}
    metadata = {**names, "annotations": {RING_ANNOTATION: ring}}
    return {"apiVersion": workload.api_version, "kind": workload.id.kind, "metadata": metadata}


def _comment(patch: Patch) -> str:
    who, member = patch.workload.id, patch.member
    where = "may run on nodes of every ring" if member.everywhere else f"runs on nodes of ring {member.ring} only"
    note = _NOTES.get(who.kind, "")
    about = f"{MARK}: {in_comment(f'{who.kind} {who.namespace}/{who.name}')} {in_comment(where)}.\n"
    return about + (f"# {note}\n" if note else "")
