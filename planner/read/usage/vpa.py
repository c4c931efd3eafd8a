"""VerticalPodAutoscalers: the target of each container is what its pods are recommended to request."""

from collections.abc import Iterator

from models.frozen_map import FrozenMap
from models.kubernetes.measure import Measure
from planner.read.documents.document import Document
from planner.read.documents.field import Notebook, spot_of
from planner.read.schema.pod_schema import Meta
from planner.read.schema.usage_schema import Advice, AutoscalerSpec, AutoscalerStatus, VerticalPodAutoscaler
from planner.read.schema.workload_schema import Target
from planner.read.usage.metrics import needed
from planner.read.values.resource_amounts import read_amounts

KIND = ("autoscaling.k8s.io", "VerticalPodAutoscaler")


def read(document: Document, notebook: Notebook) -> Iterator[Measure]:
    """Read what one recommends; nothing where it recommends nothing yet."""
    spot, given = spot_of(document, notebook), document.decode(VerticalPodAutoscaler)
    target = (given.spec or AutoscalerSpec()).target_ref or Target()
    namespace = needed(spot.at("metadata.namespace"), (given.metadata or Meta()).namespace)
    kind, name = needed(spot.at("spec.targetRef.kind"), target.kind), needed(spot.at("spec.targetRef.name"), target.name)
    advice = (given.status or AutoscalerStatus()).recommendation or Advice()
    for index, container in enumerate(advice.container_recommendations or ()):
        here = spot.at(f"status.recommendation.containerRecommendations[{index}]")
        called = needed(here.at("containerName"), container.container_name)
        amounts = FrozenMap(read_amounts(here.at("target"), container.target))
        yield Measure(namespace, kind, name, called, amounts, is_advice=True)
