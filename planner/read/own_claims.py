"""Claims that are to be made for single pods, and cannot be: a LimitRange refuses them, or another claim has their name.

Source: plugin/pkg/admission/limitranger/admission.go PersistentVolumeClaimValidateLimitFunc,
staging/src/k8s.io/component-helpers/storage/ephemeral/ephemeral.go VolumeIsForPod.
"""

from collections.abc import Iterator, Sequence

from models.storage import Claim
from planner.read.attached import Storage
from planner.read.limit_ranges import Range, refused_claim
from planner.read.maker import Maker
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
    taken = [name for one in ephemeral for pod in _pods(maker) if _is_taken(maker, pod, name := f"{pod}-{one.name}", storage)]
    if taken:
        yield (_SEVERAL if len(taken) > 1 else _TAKEN).format(some(taken))
    if not maker.is_live:
        found = (*ephemeral, *(one for one in maker.claim_templates if not _are_there(maker, one, storage)))
        yield from map(_REFUSED.format, dict.fromkeys(reason for one in found for reason in refused_claim(one, ranges)))


def _pods(maker: Maker) -> Iterator[str]:
    """Yield the names of its pods, where these are known beforehand."""
    if maker.id.full_kind == "Pod":
        yield maker.id.name
    elif maker.id.full_kind == "StatefulSet":
        yield from (f"{maker.id.name}-{number}" for number in range(maker.start_ordinal, maker.start_ordinal + maker.pods))


def _is_taken(maker: Maker, pod: str, claim: str, storage: Storage) -> bool:
    """Say whether a claim of that name is there and does not belong to the pod."""
    key = f"{maker.id.namespace}/{claim}"
    return key in storage.claims and storage.owners.get(key) != pod


def _are_there(maker: Maker, template: Claim, storage: Storage) -> bool:
    return all(f"{maker.id.namespace}/{template.name}-{pod}" in storage.claims for pod in _pods(maker))
