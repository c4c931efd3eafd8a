"""Node groups as autoscalers and providers have them: eksctl, Karpenter, Cluster API, OpenShift. All else is passed over."""

from typing import Any

from planner.read.schema.pod_schema import Expression, Meta, Strings, Taint, Wire


class EksctlGroup(Wire):
    """An entry of managedNodeGroups or nodeGroups."""

    name: str | None = None
    instance_type: str | None = None
    instance_types: list[str] | None = None
    min_size: int | None = None
    max_size: int | None = None
    desired_capacity: int | None = None
    availability_zones: list[str] | None = None
    labels: Strings | None = None
    taints: Any = None


class ClusterConfig(Wire):
    """eksctl.io ClusterConfig."""

    managed_node_groups: list[EksctlGroup] | None = None
    node_groups: list[EksctlGroup] | None = None
    availability_zones: list[str] | None = None


class PoolNodes(Wire):
    """What nodes of a NodePool are like."""

    requirements: list[Expression] | None = None
    taints: list[Taint] | None = None


class PoolTemplate(Wire):
    """The template of a NodePool."""

    metadata: Meta | None = None
    spec: PoolNodes | None = None


class PoolSpec(Wire):
    """The spec of a NodePool."""

    limits: dict[str, str | int | float] | None = None
    replicas: int | None = None
    template: PoolTemplate | None = None


class NodePool(Wire):
    """karpenter.sh NodePool."""

    metadata: Meta | None = None
    spec: PoolSpec | None = None


class MachineSpec(Wire):
    """The spec of a machine."""

    failure_domain: str | None = None


class MachineTemplate(Wire):
    """The template of machines."""

    spec: MachineSpec | None = None


class DeploymentSpec(Wire):
    """The spec of a MachineDeployment."""

    template: MachineTemplate | None = None


class MachineDeployment(Wire):
    """cluster.x-k8s.io MachineDeployment."""

    metadata: Meta | None = None
    spec: DeploymentSpec | None = None


class ScaleTarget(Wire):
    """Which MachineSet is scaled."""

    name: str | None = None


class MachineAutoscalerSpec(Wire):
    """The spec of a MachineAutoscaler."""

    min_replicas: int | None = None
    max_replicas: int | None = None
    scale_target_ref: ScaleTarget | None = None


class MachineAutoscaler(Wire):
    """autoscaling.openshift.io MachineAutoscaler."""

    spec: MachineAutoscalerSpec | None = None
