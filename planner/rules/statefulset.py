"""The pods of a StatefulSet differ by the claims that are there already; the other claims are made with them.

Source: pkg/controller/statefulset/stateful_set_utils.go getPersistentVolumeClaimName, getStartOrdinal.

Whoever asks for a million pods writes one line: only ordinals of whose claims something is known are looked at, one by one; all
pods between them are alike.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace

from models.kubernetes.cluster import Cluster
from models.kubernetes.pod import Pod
from models.kubernetes.storage import Claim
from models.kubernetes.workload import Workload
from models.numbered import numbers_in

Claims = dict[int, set[str]]
"""Ordinal -> the templates of which it has a claim, or of which a volume is kept for it."""


def variants(workload: Workload, base: Pod, cluster: Cluster) -> dict[Pod, int]:
    """Return the different pods of a workload whose pods are like `base` otherwise, and how many of each there are."""
    if not workload.claim_templates:
        return {base: workload.pods}
    counts: dict[Pod, int] = {}
    for pod, count in runs(workload, base, cluster):
        counts[pod] = counts.get(pod, 0) + count
    return counts


def numbers(workload: Workload) -> range:
    """Return the ordinals of its pods."""
    return range(workload.start_ordinal, workload.start_ordinal + workload.pods)


def claimed(workload: Workload, template: str, claims: Collection[str]) -> Iterator[int]:
    """Yield the ordinals whose claim of a template is among the claims ("namespace/name")."""
    return numbers_in(claims, f"{workload.id.namespace}/{template}-{workload.id.name}-", "", numbers(workload))


def runs(workload: Workload, base: Pod, cluster: Cluster) -> Iterator[tuple[Pod, int]]:
    """Yield the pods of a workload in the order of their ordinals, with how many that are alike follow each other.

    A claim that is still to be made has the name of its template, or its own where a volume is kept for it. Pods of whose claims
    nothing is known are one object.
    """
    known = {new_claim.name for new_claim in base.new_claims}
    unknown = tuple(Claim("", claim_template) for claim_template in workload.claim_templates if claim_template not in known)
    alike = replace(base, new_claims=(*base.new_claims, *unknown)) if unknown else base
    there = _by_ordinal(workload, cluster.claims)
    kept = {} if _is_whole(workload, there) else _by_ordinal(workload, {volume.claim for volume in cluster.volumes.values()})
    start = workload.start_ordinal
    for ordinal in sorted({*there, *kept}):
        if ordinal > start:
            yield alike, ordinal - start
        yield _with_claims(workload, (base, alike), ordinal, there.get(ordinal, set()), kept.get(ordinal, set())), 1
        start = ordinal + 1
    if rest := workload.start_ordinal + workload.pods - start:
        yield alike, rest


def _by_ordinal(workload: Workload, claims: Collection[str]) -> Claims:
    by_ordinal: Claims = {}
    for template in workload.claim_templates:
        for ordinal in claimed(workload, template, claims):
            by_ordinal.setdefault(ordinal, set()).add(template)
    return by_ordinal


def _is_whole(workload: Workload, there: Claims) -> bool:
    """Say whether all claims are there, so that nobody takes up a volume that is kept."""
    return sum(map(len, there.values())) == workload.pods * len(workload.claim_templates)


def _with_claims(workload: Workload, pods: tuple[Pod, Pod], ordinal: int, existing: set[str], kept: set[str]) -> Pod:
    """Return the pod of an ordinal; `pods` are those without its claims, and with claims that are all to be made."""
    base, alike = pods
    own = {template: f"{template}-{workload.id.name}-{ordinal}" for template in existing | kept}
    claims = (*base.claims, *(own[claim_template] for claim_template in workload.claim_templates if claim_template in existing))
    new = (
        replace(new_claim, name=own.get(new_claim.name, new_claim.name))
        for new_claim in alike.new_claims
        if new_claim.name not in existing
    )
    return replace(base, claims=claims, new_claims=tuple(new))
