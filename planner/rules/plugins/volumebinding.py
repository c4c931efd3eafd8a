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

Where the class's driver says how much storage it has (CSIDriver storageCapacity), a volume is made only on nodes that one of its
CSIStorageCapacity objects selects, and that object must have room for it. Each claim is held against what the driver published
last, alone: that several use it up together kube-scheduler does not see before the driver says so, and here it is never seen.
Of nodes that are still to be bought no driver has said anything: what selects them counts, else they are taken to have enough.

Each pod is judged by itself: that a volume serves one claim is seen within a pod only. Where claims of both kinds, those that
have a volume and those that wait for one, keep a pod off a node, kube-scheduler says both; here the first is said.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.node import Node
from models.kubernetes.pod import Pod
from models.kubernetes.storage import Capacities, Capacity, Claim, StorageClass, Volume, class_of
from planner.rules import selectors
from planner.rules.plugins import nodeaffinity

REASON = "node(s) didn't match PersistentVolume's node affinity"
UNBOUND = "node(s) didn't find available persistent volumes to bind"
MISSING = "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)"
NO_STORAGE = "node(s) did not have enough free storage"
UNBOUND_IMMEDIATE = "pod has unbound immediate PersistentVolumeClaims"
NO_PROVISIONER = "kubernetes.io/no-provisioner"
NOTHING_SAID = Capacities()
Waiting = Sequence[tuple[Claim, StorageClass]]


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
            storage_class = class_of(claim, cluster.storage_classes)
            if storage_class is not None and storage_class.waits:
                yield claim, storage_class


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
    return _not_had(pod, node, cluster)


def _not_had(pod: Pod, node: Node, cluster: Cluster) -> str | None:
    """Say why a claim that waits neither finds a volume of its own on the node nor has one made there; None where all do."""
    waiting = list(waiting_claims(pod, cluster))
    if any(claim.selected_node not in ("", node.name) for claim, _ in waiting):
        return UNBOUND
    # where a volume could be made for every claim, it does not matter which of them find one
    if not any(_not_made(claim, given, node) for claim, given in waiting):
        return None
    _, left = _shared_out(pod, waiting, node, cluster)
    return next(filter(None, (_not_made(claim, given, node) for claim, given in left)), None)


def _shared_out(pod: Pod, waiting: Waiting, node: Node, cluster: Cluster) -> tuple[list[tuple[Claim, Volume]], Waiting]:
    """Return the claims that find volumes on the node, with these, and the others, with their classes.

    Small claims choose first, and each takes the smallest volume that will do; those whose pod was sent here look for none.
    """
    by_volume: dict[str, tuple[Claim, Volume]] = {}
    left = [pair for pair in waiting if pair[0].selected_node]
    for claim, given in sorted((pair for pair in waiting if not pair[0].selected_node), key=lambda pair: pair[0].size):
        name = _smallest(claim, f"{pod.namespace}/{claim.name}", given, node, cluster, by_volume.keys())
        if name:
            by_volume[name] = claim, cluster.volumes[name]
        else:
            left.append((claim, given))
    return list(by_volume.values()), left


def _not_made(claim: Claim, given: StorageClass, node: Node) -> str:
    """Say why the class makes no volume for the claim on the node; empty where it does."""
    if not makes_volumes(given) or not _is_made_for(given, node):
        return UNBOUND
    return "" if _has_storage(given, claim.size, node) else NO_STORAGE


def _has_storage(given: StorageClass, size: int, node: Node) -> bool:
    """Say whether so many bytes can be had on the node; who asks for none is not asked about."""
    if not size or given.capacities is None or _enough(given, size, node):
        return True
    return bool(node.shape) and not any(_within_reach(given, node))


def _enough(given: StorageClass, size: int, node: Node) -> Capacity | None:
    """Return what the driver says of storage that a volume of so many bytes can be made of for the node; of several any is."""
    return next((capacity for capacity in _within_reach(given, node) if capacity.largest >= size), None)


def _within_reach(given: StorageClass, node: Node) -> Iterator[Capacity]:
    for key, own in (given.capacities or NOTHING_SAID).items():
        for capacity in own.get(node.labels.get(key, ""), ()):
            if selectors.matches(capacity.nodes, node.labels):
                yield capacity


def filled(pod: Pod, node: Node, cluster: Cluster) -> tuple[tuple[int, int], ...]:
    """Return class by class what the pod's claims ask for of what there is: volumes that they find on the node, else storage.

    Storage is only what drivers tell of. Where claims find volumes those that are made beside them do not count.
    Source: pkg/scheduler/framework/plugins/volumebinding/volume_binding.go Score (gate StorageCapacityScoring).
    """
    pairs, left = _shared_out(pod, list(waiting_claims(pod, cluster)), node, cluster)
    sums: dict[str, tuple[int, int]] = {}
    for claim, volume in pairs:
        asked, there = sums.get(volume.storage_class, (0, 0))
        sums[volume.storage_class] = asked + claim.size, there + volume.size
    for claim, given in () if pairs else left:
        capacity = _enough(given, claim.size, node) if claim.size else None
        if capacity:
            sums[given.name] = sums.get(given.name, (0, 0))[0] + claim.size, capacity.free
    return tuple(sums.values())


def _is_made_for(given: StorageClass, node: Node) -> bool:
    return not given.topologies or any(nodeaffinity.term_matches(term, node) for term in given.topologies)


def _smallest(claim: Claim, key: str, given: StorageClass, node: Node, cluster: Cluster, taken: Collection[str]) -> str:
    """Name the volume that the claim takes on the node: the one that is kept for it, else the smallest that will do.

    Of several that are as small kube-scheduler takes any, so that a pod with two claims may fail and be bound later; and of
    several that are kept for it any, so that all must reach the node.
    """
    there = _by_class_and_claim(cluster.volumes)
    kept = [volume for volume in there.get((given.name, key), ()) if volume.name not in taken and _is_like(volume, claim)]
    kept = [volume for volume in kept if is_kept_for(volume, claim, key)]
    if kept:
        return kept[0].name if all(reaches(volume, node) for volume in kept) else ""
    smallest: Volume | None = None
    for volume in there.get((given.name, ""), ()):
        if volume.name in taken or (smallest is not None and volume.size >= smallest.size):
            continue
        if _is_like(volume, claim) and _will_do(volume, claim) and reaches(volume, node):
            smallest = volume
    return smallest.name if smallest else ""


@lru_cache(maxsize=8)
def _by_class_and_claim(volumes: FrozenMap[Volume]) -> Mapping[tuple[str, str], Sequence[Volume]]:
    """Arrange volumes by their class and by the claim that they are kept for, "" where that is none."""
    by_class_and_claim: dict[tuple[str, str], list[Volume]] = {}
    for volume in volumes.values():
        by_class_and_claim.setdefault((volume.storage_class, volume.claim), []).append(volume)
    return by_class_and_claim


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
