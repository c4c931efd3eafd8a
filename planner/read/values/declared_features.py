"""Features that kubelets declare, and that pods need -> resources.

Source: staging/src/k8s.io/component-helpers/nodedeclaredfeatures/features: those that bear on scheduling.
"""

from collections.abc import Container, Iterable

from models.frozen_map import FrozenMap
from models.kubernetes.resources import FEATURES, NOTHING, WHOLE, Resources
from planner.read.schema import pod_schema

_RESTART_ALL = "RestartAllContainers"


def features_needed_by(spec: pod_schema.PodSpec) -> Resources:
    """Return one of each feature that the pod needs its node to declare."""
    containers = (*(spec.containers or ()), *(spec.init_containers or ()))
    features = {
        "RestartAllContainersOnContainerExits": any(
            rule.action == _RESTART_ALL for container in containers for rule in container.restart_policy_rules or ()
        ),
        "UserNamespacesHostNetworkSupport": bool(spec.host_network) and spec.host_users is False,
    }
    return (
        FrozenMap({FEATURES + name: 1 for name, is_needed in features.items() if is_needed})
        if any(features.values())
        else NOTHING
    )


def features_of(names: Iterable[str] | None) -> dict[str, int]:
    """Return enough of each feature that a node declares for any number of pods."""
    return {FEATURES + name: WHOLE for name in names or ()}


def only_needed(allocatable: Resources, asked: Container[str]) -> Resources:
    """Return what a node can allocate without the features that no pod needs."""
    return FrozenMap({name: amount for name, amount in allocatable.items() if not name.startswith(FEATURES) or name in asked})
