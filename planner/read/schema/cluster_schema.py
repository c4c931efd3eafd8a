"""The Kubernetes API as it comes in: nodes, and the objects that bear on how pods are made and placed."""

from planner.read.schema.pod_schema import (
    Amounts,
    ClaimSpec,
    Meta,
    NodeSelector,
    Present,
    Quantity,
    Selector,
    Strings,
    Taint,
    Toleration,
    Wire,
)
from planner.read.schema.workload_schema import Condition, Target


class NodeSpec(Wire):
    """The spec of a node."""

    taints: list[Taint] | None = None
    unschedulable: bool | None = None


class NodeInfo(Wire):
    """What the kubelet says about itself."""

    kubelet_version: str | None = None


class NodeStatus(Wire):
    """What a node has to offer."""

    allocatable: Amounts | None = None
    node_info: NodeInfo | None = None
    declared_features: list[str] | None = None


class Node(Wire):
    """v1 Node."""

    metadata: Meta | None = None
    spec: NodeSpec | None = None
    status: NodeStatus | None = None


class ShapeMeta(Wire, forbid_unknown_fields=True):
    """Metadata of a NodeShape; labels are read only to be refused."""

    name: str | None = None
    labels: Strings | None = None
    annotations: Strings | None = None


class ShapeTaint(Taint, forbid_unknown_fields=True):
    """A taint of nodes that could be bought."""


class ShapeSpec(Wire, forbid_unknown_fields=True):
    """The spec of a NodeShape."""

    allocatable: Amounts | None = None
    labels: Strings | None = None
    taints: list[ShapeTaint] | None = None
    zones: list[str] | None = None
    price: str | int | float | None = None
    max: int | None = None
    declared_features: list[str] | None = None


class Shape(Wire, forbid_unknown_fields=True):
    """ringfence.dev NodeShape."""

    api_version: str | None = None
    kind: str | None = None
    metadata: ShapeMeta | None = None
    spec: ShapeSpec | None = None


class GroupSpec(Wire, forbid_unknown_fields=True):
    """The spec of a NodeGroup."""

    by: str | None = None
    min: int | None = None
    max: int | None = None
    shape: str | None = None
    allocatable: Amounts | None = None
    labels: Strings | None = None
    taints: list[ShapeTaint] | None = None
    zones: list[str] | None = None
    price: str | int | float | None = None


class Group(Wire, forbid_unknown_fields=True):
    """ringfence.dev NodeGroup."""

    api_version: str | None = None
    kind: str | None = None
    metadata: ShapeMeta | None = None
    spec: GroupSpec | None = None


class AutoscalerSpec(Wire):
    """The spec of a HorizontalPodAutoscaler."""

    scale_target_ref: Target | None = None
    max_replicas: int | None = None
    min_replicas: int | None = None


class AutoscalerStatus(Wire):
    """The status of a HorizontalPodAutoscaler."""

    conditions: list[Condition] | None = None


class Autoscaler(Wire):
    """autoscaling HorizontalPodAutoscaler."""

    metadata: Meta | None = None
    spec: AutoscalerSpec | None = None
    status: AutoscalerStatus | None = None


class BudgetSpec(Wire):
    """The spec of a PodDisruptionBudget."""

    selector: Selector | None = None
    min_available: str | int | None = None
    max_unavailable: str | int | None = None


class Budget(Wire):
    """policy PodDisruptionBudget."""

    metadata: Meta | None = None
    spec: BudgetSpec | None = None


class PriorityClass(Wire):
    """scheduling.k8s.io PriorityClass."""

    metadata: Meta | None = None
    value: int | None = None
    global_default: bool | None = None
    preemption_policy: str | None = None


class Overhead(Wire):
    """What a runtime needs beside the containers."""

    pod_fixed: Amounts | None = None


class Scheduling(Wire):
    """Where a runtime is installed."""

    node_selector: Strings | None = None
    tolerations: list[Toleration] | None = None


class RuntimeClass(Wire):
    """node.k8s.io RuntimeClass."""

    metadata: Meta | None = None
    overhead: Overhead | None = None
    scheduling: Scheduling | None = None


class LimitItem(Wire):
    """One entry of a LimitRange."""

    type: str | None = None
    max: Amounts | None = None
    min: Amounts | None = None
    default: Amounts | None = None
    default_request: Amounts | None = None
    max_limit_request_ratio: Amounts | None = None


class LimitRangeSpec(Wire):
    """The spec of a LimitRange."""

    limits: list[LimitItem] | None = None


class LimitRange(Wire):
    """v1 LimitRange."""

    metadata: Meta | None = None
    spec: LimitRangeSpec | None = None


