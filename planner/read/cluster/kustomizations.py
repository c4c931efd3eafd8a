"""A kustomization beside the manifests: where it changes them, or adds to them, the files are not what the cluster gets.

Source: api/types/kustomization.go of kubernetes-sigs/kustomize, whose parser takes a field's name in any case.
"""

import os
import shlex
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from planner.read.documents.document import Document
from planner.read.documents.field import Notebook, Spot, spot_of
from planner.read.documents.remarks import remark

GROUP = "kustomize.config.k8s.io"
CHANGES = (
    "commonLabels",
    "components",
    "configurations",
    "labels",
    "namePrefix",
    "nameSuffix",
    "namespace",
    "patches",
    "patchesJson6902",
    "patchesStrategicMerge",
    "replacements",
    "replicas",
    "transformers",
    "vars",
)
"""Fields of a kustomization that may change a workload's name, namespace, tags, pods or placement."""
IMAGES = ("images", "imageTags")
"""They change which images there are where they give them other names, by which a policy may know their level."""
MAKES = ("generators", "helmChartInflationGenerator", "helmCharts")
"""Fields that make objects which are in no file; what configMapGenerator and secretGenerator make bears on no pod's place."""
LISTS = ("bases", "components", "resources")
"""Fields that name other files and folders whose objects are built along."""

Listed = tuple[Spot, str, str]
"""Where a kustomization names a file or folder, the path as it is written, and the folder from which it leads there."""


def read_overlay(document: Document, notebook: Notebook) -> tuple[Listed, ...]:
    """Refuse a kustomization that changes the manifests, say of another that its list is not followed, and return that list."""
    tree, spot = document.tree(), spot_of(document, notebook)
    command = _command(document)
    kept = True
    for key in tree:
        reason = _why_refused(str(key), tree[key])
        if reason:
            kept = False
            spot.at(str(key)).fault(reason, f"read what it builds instead: {command}")
    if kept:
        spot.state(document.where.file, remark("kustomization", command=command))
    return tuple(_read_lists(document, spot))


def _why_refused(key: str, value: Any) -> str:
    """Say why the files alone are not what the field makes of them; empty where they are."""
    if not value:
        return ""
    if _is_one_of(MAKES, key):
        return "this kustomization makes objects that are in no file beside it"
    renames = _is_one_of(IMAGES, key) and any(isinstance(image, dict) and _value(image, "newName") for image in _list(value))
    return "this kustomization changes what the files beside it say" if renames or _is_one_of(CHANGES, key) else ""


def _is_one_of(fields: Iterable[str], key: str) -> bool:
    return key.lower() in map(str.lower, fields)


def _value(tree: dict[Any, Any], field: str) -> Any:
    return next((value for key, value in tree.items() if str(key).lower() == field.lower()), None)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _command(document: Document) -> str:
    """Write the command that renders the kustomization and plans what comes of it."""
    # Without this option kustomize refuses to render charts.
    helm = "--enable-helm " if any(_value(document.tree(), field) for field in MAKES[1:]) else ""
    return f"kubectl kustomize {helm}{shlex.quote(_folder(document))} | ringfence plan - …"


def _folder(document: Document) -> str:
    return os.path.dirname(document.where.file) or "."


def _read_lists(document: Document, spot: Spot) -> Iterator[Listed]:
    for key, value in document.tree().items():
        if _is_one_of(LISTS, str(key)):
            for index, path in enumerate(_list(value)):
                if isinstance(path, str) and path:
                    yield spot.at(f"{key}[{index}]"), path, _folder(document)


def check_listed(listed: Iterable[Listed], is_read: Callable[[str], bool]) -> None:
    """Refuse whatever a kustomization builds along and nobody reads: it would be planned by half."""
    for spot, path, folder in listed:
        if not is_read(os.path.join(folder, path)):
            document = spot.document
            build = f"name it as well, or read what is built: {_command(document)}" if document else ""
            spot.fault(f"this kustomization builds {path} along, which is not among what is read", build)
