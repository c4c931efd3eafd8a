"""What a plan does not know about volumes: said, workload by workload."""

from collections import Counter
from collections.abc import Iterator

from models.disclosure import Disclosure, DisclosureCode, Parameter
from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Cluster
from models.kubernetes.storage import Claim, StorageClass, Volume, class_of
from models.kubernetes.workload import Workload
from planner.rules import statefulset
from planner.rules.plugins import nodevolumelimits, volumebinding

NAMED, TEMPLATE, EPHEMERAL = "PersistentVolumeClaim", "volumeClaimTemplate", "ephemeral volume"
NOTHING: FrozenMap[Parameter] = FrozenMap()
Unknown = tuple[DisclosureCode, FrozenMap[Parameter]]
"""What is not known of a claim: the kind of it, and what its sentence names beside the claim."""


def statements(cluster: Cluster) -> Iterator[Disclosure]:
    """Say what is left of volumes wherever there are any, and then of whom it is not known where volumes are."""
    claiming = [
        workload
        for workload in cluster.workloads
        if workload.template.claims or workload.template.new_claims or workload.claim_templates
    ]
    if claiming:
        limited = _are_limited(cluster)
        code = DisclosureCode.VOLUMES_COUNTED if limited else DisclosureCode.VOLUMES_UNCOUNTED
        yield Disclosure.of(code, "volumes", case=_storage_known(cluster))
    keeping = tuple(str(workload.id) for workload in claiming if _keeps_what_is_made(workload, cluster))
    if keeping:
        yield Disclosure.of(DisclosureCode.VOLUMES_STAY, "volumes", workloads=keeping)
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


def _storage_known(cluster: Cluster) -> str:
    if all(storage_class.capacities is None for storage_class in cluster.storage_classes.values()):
        return "unmeasured"
    return "granted" if cluster.shapes else "measured"


def _are_limited(cluster: Cluster) -> bool:
    return any(nodevolumelimits.is_limit(name) for node in cluster.nodes for name in node.allocatable)


def _of_workload(workload: Workload, cluster: Cluster, users: Counter[str]) -> Iterator[Disclosure]:
    by_kind: dict[tuple[str, Unknown], list[str]] = {}
    for kind, claim in dict.fromkeys(_unbound(workload, cluster)):
        if why := _why(kind, claim, cluster, users[f"{claim.namespace}/{claim.name}"]):
            by_kind.setdefault((kind, why), []).append(claim.name)
    for (kind, (code, given)), names in by_kind.items():
        yield Disclosure.of(code, str(workload.id), workload.where, kind=kind, claims=tuple(names), **given)


def _unseen(workload: Workload, cluster: Cluster) -> Iterator[Disclosure]:
    """Say of whose pods that run the claims were not read: they have volumes already, which are somewhere."""
    running = min(sum(workload.running.values()), workload.pods)
    for template in workload.claim_templates:
        unseen = running - sum(1 for _ in statefulset.claimed(workload, template, cluster.claims))
        if unseen > 0:
            given: dict[str, Parameter] = {"kind": TEMPLATE, "template": template, "unread": unseen, "running": running}
            yield Disclosure.of(DisclosureCode.CLAIMS_UNREAD, str(workload.id), workload.where, **given)


def _unbound(workload: Workload, cluster: Cluster) -> Iterator[tuple[str, Claim]]:
    """Yield the claims that no known volume serves, with what they are."""
    pod = workload.template
    for name in pod.claims:
        # Not None, which would be taken for a claim of the default class.
        claim = cluster.claims.get(f"{pod.namespace}/{name}", Claim(pod.namespace, name, storage_class=""))
        if claim.volume not in cluster.volumes:
            yield NAMED, claim
    for variant in statefulset.variants(workload, pod, cluster):
        for claim in variant.new_claims:
            # A StatefulSet puts its own claim in the place of a volume of that name.
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
        return DisclosureCode.VOLUME_UNKNOWN, FrozenMap({"volume": claim.volume})
    if claim.volume:
        return DisclosureCode.VOLUME_BY_NAME, FrozenMap({"volume": claim.volume})
    if kind == NAMED and f"{claim.namespace}/{claim.name}" not in cluster.claims:
        return DisclosureCode.CLAIM_MISSING if _are_all_known(cluster) else DisclosureCode.CLAIM_UNKNOWN, NOTHING
    given = class_of(claim, cluster.storage_classes)
    return _without_class(claim, cluster) if given is None else _of_class(given, users)


def _without_class(claim: Claim, cluster: Cluster) -> Unknown:
    if claim.storage_class == "":
        is_there = any(_may_be_had(volume, claim) for volume in cluster.volumes.values())
        return DisclosureCode.CLAIM_WITHOUT_CLASS if is_there else DisclosureCode.VOLUME_MISSING, NOTHING
    case = "named" if claim.storage_class else "default"
    return DisclosureCode.STORAGE_CLASS_UNKNOWN, FrozenMap({"case": case, "storage_class": claim.storage_class or ""})


def _of_class(given: StorageClass, users: int) -> Unknown | None:
    if not given.waits:
        return DisclosureCode.CLAIM_BOUND_FIRST, FrozenMap({"storage_class": given.name})
    if not volumebinding.makes_volumes(given):
        return DisclosureCode.VOLUME_TAKEN, FrozenMap({"storage_class": given.name})
    if users > 1:
        return DisclosureCode.CLAIM_SHARED, FrozenMap({"pods": users})
    return None
