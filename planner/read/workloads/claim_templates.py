"""Claims that are to be made for single pods, and cannot be: a LimitRange refuses them, or another claim has their name.

Source: plugin/pkg/admission/limitranger/admission.go PersistentVolumeClaimValidateLimitFunc,
staging/src/k8s.io/component-helpers/storage/ephemeral/ephemeral.go VolumeIsForPod.
"""

from collections.abc import Iterator, Sequence

from models.kubernetes.storage import Claim
from models.numbered import numbers_in
from planner.read.pods.limit_ranges import LimitRange, refusals_of_claim
from planner.read.storage.attach_limits import Storage
from planner.read.workloads.pod_source import PodSource
from planner.words import some

_REFUSED = "the API server will refuse its claims, without which its pods do not start: {}"
_TAKEN = (
    "claim {} is there already, but was not made for the pod whose ephemeral volume it would be: that pod stays pending until it "
    "is gone"
)
_SEVERAL = (
    "claims {} are there already, but were not made for the pods whose ephemeral volumes they would be: those pods stay pending "
    "until they are gone"
)


def why_not_made(source: PodSource, ephemeral: Sequence[Claim], storage: Storage, ranges: Sequence[LimitRange]) -> Iterator[str]:
    """Say which claims of its pods cannot be made; `ephemeral` are those of ephemeral volumes."""
    taken = [
        name for claim in ephemeral for pod, name in _existing(source, claim, storage) if not _is_of(source, pod, name, storage)
    ]
    if taken:
        yield (_SEVERAL if len(taken) > 1 else _TAKEN).format(some(taken))
    if not source.is_live:
        claims = (
            *ephemeral,
            *(claim_template for claim_template in source.claim_templates if not _are_there(source, claim_template, storage)),
        )
        yield from map(_REFUSED.format, dict.fromkeys(reason for claim in claims for reason in refusals_of_claim(claim, ranges)))


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
