"""LimitRanges -> what they give to containers that do not say, and whom they refuse.

Source: plugin/pkg/admission/limitranger/admission.go, pkg/apis/core/v1/defaults.go SetDefaults_LimitRangeItem.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from models.kubernetes.resources import CPU, MEMORY
from models.kubernetes.storage import Claim
from planner.read.documents.field import Spot
from planner.read.pods.containers import Need, aggregate
from planner.read.pods.pod_level_resources import PodLevelResources, limits_together
from planner.read.schema import cluster_schema
from planner.read.values.resource_amounts import contradictions, ratios, read_amounts

_CONTAINER, _POD, _CLAIM = "Container", "Pod", "PersistentVolumeClaim"
_STORAGE = "storage"
_BOUNDED = {_CONTAINER: "a container", _POD: "the pod"}


@dataclass(frozen=True, slots=True)
class Bound:
    """What each container, pod or claim of a namespace is held to; `ratios` of limit to request are in thousandths."""

    type: str
    least: Mapping[str, int]
    most: Mapping[str, int]
    ratios: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class LimitRange:
    """What a LimitRange gives to containers that do not say, and what it refuses: of pods, and of claims."""

    name: str
    limits: Mapping[str, int]
    requests: Mapping[str, int]
    bounds: tuple[Bound, ...]
    claim_bounds: tuple[Bound, ...] = ()


def read_limit_range(spot: Spot, name: str, given: cluster_schema.LimitRange) -> LimitRange:
    """Read what a LimitRange says about containers, pods and claims, with the defaults that the API server gives to it."""
    limits: dict[str, int] = {}
    requests: dict[str, int] = {}
    bounds: list[Bound] = []
    of_claims: list[Bound] = []
    for index, item in enumerate((given.spec.limits if given.spec else None) or ()):
        if item.type not in (*_BOUNDED, _CLAIM):
            continue
        here = spot.at(f"spec.limits[{index}]")
        highest, lowest = read_amounts(here.at("max"), item.max), read_amounts(here.at("min"), item.min)
        bound = Bound(item.type, lowest, highest, ratios(here.at("maxLimitRequestRatio"), item.max_limit_request_ratio))
        (of_claims if item.type == _CLAIM else bounds).append(bound)
        if item.type == _CONTAINER:
            # The API server fills in these defaults when it stores a LimitRange; one from a file has not been there.
            default = {**highest, **read_amounts(here.at("default"), item.default)}
            limits |= default
            requests |= {**lowest, **default, **read_amounts(here.at("defaultRequest"), item.default_request)}
    return LimitRange(name, limits, requests, tuple(bounds), tuple(of_claims))


def fill(needs: Iterable[Need], ranges: Sequence[LimitRange]) -> list[str]:
    """Fill what the LimitRanges of the namespace default, and say in words where that contradicts what a container asks for."""
    refusals = []
    for need in needs:
        for limits in ranges:
            for name, amount in limits.limits.items():
                need.limits.setdefault(name, amount)
            for name, amount in limits.requests.items():
                need.requests.setdefault(name, amount)
        refusals += [f"the request {reason}, which a LimitRange sets" for reason, _ in contradictions(need.requests, need.limits)]
    return refusals


def refusals(
    containers: Sequence[Need], init_containers: Sequence[Need], level: PodLevelResources, ranges: Sequence[LimitRange]
) -> list[str]:
    """Say in words why the LimitRanges would refuse a pod whose containers, and whose `level`, have got all their defaults."""
    if not any(limits.bounds for limits in ranges):
        return []
    whole = _whole(containers, init_containers, level)
    reasons: list[str] = []
    for limits in ranges:
        for bound in limits.bounds:
            held = (*containers, *init_containers) if bound.type == _CONTAINER else (whole,)
            for need in held:
                reasons += (f"LimitRange {limits.name} {reason}" for reason in _beyond(need, bound, _BOUNDED[bound.type]))
    return reasons


def refusals_of_claim(claim: Claim, ranges: Sequence[LimitRange]) -> Iterator[str]:
    """Say in words why the LimitRanges would refuse such a claim."""
    for limits in ranges:
        for bound in limits.claim_bounds:
            if claim.size < bound.least.get(_STORAGE, 0):
                yield f"LimitRange {limits.name} asks for more storage than {claim.name} requests"
            if claim.size > bound.most.get(_STORAGE, claim.size):
                yield f"LimitRange {limits.name} allows less storage than {claim.name} requests"


def _whole(containers: Sequence[Need], init_containers: Sequence[Need], level: PodLevelResources) -> Need:
    """Add up what a pod asks for, as LimitRanger does; of what the whole pod says it looks at cpu and memory only."""
    requests = aggregate(containers, init_containers)
    limits = limits_together(containers, init_containers)
    for name in (CPU, MEMORY):
        if name in level.requests:
            requests[name] = level.requests[name]
        if name in level.limits:
            limits[name] = level.limits[name]
    return Need(requests, limits)


def _beyond(need: Need, bound: Bound, whose: str) -> Iterator[str]:
    yield from _below(need, bound.least, whose)
    yield from _above(need, bound.most, whose)
    for name, ratio in bound.ratios.items():
        if _is_steeper(need.requests.get(name, 0), need.limits.get(name, 0), ratio):
            yield f"allows a limit of {name} up to {ratio / 1000:g} times the request, and {whose}'s is more or either is missing"


def _below(need: Need, least: Mapping[str, int], whose: str) -> Iterator[str]:
    for name, amount in least.items():
        if name not in need.requests or need.requests[name] < amount:
            yield f"asks for more {name} than {whose} requests"
        # A limit that is not there is taken for the bound itself: LimitRanger holds a minimum against what there is.
        elif need.limits.get(name, amount) < amount:
            yield f"asks for more {name} than {whose}'s limit"


def _above(need: Need, most: Mapping[str, int], whose: str) -> Iterator[str]:
    for name, amount in most.items():
        if name not in need.limits or need.limits[name] > amount:
            yield f"allows less {name} than {whose}'s limit"
        elif need.requests.get(name, amount) > amount:
            yield f"allows less {name} than {whose} requests"


def _is_steeper(request: int, limit: int, ratio: int) -> bool:
    """Say whether the limit is more than so many thousandths of the request, or one of them is not there at all."""
    return not request or not limit or limit / request * 1000 > ratio
