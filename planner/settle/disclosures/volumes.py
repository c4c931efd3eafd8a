"""What a plan does not know about volumes: said, workload by workload."""

from collections import Counter
from collections.abc import Iterator

from models.disclosure import DisclosureCode
from models.kubernetes.cluster import Cluster, Statement
from models.kubernetes.storage import Claim, StorageClass, Volume, class_of
from models.kubernetes.workload import Workload
from planner.rules import statefulset
from planner.rules.plugins import nodevolumelimits, volumebinding
from planner.words import some

NAMED, TEMPLATE, EPHEMERAL = "PersistentVolumeClaim", "volumeClaimTemplate", "ephemeral volume"
UNKNOWN = "where its volume will be is not known"
UNCOUNTED = "how many volumes a node may attach is not in the input (kubectl get csinodes -o yaml has it)"
COUNTED = (
    "a volume that several pods use is counted for each of them against what a node may attach (CSINode), and one that is still "
    "attached for a pod that is gone is not seen"
)
STAY = (
    "their volumes are made where their pods run first, and stay in reach of that node or zone only, as their driver has it: "
    "that pods which come again, as after a loss or a rollout, may find no node there is not modelled"
)
UNMEASURED = (
    "how much storage there is for new ones is known of no driver: those that say it (CSIDriver storageCapacity, kubectl get "
    "csidrivers,csistoragecapacities -A -o yaml) keep pods off nodes without it"
)
MEASURED = (
    "a node has storage for a new one where its driver said so last (CSIStorageCapacity), which kube-scheduler asks for each "
    "claim by itself: that they use it up together is not modelled"
)
GRANTED = ", and nodes that are bought are taken to have enough where no CSIStorageCapacity selects them"
ONCE = "which serves one claim only: that is not modelled"
UNSEEN = "are not in the input (kubectl get pvc,pv -A -o yaml has them): where their volumes are is not known"
MISSING = "does not exist: pods that name it stay pending until it is made"
CLASSLESS = "asks for a volume without a storage class: that each serves one claim only, and where that is, is not modelled"
NO_VOLUME = (
    'asks for a volume without a storage class (storageClassName ""), and none is in the input: without one its pods stay pending'
)

Unknown = tuple[DisclosureCode, str]
"""What is not known of a claim: the kind of it, and in words."""


def statements(cluster: Cluster) -> Iterator[Statement]:
    """Say what is left of volumes wherever there are any, and then of whom it is not known where volumes are."""
    claiming = [
        workload
        for workload in cluster.workloads
        if workload.template.claims or workload.template.new_claims or workload.claim_templates
    ]
    if claiming:
        limited = _are_limited(cluster)
        code = DisclosureCode.VOLUMES_COUNTED if limited else DisclosureCode.VOLUMES_UNCOUNTED
        yield Statement("volumes", f"{COUNTED if limited else UNCOUNTED}; {_storage_said(cluster)}", code=code)
    keeping = [str(workload.id) for workload in claiming if _keeps_what_is_made(workload, cluster)]
    if keeping:
        yield Statement("volumes", f"{some(keeping)}: {STAY}", code=DisclosureCode.VOLUMES_STAY)
    users: Counter[str] = Counter()
    for workload in claiming:
        users.update(dict.fromkeys((f"{workload.id.namespace}/{name}" for name in workload.template.claims), workload.pods))
    for workload in claiming:
        yield from _of_workload(workload, cluster, users)
        yield from _unseen(workload, cluster)


def _keeps_what_is_made(workload: Workload, cluster: Cluster) -> bool:
    """Say whether a volume is made for a claim that outlives the pod."""
    claims = ((kind, claim, class_of(claim, cluster.storage_classes)) for kind, claim in _unbound(workload, cluster))
    return any(kind != EPHEMERAL and given and given.waits and volumebinding.makes_volumes(given) for kind, _, given in claims)


def _storage_said(cluster: Cluster) -> str:
    if all(storage_class.capacities is None for storage_class in cluster.storage_classes.values()):
        return UNMEASURED
    return MEASURED + (GRANTED if cluster.shapes else "")


def _are_limited(cluster: Cluster) -> bool:
    return any(nodevolumelimits.is_limit(name) for node in cluster.nodes for name in node.allocatable)


