"""What a pod spec asks for that the nouns cannot say: put into words, so that it is never dropped."""

from collections.abc import Iterator

from planner.read import wire

_RESTART_ALL = "RestartAllContainers"
_DISKS = ("aws_elastic_block_store", "azure_disk", "cinder", "gce_persistent_disk", "iscsi", "rbd")


def remarks(spec: wire.PodSpec, affinity: wire.Affinity) -> tuple[str, ...]:
    """List what a plan does not guarantee to such a pod."""
    return (*_together(spec), *_features(spec), *_volumes(spec), *_wishes(affinity))


def _together(spec: wire.PodSpec) -> Iterator[str]:
    if spec.scheduling_group or spec.workload_ref:
        yield "belongs to a group of pods that are to start together: planned one by one"


def _features(spec: wire.PodSpec) -> Iterator[str]:
    """Name what only nodes can do whose kubelets declare the feature (component-helpers/nodedeclaredfeatures)."""
    containers = (*(spec.containers or ()), *(spec.init_containers or ()))
    found = {
        "hostUsers: false beside hostNetwork": spec.host_network and spec.host_users is False,
        f"restartPolicyRules with {_RESTART_ALL}": any(
            rule.action == _RESTART_ALL for container in containers for rule in container.restart_policy_rules or ()
        ),
        "bindMountOptions": any(mount.bind_mount_options for container in containers for mount in container.volume_mounts or ()),
    }
    asked = ", ".join(name for name, is_asked in found.items() if is_asked)
    if asked:
        yield f"{asked}: which nodes declare such features is not modelled"


def _volumes(spec: wire.PodSpec) -> Iterator[str]:
    volumes = spec.volumes or ()
    disks = ", ".join(volume.name or "" for volume in volumes if any(getattr(volume, kind) for kind in _DISKS))
    if disks:
        yield f"volume {disks} is a disk without a claim: its zone, and whether two pods may attach it, is not modelled"


def _wishes(affinity: wire.Affinity) -> Iterator[str]:
    kinds = {
        "nodeAffinity": affinity.node_affinity,
        "podAffinity": affinity.pod_affinity,
        "podAntiAffinity": affinity.pod_anti_affinity,
    }
    preferred = ", ".join(name for name, kind in kinds.items() if kind and kind.preferred)
    if preferred:
        yield f"preferred terms of {preferred} are wishes to kube-scheduler: the plan does not weigh them"
