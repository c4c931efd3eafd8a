"""What a live cluster is asked for, kind by kind; the ClusterRole in samples/live/ grants exactly this."""

from dataclasses import dataclass

from planner.read.schema.known_kinds import HIDES, MAY_HIDE, ROLLOUT, Kind, group_of


@dataclass(frozen=True, slots=True)
class Listed:
    """A kind as an API server serves it: `resource` is its name in paths and roles."""

    api_version: str
    kind: str
    resource: str

    @property
    def group(self) -> str:
        """Return the API group; the core group is empty."""
        return group_of(self.api_version)

    @property
    def path(self) -> str:
        """Return the path of the list over all namespaces."""
        return f"/{'apis' if self.group else 'api'}/{self.api_version}/{self.resource}"


def kind_of(name: str) -> Kind:
    """Return group and kind of a name such as argoproj.io/v1alpha1/Rollout."""
    api_version, _, kind = name.rpartition("/")
    return group_of(api_version), kind


NODES = Listed("v1", "Node", "nodes")
PODS = Listed("v1", "Pod", "pods")
KUBERNETES = (
    NODES,
    Listed("v1", "Namespace", "namespaces"),
    Listed("v1", "LimitRange", "limitranges"),
    Listed("v1", "ResourceQuota", "resourcequotas"),
    Listed("scheduling.k8s.io/v1", "PriorityClass", "priorityclasses"),
    Listed("node.k8s.io/v1", "RuntimeClass", "runtimeclasses"),
    Listed("v1", "PersistentVolume", "persistentvolumes"),
    Listed("v1", "PersistentVolumeClaim", "persistentvolumeclaims"),
    Listed("storage.k8s.io/v1", "CSIDriver", "csidrivers"),
    Listed("storage.k8s.io/v1", "CSINode", "csinodes"),
    Listed("storage.k8s.io/v1", "CSIStorageCapacity", "csistoragecapacities"),
    Listed("storage.k8s.io/v1", "StorageClass", "storageclasses"),
    Listed("policy/v1", "PodDisruptionBudget", "poddisruptionbudgets"),
    Listed("autoscaling/v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers"),
    Listed("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", "mutatingwebhookconfigurations"),
    Listed("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations"),
    Listed("apps/v1", "Deployment", "deployments"),
    Listed("apps/v1", "StatefulSet", "statefulsets"),
    Listed("apps/v1", "DaemonSet", "daemonsets"),
    Listed("apps/v1", "ReplicaSet", "replicasets"),
    Listed("v1", "ReplicationController", "replicationcontrollers"),
    Listed("batch/v1", "CronJob", "cronjobs"),
    Listed("batch/v1", "Job", "jobs"),
)
"""What every cluster is asked for, nodes first; pods come last of all, so that whatever made them has been read."""

CUSTOM: tuple[Kind, ...] = (
    # Kubernetes' own, but not every API server serves it, nor in the same version.
    ("admissionregistration.k8s.io", "MutatingAdmissionPolicy"),
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"),
    # Devices, which clusters before 1.34 serve in other versions.
    ("resource.k8s.io", "DeviceClass"),
    ("resource.k8s.io", "ResourceClaimTemplate"),
    ("resource.k8s.io", "ResourceSlice"),
    kind_of(ROLLOUT),
    ("autoscaling.k8s.io", "VerticalPodAutoscaler"),
    ("keda.sh", "ScaledObject"),
    # Not those that deploy other objects: in a live cluster these are read themselves.
    *(kind for kind, why in HIDES.items() if why == MAY_HIDE),
)
"""Custom resources that make pods or bear on them, for clusters that have them."""


def plural(kind: str) -> str:
    """Return the usual name of a kind in paths and roles; an API server tells the true one."""
    name = kind.lower()
    # Argo Events calls the resource like its kind.
    if name == "eventbus":
        return name
    if name.endswith("y"):
        return f"{name[:-1]}ies"
    return f"{name}es" if name.endswith(("s", "x", "ch", "sh")) else f"{name}s"
