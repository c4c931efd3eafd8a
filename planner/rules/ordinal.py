"""The pods of a StatefulSet differ by the claims that are there already; the other claims are made with them.

Source: pkg/controller/statefulset/stateful_set_utils.go getPersistentVolumeClaimName, getStartOrdinal.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from models.cluster import Cluster
from models.pod import Pod
from models.storage import Claim
from models.workload import Workload


def variants(workload: Workload, base: Pod, cluster: Cluster) -> dict[Pod, int]:
    """Return the different pods of a workload whose pods are like `base` otherwise, and how many of each there are."""
    return dict(Counter(pods(workload, base, cluster))) if workload.claim_templates else {base: workload.pods}


def numbers(workload: Workload) -> range:
    """Return the ordinals of its pods."""
    return range(workload.start_ordinal, workload.start_ordinal + workload.pods)


def pods(workload: Workload, base: Pod, cluster: Cluster) -> Iterator[Pod]:
    """Yield the pods of a workload, ordinal by ordinal; those of whose claims nothing is known are one object.

    A claim that is still to be made has the name of its template, or its own where a volume is kept for it.
    """
    known = {one.name for one in base.new_claims}
    unknown = tuple(Claim("", one) for one in workload.claim_templates if one not in known)
    alike = replace(base, new_claims=(*base.new_claims, *unknown)) if unknown else base
    names = [{one: f"{one}-{workload.id.name}-{at}" for one in workload.claim_templates} for at in numbers(workload)]
    there = [{one for one, name in mine.items() if f"{base.namespace}/{name}" in cluster.claims} for mine in names]
    is_whole = all(len(found) == len(mine) for found, mine in zip(there, names, strict=True))
    kept = frozenset() if is_whole else frozenset(volume.claim for volume in cluster.volumes.values())
    for mine, found in zip(names, there, strict=True):
        own = {one: name for one, name in mine.items() if one in found or f"{base.namespace}/{name}" in kept}
        if not own:
            yield alike
            continue
        claims = (*base.claims, *(own[one] for one in workload.claim_templates if one in found))
        new = (replace(one, name=own.get(one.name, one.name)) for one in alike.new_claims if one.name not in found)
        yield replace(base, claims=claims, new_claims=tuple(new))
