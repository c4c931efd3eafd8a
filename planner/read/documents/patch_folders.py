"""What `ringfence patch` has written: patches, and no workloads, so that a search passes it over, and says so.

The mark in its first line is anybody's to write. So each document is looked at, and a file is passed over only if none can make a
pod: Components that list only Components and patches, lists of JSON6902 operations, anchors (names and one annotation, without a
spec), what providers make nodes by, admission policies, and a kustomization of files beside it, which are looked at themselves.
All else is read, whatever its first line says.
"""

import os
import re
from collections.abc import Callable, Iterator
from typing import Any

from models.kubernetes.cluster import Statement
from models.source import Source
from planner import MARK
from planner.errors import Fault
from planner.read.documents.files import Input
from planner.read.documents.location import Part
from planner.read.documents.remarks import remark, statement
from planner.read.schema.known_kinds import group_of

ANCHORED = "ringfence.dev/ring"
"""The annotation that an anchor gives its workload."""
_OBJECT, _NAMES = {"apiVersion", "kind", "metadata"}, {"name", "namespace", "annotations"}
_COMPONENT = ("kustomize.config.k8s.io", "Component")
_LISTS = {"apiVersion", "kind", "components", "patches"}
_KUSTOMIZATION = ("kustomize.config.k8s.io", "Kustomization")
_RESOURCES = {"apiVersion", "kind", "resources"}
_ADMISSION = "admissionregistration.k8s.io"
_HARMLESS = {
    ("cluster.x-k8s.io", "MachineDeployment"),
    ("container.cnrm.cloud.google.com", "ContainerNodePool"),
    ("containerservice.azure.com", "ManagedClustersAgentPool"),
    ("eksctl.io", "ClusterConfig"),
    ("karpenter.sh", "NodePool"),
    ("kops.k8s.io", "InstanceGroup"),
    ("machine.openshift.io", "MachineSet"),
    ("apiserver.config.k8s.io", "AdmissionConfiguration"),
    ("policies.kyverno.io", "MutatingPolicy"),
    ("policies.kyverno.io", "ValidatingPolicy"),
    *((_ADMISSION, f"{does}AdmissionPolicy{part}") for does in ("Mutating", "Validating") for part in ("", "Binding")),
}
_GATEKEEPER = ("templates.gatekeeper.sh", "constraints.gatekeeper.sh")
"""Groups all of whose kinds are policies; those of constraints are named by their templates."""
_BESIDE = re.compile(r"[a-z-]+\.yaml")
_OPERATION = {"op", "path", "value"}


def is_ours(source: Input, parts: Callable[[Input], Iterator[Part | Fault]]) -> bool:
    """Say whether a file bears the mark and holds nothing but what `ringfence patch` writes; it can be read afterwards."""
    is_marked = source.read(len(MARK)) == MARK.encode()
    source.restart()
    if not is_marked:
        return False
    is_written = all(isinstance(part, Part) and _is_written(part) for part in parts(source))
    source.restart()
    return is_written


def passed_over(files: tuple[str, list[str]]) -> Statement:
    """Name the files that were passed over in a folder that was searched."""
    folder, names = files
    files_there = tuple(os.path.relpath(name, folder) for name in names)
    return statement(folder, Source(names[0]), remark("patches", count=len(names), files=files_there))


def _is_written(part: Part) -> bool:
    body = part.body
    if isinstance(body, list):
        return bool(body) and all(isinstance(step, dict) and {"op", "path"} <= step.keys() <= _OPERATION for step in body)
    if part.is_list or not isinstance(body, dict) or not isinstance(part.api_version, str):
        return False
    kind = group_of(part.api_version), part.kind
    if kind == _COMPONENT:
        return body.keys() <= _LISTS
    if kind == _KUSTOMIZATION:
        return body.keys() == _RESOURCES and _are_beside(body["resources"])
    return kind in _HARMLESS or kind[0] in _GATEKEEPER or _is_anchor(body)


def _are_beside(resources: Any) -> bool:
    """Say whether these are files of the same folder: others may be no part of the search, and would then be left out unseen."""
    return isinstance(resources, list) and all(isinstance(name, str) and _BESIDE.fullmatch(name) for name in resources)


def _is_anchor(body: dict[str, Any]) -> bool:
    """Say whether it only annotates a workload, which it could not make."""
    meta = body.get("metadata")
    if body.keys() != _OBJECT or not isinstance(meta, dict) or meta.keys() != _NAMES:
        return False
    notes = meta["annotations"]
    return isinstance(notes, dict) and notes.keys() == {ANCHORED}
