"""PodMetrics and NodeMetrics of metrics.k8s.io: what containers and nodes used a moment ago."""

from collections.abc import Iterator

from models.frozen_map import FrozenMap
from models.kubernetes.measure import Measure
from models.kubernetes.resources import Resources
from planner.read.documents.document import Document
from planner.read.documents.field import Notebook, Spot, spot_of
from planner.read.schema.pod_schema import Amounts, Meta
from planner.read.schema.usage_schema import NodeMetrics, PodMetrics
from planner.read.values.resource_amounts import read_amounts

POD, NODE = ("metrics.k8s.io", "PodMetrics"), ("metrics.k8s.io", "NodeMetrics")


def read_pod(document: Document, notebook: Notebook) -> Iterator[Measure]:
    """Read what the containers of a pod used."""
    spot, given = spot_of(document, notebook), document.decode(PodMetrics)
    meta = given.metadata or Meta()
    name, namespace = needed(spot.at("metadata.name"), meta.name), needed(spot.at("metadata.namespace"), meta.namespace)
    labels = FrozenMap(meta.labels or {})
    for index, container in enumerate(given.containers or ()):
        here = spot.at(f"containers[{index}]")
        called = needed(here.at("name"), container.name)
        amounts = _usage(here.at("usage"), container.usage)
        yield Measure(namespace, "", name, called, amounts, labels=labels)


def read_node(document: Document, notebook: Notebook) -> Iterator[tuple[str, Resources]]:
    """Read what a node used."""
    spot, given = spot_of(document, notebook), document.decode(NodeMetrics)
    yield needed(spot.at("metadata.name"), (given.metadata or Meta()).name), _usage(spot.at("usage"), given.usage)


def _usage(spot: Spot, given: Amounts | None) -> Resources:
    if given is None:
        spot.fault("is missing", "copy what kubectl get --raw /apis/metrics.k8s.io/v1beta1/pods writes")
    return FrozenMap(read_amounts(spot, given))


def needed(spot: Spot, text: str | None) -> str:
    """Return a text that must be there; where it is not, that is a fault."""
    if not text:
        spot.fault("is missing", "add it: nobody else says whose usage this is")
    return text or ""
