"""A kustomization beside the manifests: where it changes them, the files are not what the cluster gets."""

from planner.read.document import Document
from planner.read.spot import Notebook, spot_of

GROUP = "kustomize.config.k8s.io"
CHANGES = (
    "commonLabels",
    "components",
    "configurations",
    "helmCharts",
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
)
"""Fields of a kustomization that may change a workload's name, namespace, tags, pods or placement."""


def overlay(document: Document, notebook: Notebook) -> None:
    """Refuse a kustomization that changes the manifests; say of one that only lists them that the list is not followed."""
    tree, spot = document.tree(), spot_of(document, notebook)
    folder = document.where.file.rpartition("/")[0] or "."
    build = f"read what it builds instead: kubectl kustomize {folder} | ringfence plan - …"
    changes = [key for key in CHANGES if tree.get(key)]
    for key in changes:
        spot.at(key).fault("this kustomization changes what the files beside it say", build)
    if not changes:
        spot.state(document.where.file, f"lists what kustomize builds, but files are read whether listed or not; {build}")
