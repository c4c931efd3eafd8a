"""A pod goes only to nodes from which the volumes of its claims can be reached, or for which those it waits for can be had.

Source: pkg/scheduler/framework/plugins/volumebinding/{volume_binding,binder}.go, pv_helpers.go in
staging/src/k8s.io/component-helpers/storage/volume, checkVolumeSatisfyClaim in
pkg/controller/volume/persistentvolume/pv_controller.go.

A claim that is unbound binds the pod to nodes only where its storage class waits for the pod (WaitForFirstConsumer): there a
volume that is there must match it, or its class make one. What is claimed without waiting is bound by a controller before the
pod is scheduled, to a volume that nobody knows yet: it binds the pod to no node here, nor does a claim that is not among the
inputs. One that asks for a volume by name (volumeName) gets it, and is judged as if it had it, unless the controller would never
bind the two. A claim that is bound to a volume which is not among the inputs is judged as kube-scheduler judges a volume that
does not exist.

Each pod is judged by itself: that a volume serves one claim is seen within a pod only. How much storage there is for volumes
that are still to be made (CSIStorageCapacity) is not read. Where both kinds of claims keep a pod off a node, kube-scheduler says
both; here the first is said.
"""

from collections.abc import Iterator

from models.cluster import Cluster
from models.node import Node
from models.pod import Pod
from models.storage import Claim, StorageClass, Volume, class_of
from planner.rules import nodeaffinity, selectors

REASON = "node(s) didn't match PersistentVolume's node affinity"
UNBOUND = "node(s) didn't find available persistent volumes to bind"
MISSING = "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)"
UNBOUND_IMMEDIATE = "pod has unbound immediate PersistentVolumeClaims"
NO_PROVISIONER = "kubernetes.io/no-provisioner"


def _claims(pod: Pod, cluster: Cluster) -> Iterator[Claim]:
    for name in pod.claims:
        claim = cluster.claims.get(f"{pod.namespace}/{name}")
        if claim is not None:
            yield claim


def refusal(pod: Pod, cluster: Cluster) -> str:
    """Say why no node is looked at: for a claim that is gone, or will be, or never gets its volume; empty where they are."""
    for claim in _claims(pod, cluster):
        if claim.lost:
            return f'persistentvolumeclaim "{claim.name}" bound to non-existent persistentvolume "{claim.volume}"'
        if claim.deleting:
            return f'persistentvolumeclaim "{claim.name}" is being deleted'
    return UNBOUND_IMMEDIATE if any(not _gets_volume(claim, cluster) for claim in _claims(pod, cluster)) else ""


def _gets_volume(claim: Claim, cluster: Cluster) -> bool:
    """Say whether a claim that asks for a volume has it, or a controller binds the two."""
    if claim.bound or not claim.volume:
        return True
    volume = cluster.volumes.get(claim.volume)
    if volume is None:
        return False
    if volume.claim:
        return is_kept_for(volume, claim, f"{claim.namespace}/{claim.name}")
    return _is_like(volume, claim) and volume.storage_class == _class_name(claim, cluster) and _has_modes(volume, claim)


def _class_name(claim: Claim, cluster: Cluster) -> str:
    """Return the class that a claim has, or is given when it is made; to one that exists without any none is given any more."""
    if claim.storage_class is not None:
        return claim.storage_class
    default = None if claim.uid else class_of(claim, cluster.storage_classes)
    return default.name if default else ""


def bound_claims(pod: Pod, cluster: Cluster) -> Iterator[Claim]:
    """Yield the pod's claims that are bound to a volume."""
    return (claim for claim in _claims(pod, cluster) if claim.volume)


def waiting_claims(pod: Pod, cluster: Cluster) -> Iterator[tuple[Claim, StorageClass]]:
    """Yield the pod's claims that are bound when it is scheduled, those too that are made with it, and their classes."""
    for claim in (*_claims(pod, cluster), *pod.new_claims):
        if not claim.volume:
            found = class_of(claim, cluster.storage_classes)
            if found is not None and found.waits:
                yield claim, found


