"""Claims that are to be made for single pods, and cannot be: a LimitRange refuses them, or another claim has their name.

Source: plugin/pkg/admission/limitranger/admission.go PersistentVolumeClaimValidateLimitFunc,
staging/src/k8s.io/component-helpers/storage/ephemeral/ephemeral.go VolumeIsForPod.
"""

from collections.abc import Iterator, Sequence

from models.kubernetes.storage import Claim
from models.numbered import numbers_in
from planner.read.pods.limit_ranges import Range, refused_claim
from planner.read.storage.attach_limits import Storage
from planner.read.workloads.pod_source import Maker
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


def cannot_be_made(maker: Maker, ephemeral: Sequence[Claim], storage: Storage, ranges: Sequence[Range]) -> Iterator[str]:
    """Say which claims of its pods cannot be made; `ephemeral` are those of ephemeral volumes."""
    taken = [name for claim in ephemeral for pod, name in _there(maker, claim, storage) if not _is_of(maker, pod, name, storage)]
    if taken:
        yield (_SEVERAL if len(taken) > 1 else _TAKEN).format(some(taken))
    if not maker.is_live:
        claims = (
            *ephemeral,
            *(claim_template for claim_template in maker.claim_templates if not _are_there(maker, claim_template, storage)),
        )
        yield from map(_REFUSED.format, dict.fromkeys(reason for claim in claims for reason in refused_claim(claim, ranges)))


def _there(maker: Maker, ephemeral: Claim, storage: Storage) -> Iterator[tuple[str, str]]:
    """Yield the pods, where their names are known beforehand, for whose ephemeral volume a claim is there, and its name."""
    if maker.id.full_kind == "Pod":
        name = f"{maker.id.name}-{ephemeral.name}"
        if f"{maker.id.namespace}/{name}" in storage.claims:
            yield maker.id.name, name
    elif maker.id.full_kind == "StatefulSet":
        begin = f"{maker.id.namespace}/{maker.id.name}-"
        for index in numbers_in(storage.claims, begin, f"-{ephemeral.name}", _ordinals(maker)):
            yield f"{maker.id.name}-{index}", f"{maker.id.name}-{index}-{ephemeral.name}"


def _ordinals(maker: Maker) -> range:
    return range(maker.start_ordinal, maker.start_ordinal + maker.pods)


def _is_of(maker: Maker, pod: str, claim: str, storage: Storage) -> bool:
    """Say whether a claim that is there was made for the pod."""
    return storage.owners.get(f"{maker.id.namespace}/{claim}") == pod


def _are_there(maker: Maker, template: Claim, storage: Storage) -> bool:
    """Say whether all claims that a StatefulSet makes of a template are there already."""
    names = (f"{maker.id.namespace}/{template.name}-{maker.id.name}-{index}" for index in _ordinals(maker))
    return all(name in storage.claims for name in names)
