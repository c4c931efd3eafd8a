"""Which taints and labels set nodes apart for somebody, and which only say what a node is or how it fares."""

import re

from models.kubernetes import node_restriction
from models.kubernetes.labels import Taint
from models.trust import TrustPolicy

_CONDITIONS = (
    *("node.kubernetes.io/", "node-role.kubernetes.io/", "node.cloudprovider.kubernetes.io/", "node.cilium.io/"),
    *("nvidia.com/", "amd.com/", "google.com/tpu", "habana.ai/", "aws.amazon.com/neuron", "gpu.intel.com/"),
    *("ToBeDeletedByClusterAutoscaler", "DeletionCandidateOfClusterAutoscaler", "CriticalAddonsOnly", "karpenter.sh/"),
    *("kubernetes.azure.com/scalesetpriority", "cloud.google.com/gke-spot", "cloud.google.com/gke-preemptible"),
    *("cloud.google.com/gke-accelerator", "cloud.google.com/gke-provisioning", "kubernetes.io/arch", "kubernetes.io/os"),
    *("cluster.x-k8s.io/", "ebs.csi.aws.com/", "efs.csi.aws.com/", "os", "arch", "readiness.k8s.io/", "virtual-kubelet.io/"),
)
_PROPERTIES = (
    *("kubernetes.io/", "beta.kubernetes.io/", "node.kubernetes.io/", "topology.kubernetes.io/"),
    *("failure-domain.beta.kubernetes.io/", "feature.node.kubernetes.io/", "karpenter.k8s.aws/", "karpenter.sh/capacity-type"),
    *("nvidia.com/", "cloud.google.com/gke-accelerator", "cloud.google.com/machine-family", "kubernetes.azure.com/os"),
    *(
        "cloud.google.com/gke-os-distribution",
        "cloud.google.com/gke-spot",
        "node-role.kubernetes.io/",
        "eks.amazonaws.com/capacity",
    ),
)
_KINDS = re.compile(r"(^|[./_-])(spot|preemptible|gpu|arm64|windows|maintenance|burstable)($|[./_-])", re.IGNORECASE)
"""Words by which teams name taints of what a node is, and not of whose it is."""
_ROLES = re.compile(r"(^|[./_-])(dedicated|isolat\w*|tenant|team|trust\w*|ring|reserved|restricted)($|[./_-])", re.IGNORECASE)


def sets_apart(key: str) -> bool:
    """Say whether a taint of this key sets nodes apart for somebody; others say how a node fares, or what is in it."""
    return bool(key) and not key.startswith(_CONDITIONS) and not _KINDS.search(key)


def is_pool_label(key: str) -> bool:
    """Say whether a label of this key may set nodes apart; others say what a node is, and where."""
    return not key.startswith(_PROPERTIES) or node_restriction.is_kubelet_proof(key)


def is_isolating(key: str, policy: TrustPolicy | None) -> bool:
    """Say whether a label sets nodes apart by its name, or because the policy says so."""
    return key == policy.nodes.label_key if policy and key == policy.nodes.label_key else bool(_ROLES.search(key))


def is_hard(taint: Taint) -> bool:
    """Say whether the taint keeps pods off."""
    return taint.effect in ("NoSchedule", "NoExecute")