def is_kept_for(volume: Volume, claim: Claim, key: str) -> bool:
    """Say whether a volume is kept for the claim of this "namespace/name", and not for another one that had the name before.

    A claim whose uid is not known is the one of which a bound volume speaks: that one exists. Else it is still to be made.
    """
    if volume.claim != key:
        return False
    return not volume.claim_uid or (volume.claim_uid == claim.uid if claim.uid else volume.bound)


def makes_volumes(given: StorageClass) -> bool:
    """Say whether volumes of this class are made when they are wanted, and not by hand."""
    return given.provisioner not in ("", NO_PROVISIONER)


def reaches(volume: Volume, node: Node) -> bool:
    """Say whether the volume's node affinity, which sees the node's labels but not its name, allows the node."""
    if volume.node_affinity is None:
        return True
    nameless = Node("", node.labels)
    return any(nodeaffinity.term_matches(term, nameless) for term in volume.node_affinity)


def rejects(pod: Pod, node: Node, cluster: Cluster) -> str | None:
    """Say why the pod's bound volumes, or those that it waits for, keep it off the node."""
    if not pod.claims and not pod.new_claims:
        return None
    refused = refusal(pod, cluster)
    if refused:
        return refused
    volumes = [cluster.volumes.get(claim.volume) for claim in bound_claims(pod, cluster)]
    if any(volume is None for volume in volumes):
        return MISSING
    if any(volume and not reaches(volume, node) for volume in volumes):
        return REASON
    return None if _can_be_had(pod, node, cluster) else UNBOUND


def _can_be_had(pod: Pod, node: Node, cluster: Cluster) -> bool:
    """Say whether each claim that waits finds a volume of its own on the node, or its class makes one for it.

    Small claims choose first, and each takes the smallest volume that will do.
    """
    wanting: list[tuple[Claim, StorageClass]] = []
    for claim, given in waiting_claims(pod, cluster):
        if claim.selected_node and claim.selected_node != node.name:
            return False
        if makes_volumes(given) and _is_made_for(given, node):
            continue
        if claim.selected_node:
            return False
        wanting.append((claim, given))
    taken: set[str] = set()
    for claim, given in sorted(wanting, key=lambda one: one[0].size):
        found = _smallest(claim, f"{pod.namespace}/{claim.name}", given, node, cluster, taken)
        if not found:
            return False
        taken.add(found)
    return True


def _is_made_for(given: StorageClass, node: Node) -> bool:
    return not given.topologies or any(nodeaffinity.term_matches(term, node) for term in given.topologies)


def _smallest(claim: Claim, key: str, given: StorageClass, node: Node, cluster: Cluster, taken: set[str]) -> str:
    """Name the volume that the claim takes on the node: the one that is kept for it, else the smallest that will do.

    Of several that are as small kube-scheduler takes any, so that a pod with two claims may fail and be bound later; and of
    several that are kept for it any, so that all must reach the node.
    """
    found: Volume | None = None
    kept = ""
    for volume in cluster.volumes.values():
        if volume.storage_class != given.name or volume.name in taken or not _is_like(volume, claim):
            continue
        if volume.claim and not is_kept_for(volume, claim, key):
            continue
        if volume.claim:
            if not reaches(volume, node):
                return ""
            kept = kept or volume.name
        elif _will_do(volume, claim) and reaches(volume, node) and (found is None or volume.size < found.size):
            found = volume
    return kept or (found.name if found else "")


def _is_like(volume: Volume, claim: Claim) -> bool:
    """Say whether a volume is what is claimed, as it must be even where the two are meant for each other."""
    is_large = volume.size >= claim.size and not volume.deleting
    return is_large and volume.volume_mode == claim.volume_mode and volume.attributes_class == claim.attributes_class


def _has_modes(volume: Volume, claim: Claim) -> bool:
    return set(claim.access_modes) <= set(volume.access_modes)


def _will_do(volume: Volume, claim: Claim) -> bool:
    return (
        volume.available
        and _has_modes(volume, claim)
        and (claim.selector is None or selectors.matches(claim.selector, volume.labels))
    )
