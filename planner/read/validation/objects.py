"""What the API server's validation refuses in whole objects: their metadata, and fields that no pod has.

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
    below,
    between,
    dns_label,
    dns_name,
    empty_or,
    hold,
    is_key,
    key,
    needs,
    one_of,
    share,
    whole,
    within,
)
from planner.read.validation.storage import STORAGE
from planner.read.values import names
from planner.read.values.selectors import labels

_SERVED = re.compile(r"(?:.+/)?v[0-9]+", re.ASCII)
_LABELS = ("Namespace", "StatefulSet")
_LONGEST_RUN = 52
_ANNOTATIONS_BYTES = 1 << 18
_STANDARD_FINALIZERS = ("kubernetes", "orphan", "foregroundDeletion")
_ANY_FINALIZER = (
    "MutatingWebhookConfiguration",
    "PodDisruptionBudget",
    "RuntimeClass",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
)
"""Kinds whose finalizers need no domain."""
_LABELS_READ = ("Namespace", "Pod")
"""Kinds whose labels are read, and judged, elsewhere."""
_SYSTEM, _HIGHEST = "system-", 1_000_000_000
_SYSTEM_CLASSES = ("system-cluster-critical", "system-node-critical")
_METRICS = {name[0].upper() + name[1:]: name for name in ("containerResource", "external", "object", "pods", "resource")}


def check_object(document: Document, notebook: Notebook) -> None:
    """Note what validation refuses in an object; what an API server has stored has passed that of its version."""
    if document.place is None or not _SERVED.fullmatch(document.api_version):
        return
    if document.is_record:
        return
    tree = document.tree()
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
        labels(spot.at("labels"), given.get("labels"))
    _check_annotations(spot.at("annotations"), given.get("annotations") or {})
    for at, finalizer in enumerate(given.get("finalizers") or ()):
        known = kind in _ANY_FINALIZER or "/" in (finalizer or "") or finalizer in _STANDARD_FINALIZERS
        if not known or not names.is_label_key(finalizer or ""):
            spot.at(f"finalizers[{at}]").fault(f"{finalizer!r} is no finalizer", "write a domain, '/' and a name")


def _check_annotations(spot: Spot, given: Mapping[str, str]) -> None:
    for note in given:
        if not is_key(note):
            key(spot.key(note), note)
    if sum(len(f"{note}{text}".encode()) for note, text in given.items()) > _ANNOTATIONS_BYTES:
        spot.fault("are more than 256 KiB together", "leave some out")


def _check_autoscaler(spot: Spot, spec: Any) -> None:
    """Refuse an autoscaler that may never run as few pods, or that nobody would wake from none."""
    least, most = whole(within(spec, "minReplicas")), whole(within(spec, "maxReplicas")) or 0
    if least is not None and least > most > 0:
        spot.at("maxReplicas").fault(f"{most} is less than minReplicas {least}", "write the two the other way round")
    kinds = {within(metric, "type") for metric in within(spec, "metrics") or ()}
    is_written = not (spot.document and spot.document.is_stand_in(spot.at("minReplicas").path))
    if least == 0 and is_written and not kinds & {"Object", "External"}:
        spot.at("metrics").fault("has nothing that tells of work while no pod runs", "write an Object or External metric")


def _check_metric(spot: Spot, metric: Any) -> None:
    meant = _METRICS.get(within(metric, "type"), "")
    if meant and within(metric, meant) is None:
        spot.at(meant).fault("is missing", f"write what type {metric['type']} needs")
    for name in _METRICS.values():
        if meant and name != meant and within(metric, name) is not None:
            spot.at(name).fault(f"is given where type is {metric['type']}", "leave it out")


def _check_priority(spot: Spot, given: Any) -> None:
    name, value = within(given, "metadata.name") or "", whole(within(given, "value")) or 0
    if name.startswith(_SYSTEM) and name not in _SYSTEM_CLASSES:
        spot.at("metadata.name").fault(f"names that begin with {_SYSTEM} are Kubernetes' own", "choose another name")
    elif not name.startswith(_SYSTEM) and value > _HIGHEST:
        spot.at("value").fault(f"{value} is more than {_HIGHEST}", f"write {_HIGHEST} or less")


_SCALING: Table = {
    "stabilizationWindowSeconds": between(0, 3600),
    "selectPolicy": one_of("Max", "Min", "Disabled"),
    "policies[].type": one_of("Pods", "Percent"),
    "policies[].value": between(1),
    "policies[].periodSeconds": between(1, 1800),
    "policies[]": needs("type", "value", "periodSeconds"),
}
_AUTOSCALER: Table = {
    "minReplicas": between(0),
    "": _check_autoscaler,
    "metrics[]": _check_metric,
    "metrics[].type": one_of(*_METRICS),
    **below("behavior.scaleUp", _SCALING),
    **below("behavior.scaleDown", _SCALING),
}
_TABLES: dict[str, Table] = {
    **APPS,
    **BATCH,
    **STORAGE,
    "HorizontalPodAutoscaler": below("spec", _AUTOSCALER),
    "LimitRange": LIMITS,
    "PodDisruptionBudget": {
        "spec.minAvailable": share,
        "spec.maxUnavailable": share,
        "spec.unhealthyPodEvictionPolicy": one_of("AlwaysAllow", "IfHealthyBudget"),
    },
    "PriorityClass": {
        "value": between(-(2**31)),
        "": _check_priority,
        "preemptionPolicy": one_of("PreemptLowerPriority", "Never"),
    },
    "RuntimeClass": {"": needs("handler"), "handler": empty_or(dns_label)},
}
_NAMED = frozenset(("Namespace", "Pod", *_TABLES)) - {"PodDisruptionBudget"}
"""Kinds whose names must be DNS names: budgets may be called anything."""