class VolumeNodeAffinity(Wire):
    """The nodes that can reach a volume."""

    required: NodeSelector | None = None


class ClaimReference(Wire):
    """The claim that a volume is kept for."""

    namespace: str | None = None
    name: str | None = None
    uid: str | None = None


class VolumeSource(Wire):
    """What attaches a volume."""

    driver: str | None = None


class NodePath(Wire):
    """A file, folder or disk of a node."""

    path: str | None = None


class VolumeSpec(Wire):
    """The spec of a PersistentVolume."""

    node_affinity: VolumeNodeAffinity | None = None
    capacity: Amounts | None = None
    access_modes: list[str] | None = None
    storage_class_name: str | None = None
    volume_attributes_class_name: str | None = None
    volume_mode: str | None = None
    claim_ref: ClaimReference | None = None
    csi: VolumeSource | None = None
    host_path: NodePath | None = None
    local: NodePath | None = None
    aws_elastic_block_store: Present | None = None
    azure_disk: Present | None = None
    cinder: Present | None = None
    gce_persistent_disk: Present | None = None
    portworx_volume: Present | None = None


class VolumeStatus(Wire):
    """The status of a PersistentVolume."""

    phase: str | None = None


class PersistentVolume(Wire):
    """v1 PersistentVolume."""

    metadata: Meta | None = None
    spec: VolumeSpec | None = None
    status: VolumeStatus | None = None


class ClaimStatus(Wire):
    """The status of a PersistentVolumeClaim."""

    phase: str | None = None


class PersistentVolumeClaim(Wire):
    """v1 PersistentVolumeClaim."""

    metadata: Meta | None = None
    spec: ClaimSpec | None = None
    status: ClaimStatus | None = None


class Drivable(Wire):
    """How many volumes a node takes."""

    count: int | None = None


class NodeDriver(Wire):
    """A CSI driver on a node."""

    name: str | None = None
    allocatable: Drivable | None = None


class CSINodeSpec(Wire):
    """The spec of a CSINode."""

    drivers: list[NodeDriver] | None = None


class CSINode(Wire):
    """storage.k8s.io/v1 CSINode."""

    metadata: Meta | None = None
    spec: CSINodeSpec | None = None


class CSIDriverSpec(Wire):
    """The spec of a CSIDriver."""

    prevent_pod_scheduling_if_missing: bool | None = None
    storage_capacity: bool | None = None


class CSIDriver(Wire):
    """storage.k8s.io/v1 CSIDriver."""

    metadata: Meta | None = None
    spec: CSIDriverSpec | None = None


class CSIStorageCapacity(Wire):
    """storage.k8s.io/v1 CSIStorageCapacity."""

    metadata: Meta | None = None
    node_topology: Selector | None = None
    storage_class_name: str | None = None
    capacity: Quantity | None = None
    maximum_volume_size: Quantity | None = None


class TopologyExpression(Wire):
    """A label of nodes and the values that it may have."""

    key: str | None = None
    values: list[str] | None = None


class TopologyTerm(Wire):
    """Labels that a node must have, all of them."""

    match_label_expressions: list[TopologyExpression] | None = None


class StorageClass(Wire):
    """storage.k8s.io/v1 StorageClass."""

    metadata: Meta | None = None
    provisioner: str | None = None
    volume_binding_mode: str | None = None
    allowed_topologies: list[TopologyTerm] | None = None


class HookRule(Wire):
    """What a webhook is called for, or a policy is evaluated for."""

    api_groups: list[str] | None = None
    operations: list[str] | None = None
    resources: list[str] | None = None


class Hook(Wire):
    """One webhook of a configuration."""

    rules: list[HookRule] | None = None


class HookConfiguration(Wire):
    """admissionregistration.k8s.io MutatingWebhookConfiguration and ValidatingWebhookConfiguration."""

    metadata: Meta | None = None
    webhooks: list[Hook] | None = None


class MatchConstraints(Wire):
    """What an admission policy is evaluated for."""

    resource_rules: list[HookRule] | None = None


class AdmissionPolicySpec(Wire):
    """The spec of an admission policy."""

    match_constraints: MatchConstraints | None = None


class AdmissionPolicy(Wire):
    """admissionregistration.k8s.io MutatingAdmissionPolicy and ValidatingAdmissionPolicy."""

    metadata: Meta | None = None
    spec: AdmissionPolicySpec | None = None


class PolicyBindingSpec(Wire):
    """The spec of a ValidatingAdmissionPolicyBinding."""

    policy_name: str | None = None
    validation_actions: list[str] | None = None


class PolicyBinding(Wire):
    """admissionregistration.k8s.io ValidatingAdmissionPolicyBinding."""

    metadata: Meta | None = None
    spec: PolicyBindingSpec | None = None