def _of_workload(workload: Workload, cluster: Cluster, users: Counter[str]) -> Iterator[Statement]:
    by_kind: dict[tuple[str, Unknown], list[str]] = {}
    for kind, claim in dict.fromkeys(_unbound(workload, cluster)):
        if why := _why(kind, claim, cluster, users[f"{claim.namespace}/{claim.name}"]):
            by_kind.setdefault((kind, why), []).append(claim.name)
    for (kind, (code, said)), names in by_kind.items():
        yield Statement(str(workload.id), f"{kind} {', '.join(names)} {said}", workload.where, code)


def _unseen(workload: Workload, cluster: Cluster) -> Iterator[Statement]:
    """Say of whose pods that run the claims were not read: they have volumes already, which are somewhere."""
    running = min(sum(workload.running.values()), workload.pods)
    for template in workload.claim_templates:
        unseen = running - sum(1 for _ in statefulset.claimed(workload, template, cluster.claims))
        if unseen > 0:
            whose = f"{TEMPLATE} {template}: the claims of {unseen} of its {running} running pods {UNSEEN}"
            yield Statement(str(workload.id), whose, workload.where, DisclosureCode.CLAIMS_UNREAD)


def _unbound(workload: Workload, cluster: Cluster) -> Iterator[tuple[str, Claim]]:
    """Yield the claims that no known volume serves, with what they are."""
    pod = workload.template
    for name in pod.claims:
        claim = cluster.claims.get(f"{pod.namespace}/{name}", Claim(pod.namespace, name, storage_class=""))
        if claim.volume not in cluster.volumes:
            yield NAMED, claim
    for variant in statefulset.variants(workload, pod, cluster):
        for claim in variant.new_claims:
            is_ephemeral = claim in pod.new_claims and claim.name not in workload.claim_templates
            yield (EPHEMERAL if is_ephemeral else TEMPLATE), claim


def _are_all_known(cluster: Cluster) -> bool:
    """Say whether the cluster has no other claims than those that were read."""
    return cluster.live and not any(statement.subject == NAMED for statement in cluster.unread)


def _may_be_had(volume: Volume, claim: Claim) -> bool:
    return not volume.storage_class and volume.claim.rpartition("/")[2] in ("", claim.name)


def _why(kind: str, claim: Claim, cluster: Cluster, users: int) -> Unknown | None:
    """Say what is not known of a claim; nothing where a volume is made for it once its pod has its node."""
    if claim.volume and kind == NAMED:
        return DisclosureCode.VOLUME_UNKNOWN, f"is bound to volume {claim.volume}, which is not in the input"
    if claim.volume:
        return DisclosureCode.VOLUME_BY_NAME, f"asks for volume {claim.volume} by name, {ONCE}"
    if kind == NAMED and f"{claim.namespace}/{claim.name}" not in cluster.claims:
        if _are_all_known(cluster):
            return DisclosureCode.CLAIM_MISSING, MISSING
        return DisclosureCode.CLAIM_UNKNOWN, f"is not in the input: {UNKNOWN}"
    given = class_of(claim, cluster.storage_classes)
    return _without_class(claim, cluster) if given is None else _of_class(given, users)


def _without_class(claim: Claim, cluster: Cluster) -> Unknown:
    if claim.storage_class == "":
        is_there = any(_may_be_had(volume, claim) for volume in cluster.volumes.values())
        return (DisclosureCode.CLAIM_WITHOUT_CLASS, CLASSLESS) if is_there else (DisclosureCode.VOLUME_MISSING, NO_VOLUME)
    known = f"storage class {claim.storage_class}, which" if claim.storage_class else "a storage class that"
    return DisclosureCode.STORAGE_CLASS_UNKNOWN, f"is not bound, and of {known} is not in the input: {UNKNOWN}"


def _of_class(given: StorageClass, users: int) -> Unknown | None:
    if not given.waits:
        message = f"is bound before its pod is scheduled (storage class {given.name}): {UNKNOWN}"
        return DisclosureCode.CLAIM_BOUND_FIRST, message
    if not volumebinding.makes_volumes(given):
        message = f"takes a volume of storage class {given.name} that is there: that each serves one claim only is not modelled"
        return DisclosureCode.VOLUME_TAKEN, message
    if users > 1:
        message = f"is shared by {users} pods: that its volume will be where the first of them goes is not modelled"
        return DisclosureCode.CLAIM_SHARED, message
    return None
