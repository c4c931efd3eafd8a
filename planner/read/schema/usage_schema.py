"""What is read of use: metrics.k8s.io, VerticalPodAutoscaler, and the JSON of krr.

Sources: staging/src/k8s.io/metrics/pkg/apis/metrics/types.go; kubernetes/autoscaler,
vertical-pod-autoscaler/pkg/apis/autoscaling.k8s.io/v1/types.go; robusta-dev/krr, robusta_krr/core/models/{result,objects}.py.
"""

from planner.read.schema.pod_schema import Amounts, Meta, Quantity, Wire
from planner.read.schema.workload_schema import Target


class ContainerMetrics(Wire):
    """What a container used."""

    name: str | None = None
    usage: Amounts | None = None


class PodMetrics(Wire):
    """metrics.k8s.io PodMetrics."""

    metadata: Meta | None = None
    containers: list[ContainerMetrics] | None = None


class NodeMetrics(Wire):
    """metrics.k8s.io NodeMetrics."""

    metadata: Meta | None = None
    usage: Amounts | None = None


class ContainerAdvice(Wire):
    """What a VerticalPodAutoscaler recommends for a container."""

    container_name: str | None = None
    target: Amounts | None = None


class Advice(Wire):
    """What it recommends."""

    container_recommendations: list[ContainerAdvice] | None = None


class AutoscalerStatus(Wire):
    """What it has come to."""

    recommendation: Advice | None = None


class AutoscalerSpec(Wire):
    """Whom it is for."""

    target_ref: Target | None = None


class VerticalPodAutoscaler(Wire):
    """autoscaling.k8s.io VerticalPodAutoscaler."""

    metadata: Meta | None = None
    spec: AutoscalerSpec | None = None
    status: AutoscalerStatus | None = None


class KrrObject(Wire):
    """The container that krr looked at."""

    namespace: str | None = None
    kind: str | None = None
    name: str | None = None
    container: str | None = None


class KrrValue(Wire):
    """One recommendation; "?" where krr knows too little."""

    value: Quantity | None = None


class KrrAdvice(Wire):
    """What krr recommends, in cores and bytes."""

    requests: dict[str, KrrValue] | None = None


class KrrScan(Wire):
    """What krr found of a container."""

    object: KrrObject | None = None
    recommended: KrrAdvice | None = None


class Krr(Wire):
    """All that `krr simple -f json` writes."""

    scans: list[KrrScan] | None = None
