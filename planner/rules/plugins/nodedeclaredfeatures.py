"""A pod goes to a node only if the node's kubelet declares every feature that the pod needs.

Source: pkg/scheduler/framework/plugins/nodedeclaredfeatures/nodedeclaredfeatures.go.

A feature is a resource among the others, of which a node that declares it has enough for any number of pods; but kube-scheduler
asks for it last of all, and says it in other words.
"""

from models.kubernetes.resources import FEATURES

REASON = "node(s) didn't match Pod's required features"


def is_feature(resource: str) -> bool:
    """Say whether a resource of this name is a feature that kubelets declare."""
    return resource.startswith(FEATURES)
