"""What the API server's validation refuses in whole objects: their names and labels, and what bears on their pods.

Source: apimachinery pkg/api/validation/objectmeta.go, pkg/apis/{autoscaling,node,policy,scheduling}/validation/validation.go.
What only some of 1.34 to 1.37 refuse is taken.
"""

import re
from collections.abc import Mapping
from typing import Any

from planner.read.documents.document import Document
from planner.read.documents.field import Notebook, Spot, spot_of
from planner.read.validation.apps import APPS
from planner.read.validation.batch import BATCH
from planner.read.validation.limit_ranges import LIMITS
from planner.read.validation.object_rules import (
    Table,
    between,
    dns_label,
    dns_name,
    empty_or,
    hold,
    one_of,
    share,
    whole,
    within,
)
from planner.read.validation.storage import STORAGE
from planner.read.values.selectors import read_labels

_SERVED = re.compile(r"(?:.+/)?v[0-9]+", re.ASCII)
_LABELS = ("Namespace", "StatefulSet")
_LONGEST_RUN = 52
"""The 63 of a Job's name, less the 11 that the controller adds for the minute of the run."""
_LABELS_READ = ("Namespace", "Pod")
"""Kinds whose labels are read, and judged, elsewhere."""
_SYSTEM, _HIGHEST = "system-", 1_000_000_000
"""Twice that and more is for the two classes that Kubernetes makes itself."""
_SYSTEM_CLASSES = ("system-cluster-critical", "system-node-critical")


def check_object(document: Document, notebook: Notebook) -> None:
    """Note what validation refuses in an object; what an API server has stored has passed that of its version."""
    if document.place is None or not _SERVED.fullmatch(document.api_version):
        return
    if document.is_record:
        return
    tree = document.tree()
    # Exports are often stripped of uids; a Pod with a status has passed an API server all the same.
    if document.is_stored and document.kind == "Pod" and tree.get("status"):
        return
    spot = spot_of(document, notebook)
    _check_metadata(spot.at("metadata"), document.kind, tree.get("metadata") or {})
    hold(spot, tree, _TABLES.get(document.kind, {}))


def _check_metadata(spot: Spot, kind: str, given: Mapping[str, Any]) -> None:
    name = given.get("name") or ""
    if name and kind in _NAMED:
        (dns_label if kind in _LABELS else dns_name)(spot.at("name"), name)
    if kind == "CronJob" and len(name) > _LONGEST_RUN:
        spot.at("name").fault(f"is longer than {_LONGEST_RUN} characters", "shorten it: Jobs are called so and a number")
    empty_or(dns_label)(spot.at("namespace"), given.get("namespace"))
    if kind not in _LABELS_READ:
        read_labels(spot.at("labels"), given.get("labels"))


def _check_autoscaler(spot: Spot, spec: Any) -> None:
    """Refuse an autoscaler that may never run as few pods."""
    least, most = whole(within(spec, "minReplicas")), whole(within(spec, "maxReplicas")) or 0
    if least is not None and least > most > 0:
        spot.at("maxReplicas").fault(f"{most} is less than minReplicas {least}", "write the two the other way round")


def _check_priority(spot: Spot, given: Any) -> None:
    name, value = within(given, "metadata.name") or "", whole(within(given, "value")) or 0
    if name.startswith(_SYSTEM) and name not in _SYSTEM_CLASSES:
        spot.at("metadata.name").fault(f"names that begin with {_SYSTEM} are Kubernetes' own", "choose another name")
    elif not name.startswith(_SYSTEM) and value > _HIGHEST:
        spot.at("value").fault(f"{value} is more than {_HIGHEST}", f"write {_HIGHEST} or less")


_TABLES: dict[str, Table] = {
    **APPS,
    **BATCH,
    **STORAGE,
    "HorizontalPodAutoscaler": {"spec": _check_autoscaler, "spec.minReplicas": between(0)},
    "LimitRange": LIMITS,
    "PodDisruptionBudget": {"spec.minAvailable": share, "spec.maxUnavailable": share},
    "PriorityClass": {
        "value": between(-(2**31)),
        "": _check_priority,
        "preemptionPolicy": one_of("PreemptLowerPriority", "Never"),
    },
}
_MORE = ("Deployment", "Namespace", "Pod", "ReplicaSet", "ReplicationController", "RuntimeClass")
_NAMED = frozenset((*_MORE, *_TABLES)) - {"PodDisruptionBudget"}
"""Kinds whose names must be DNS names: budgets may be called anything."""
