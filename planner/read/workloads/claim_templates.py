"""Claims that are to be made for single pods, and cannot be: a LimitRange refuses them, or another claim has their name.

Source: plugin/pkg/admission/limitranger/admission.go PersistentVolumeClaimValidateLimitFunc,
staging/src/k8s.io/component-helpers/storage/ephemeral/ephemeral.go VolumeIsForPod.
"""

from collections.abc import Iterator, Sequence

from models.disclosure import Disclosure
from models.kubernetes.storage import Claim
from models.numbered import numbers_in
from planner.read.documents.remarks import remark
from planner.read.pods.limit_ranges import LimitRange, refusals_of_claim
from planner.read.storage.attach_limits import Storage
from planner.read.workloads.pod_source import PodSource


def why_not_made(
    source: PodSource, ephemeral: Sequence[Claim], storage: Storage, ranges: Sequence[LimitRange]
) -> Iterator[Disclosure]:
    """Say which claims of its pods cannot be made; `ephemeral` are those of ephemeral volumes."""
    taken = [
        name for claim in ephemeral for pod, name in _existing(source, claim, storage) if not _is_of(source, pod, name, storage)
    ]
    if taken:
        yield remark("claims taken" if len(taken) > 1 else "claim taken", claims=tuple(taken))
    if not source.is_live:
        claims = (
            *ephemeral,
            *(claim_template for claim_template in source.claim_templates if not _are_there(source, claim_template, storage)),
        )
        reasons = dict.fromkeys(reason for claim in claims for reason in refusals_of_claim(claim, ranges))
        yield from (remark("claims refused", reason=reason) for reason in reasons)


def _existing(source: PodSource, ephemeral: Claim, storage: Storage) -> Iterator[tuple[str, str]]:
    """Yield the pods, where their names are known beforehand, for whose ephemeral volume a claim is there, and its name."""
    if source.id.full_kind == "Pod":
        name = f"{source.id.name}-{ephemeral.name}"
        if f"{source.id.namespace}/{name}" in storage.claims:
            yield source.id.name, name
    elif source.id.full_kind == "StatefulSet":
        begin = f"{source.id.namespace}/{source.id.name}-"
        for index in numbers_in(storage.claims, begin, f"-{ephemeral.name}", _ordinals(source)):
            yield f"{source.id.name}-{index}", f"{source.id.name}-{index}-{ephemeral.name}"


def _ordinals(source: PodSource) -> range:
    return range(source.start_ordinal, source.start_ordinal + source.pods)


def _is_of(source: PodSource, pod: str, claim: str, storage: Storage) -> bool:
    """Say whether a claim that is there was made for the pod."""
    return storage.owners.get(f"{source.id.namespace}/{claim}") == pod


def _are_there(source: PodSource, template: Claim, storage: Storage) -> bool:
    """Say whether all claims that a StatefulSet makes of a template are there already."""
    names = (f"{source.id.namespace}/{template.name}-{source.id.name}-{index}" for index in _ordinals(source))
    return all(name in storage.claims for name in names)
