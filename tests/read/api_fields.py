"""The fields that API servers have, as the Kubernetes client knows them, written for planner.read.validation.unknown_fields.

python -m tests.read.api_fields writes fields.json; a test compares. The client is asked here and not while manifests are read,
because importing it takes half a second. That of 1.37 has just the fields that kubernetes/api/openapi-spec has.
"""

import json
import re
from pathlib import Path

import kubernetes.client

from planner.read.cluster.objects import ClusterObjects
from planner.read.documents.field import Notebook
from planner.read.schema.known_kinds import NODE, SERVED

PATH = Path(__file__).resolve().parents[2] / "planner" / "read" / "validation" / "fields.json"
OLDER = {"V1Device": {"nodeAllocatableResourceMappings": ""}, "V1PodSpec": {"workloadRef": ""}}
"""What 1.34 to 1.36 have and 1.37 has no more."""
VERSIONS = ("V1", "V2")
"""Those in which there is something that is read; before they are stable, versions differ from one release to the next."""
UNTOLD = ("status", "managedFields")
"""What only the cluster writes: nobody can misspell it."""
LONG = (
    "activeDeadlineSeconds",
    "V1DeviceSubRequest.count",
    "V1ExactDeviceRequest.count",
    "defaultUser",
    "deletionGracePeriodSeconds",
    "expirationSeconds",
    "fsGroup",
    "generation",
    "nodeAllocatableUpdatePeriodSeconds",
    "resourceSliceCount",
    "runAsGroup",
    "runAsUser",
    "seconds",
    "startingDeadlineSeconds",
    "supplementalGroups",
    "terminationGracePeriodSeconds",
    "tolerationSeconds",
    "user",
)
"""Numbers of 64 bits, of which the client does not tell; others have 32."""
TEXTS = (
    "annotations",
    "labels",
    "matchLabels",
    "nodeSelector",
    "options",
    "parameters",
    "selector",
    "userAnnotations",
    "volumeAttributes",
)
"""Maps of strings; the client calls those of amounts so, too."""
PARTS = ("maxSurge", "maxUnavailable", "minAvailable", "port")
"""A number or a string: a percentage, or a name."""
AMOUNTS = (
    "V1CSIStorageCapacity.capacity",
    "V1CSIStorageCapacity.maximumVolumeSize",
    "V1EmptyDirVolumeSource.sizeLimit",
    "V1ResourceFieldSelector.divisor",
    "V2HPAScalingRules.tolerance",
    "V2MetricTarget.averageValue",
    "V2MetricTarget.value",
)
"""A number or a string, which the client calls a string."""


def known():
    """Return the fields of every type that can be reached from the kinds that are read, each with what it holds.

    planner.read.validation.unknown_fields.types says how that is written.
    """
    found = {}
    for kind in (NODE, *SERVED, *ClusterObjects(Notebook()).kinds):
        for version in VERSIONS:
            if _has_fields(f"{version}{kind[1]}"):
                _walk(f"{version}{kind[1]}", found)
    return found


def _walk(name, found):
    if name in found:
        return
    model = getattr(kubernetes.client, name)
    types = {key: _held(f"{name}.{key}", model.openapi_types[own]) for own, key in model.attribute_map.items()}
    found[name] = types | OLDER.get(name, {})
    for inner in found[name].values():
        if _has_fields(inner.strip("[]")):
            _walk(inner.strip("[]"), found)


def _held(path, written):
    key = path.partition(".")[2]
    if path in AMOUNTS or (key in PARTS and written == "object"):
        return "either"
    if key in UNTOLD and written != "str":
        return ""
    if items := re.fullmatch(r"List\[(.*)\]", written):
        return f"[{_held(path, items[1])}]"
    if written == "int":
        return "long" if {key, path} & {*LONG} else "int"
    if written == "Dict[str, str]":
        return "{str}" if key in TEXTS else "{}"
    return written if written in ("str", "bool") or _has_fields(written) else ""


def _has_fields(name):
    return hasattr(getattr(kubernetes.client, name, None), "attribute_map")


def text():
    """Write what is known, a type on each line."""
    lines = (
        f"{json.dumps(name)}:{json.dumps(fields, sort_keys=True, separators=(',', ':'))}" for name, fields in known().items()
    )
    return "{" + ",\n".join(sorted(lines)) + "}\n"


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
