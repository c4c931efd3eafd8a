"""What a whole pod asks for, beside its containers: as written, with its defaults, and where the two contradict each other.

Source: pkg/api/pod/util.go DefaultPodLevelResources, pkg/apis/core/validation/validation.go validatePodResourceConsistency.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from models.kubernetes.resources import CPU, MEMORY
from planner.read.documents.field import Spot
from planner.read.pods.containers import Need, aggregate
from planner.read.schema import pod_schema
from planner.read.values.resource_amounts import HUGE_PAGES, check_pages, contradictions, is_pod_level, read_amounts

_FIX = "raise one, or lower the other"


@dataclass(frozen=True, slots=True)
class PodLevelResources:
    """The requests and limits of a whole pod; both are empty where it says nothing itself."""

    requests: dict[str, int] = field(default_factory=dict)
    limits: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Clash:
    """Where the pod and its containers contradict each other: the map of amounts in the pod's spec, and the resource."""

    field: str
    resource: str
    subject: str
    reason: str

    def __str__(self) -> str:
        return f"{self.subject} {self.reason}"


def read_pod_level(spot: Spot, given: pod_schema.Resources | None) -> PodLevelResources:
    """Read what is written for the whole pod."""
    if given is None:
        return PodLevelResources()
    level = PodLevelResources(read_amounts(spot.at("requests"), given.requests), read_amounts(spot.at("limits"), given.limits))
    for name, values in (("requests", level.requests), ("limits", level.limits)):
        _check_names(spot.at(name), values)
        check_pages(spot.at(name), values)
    for reason, name in contradictions(level.requests, level.limits):
        spot.at("requests").key(name).fault(reason, _FIX)
    return level


def _check_names(spot: Spot, names: Iterable[str]) -> None:
    for name in names:
        if not is_pod_level(name):
            spot.key(name).fault("is no resource that a whole pod can ask for", "ask for it in a container")


def check_level(spot: Spot, level: PodLevelResources, containers: Sequence[Need], init_containers: Sequence[Need]) -> None:
    """Refuse what a pod says as a whole where its containers contradict it."""
    for clash in clashes(level, containers, init_containers):
        spot.at(clash.field).key(clash.resource).fault(clash.reason, _FIX)


def pod_requests(level: PodLevelResources, together: Mapping[str, int]) -> dict[str, int]:
    """Add the defaults of the pod-level requests, where the pod asks for anything itself.

    This comes last since 1.37: `together`, what the containers request, includes what LimitRanges gave them. What the defaults
    add changes no sum.
    """
    if not level.requests and not level.limits:
        return {}
    own = {name: amount for name, amount in together.items() if is_pod_level(name)}
    pages = {name: amount for name, amount in level.limits.items() if name.startswith(HUGE_PAGES)}
    # A request that the pod lacks is its containers' together, or else its limit; of huge pages its limit, which it must equal.
    return {**level.limits, **own, **pages, **level.requests}


def with_defaults(level: PodLevelResources, containers: Sequence[Need], init_containers: Sequence[Need]) -> PodLevelResources:
    """Add the defaults of both; a limit is the containers' where each of them has one, and no less than the request."""
    requests = pod_requests(level, aggregate(containers, init_containers))
    limits = dict(level.limits)
    everyone, together = (*containers, *init_containers), limits_together(containers, init_containers)
    for name in requests:
        if name not in limits and is_pod_level(name) and all(name in need.limits for need in everyone):
            limits[name] = max(requests[name], together.get(name, 0))
    return PodLevelResources(requests, limits)


def limits_together(containers: Sequence[Need], init_containers: Sequence[Need]) -> dict[str, int]:
    """Add up the limits of the containers of a pod at its peak, as far as they have any."""
    return aggregate(*([replace(need, requests=need.limits) for need in needs] for needs in (containers, init_containers)))


def clashes(level: PodLevelResources, containers: Sequence[Need], init_containers: Sequence[Need]) -> Iterator[Clash]:
    """Yield where what is written for the whole pod does not cover its containers."""
    if level.requests or level.limits:
        yield from _request_clashes(level, aggregate(containers, init_containers))
        yield from _limit_clashes(level, containers, limits_together(containers, init_containers))


def _request_clashes(level: PodLevelResources, together: Mapping[str, int]) -> Iterator[Clash]:
    for name, amount in together.items():
        subject = f"the pod's request for {name}"
        if amount > level.requests.get(name, amount):
            yield Clash("resources.requests", name, subject, "is less than the containers request together")
        elif name not in level.requests and name in (CPU, MEMORY) and amount > level.limits.get(name, amount):
            reason = "is what the containers request together, which is more than the pod's limit"
            yield Clash("resources.requests", name, subject, reason)


def _limit_clashes(level: PodLevelResources, containers: Sequence[Need], together: Mapping[str, int]) -> Iterator[Clash]:
    for name, amount in together.items():
        if name.startswith(HUGE_PAGES) and amount > level.limits.get(name, amount):
            yield Clash("resources.limits", name, f"the pod's limit of {name}", "is less than the containers' limits together")
    for index, container in enumerate(containers):
        for name, amount in container.limits.items():
            if amount > level.limits.get(name, amount):
                where, subject = f"containers[{index}].resources.limits", f"a container's limit of {name}"
                yield Clash(where, name, subject, "is larger than the pod's limit")
