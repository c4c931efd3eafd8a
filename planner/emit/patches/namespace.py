"""The Component of one namespace: which workloads must be there, and the patch of each."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from models.kubernetes.workload import Workload
from models.trust import Membership
from planner import MARK
from planner.emit import yaml
from planner.emit.name import exactly, file_name, in_comment
from planner.emit.patches.operations import Operation

COMPONENT = {"apiVersion": "kustomize.config.k8s.io/v1alpha1", "kind": "Component"}
RING_ANNOTATION = "ringfence.dev/ring"
ANCHORS = "anchors.yaml"
CORE = "^$"
"""The core group's name, which is empty, as a regular expression."""

CARRIED = "# Its manifest says so itself"
"""How a line begins of each patch without which a workload stays where it is."""

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
    operations: tuple[Operation, ...] = ()
    carries_ring: bool = False
    """Whether the manifest keeps it in its ring without the patch."""
    changes_nothing: bool = False
    """Whether all operations are guards."""

    @property
    def file(self) -> str:
        """Return a name for its file; no name of Kubernetes' holds the underscore that parts group and name."""
        who, kind = self.workload.id, self.workload.id.full_kind.lower()
        name = f"{file_name(kind)}_{file_name(who.name)}" if who.group else file_name(f"{kind}-{who.name}")
        return f"{name}_{file_name(who.template)}.yaml" if who.template else f"{name}.yaml"


def namespace_files(namespace: str, patches: Sequence[Patch]) -> dict[str, str]:
    """Return file name -> content of a namespace's Component."""
    files = _named(patches)
    listed = [{"path": ANCHORS}, *({"path": file, "target": _target(patch.workload)} for file, patch in files)]
    about = f"{MARK}: the workloads of namespace {in_comment(namespace)}, also for use by their own overlay alone.\n"
    gone = f"{MARK}: the build fails when one of these workloads is gone.\n"
    return {
        "kustomization.yaml": about + yaml.dump({**COMPONENT, "patches": listed}),
        ANCHORS: gone + "---\n".join(map(yaml.dump, _anchors(patches))),
        **{file: _comment(patch) + yaml.dump(list(patch.operations)) for file, patch in files},
    }


def _named(patches: Sequence[Patch]) -> list[tuple[str, Patch]]:
    """Give each patch a file of its own, also where kinds differ in nothing but capital letters."""
    wished = Counter(patch.file for patch in patches)
    return [(patch.file if wished[patch.file] == 1 else f"{file_name(str(patch.workload.id))}.yaml", patch) for patch in patches]


def _target(workload: Workload) -> dict[str, str]:
    """Select one workload; each field is a regular expression, and a miss goes unsaid, which is why there are anchors.

    A group that is left out would match a custom resource of the same kind and name, too.
    """
    group, _, version = workload.api_version.rpartition("/")
    return {
        "group": exactly(group) or CORE,
        "version": version,
        "kind": workload.id.kind,
        "namespace": workload.id.namespace,
        "name": exactly(workload.id.name),
    }


def _anchors(patches: Sequence[Patch]) -> Iterator[dict[str, Any]]:
    """Annotate each object itself, not its pods: a merge patch without a target fails when nothing bears its name.

    An object of several pod templates names all of their rings.
    """
    rings: dict[str, set[str]] = {}
    for patch in patches:
        rings.setdefault(patch.workload.id.object_name, set()).add("*" if patch.member.everywhere else patch.member.ring)
    for workload in {patch.workload.id.object_name: patch.workload for patch in patches}.values():
        names = {"name": workload.id.name, "namespace": workload.id.namespace}
        metadata = {**names, "annotations": {RING_ANNOTATION: ", ".join(sorted(rings[workload.id.object_name]))}}
        yield {"apiVersion": workload.api_version, "kind": workload.id.kind, "metadata": metadata}


def _comment(patch: Patch) -> str:
    who, member = patch.workload.id, patch.member
    where = "may run on nodes of every ring" if member.everywhere else f"runs on nodes of ring {member.ring} only"
    note = "" if patch.changes_nothing else _NOTES.get(who.full_kind, "")
    guards = ": these are guards, and change nothing" if patch.changes_nothing else ""
    carried = f"{CARRIED}{guards}.\n" if patch.carries_ring else ""
    name = f"{who.full_kind} {who.namespace}/{who.name}" + (f", {who.template}," if who.template else "")
    about = f"{MARK}: {in_comment(name)} {in_comment(where)}.\n"
    return about + carried + (f"# {note}\n" if note else "")
