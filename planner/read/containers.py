"""Containers as written -> nouns with the requests and host ports that the API server gives them.

Source: pkg/apis/core/v1/defaults.go SetDefaults_Pod, pkg/apis/core/validation/validation.go validateContainers.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from models.frozen import FrozenMap
from models.pod import Container, HostPort
from models.resources import CPU, MEMORY
from planner.read import wire
from planner.read.admission import Range
from planner.read.amounts import HUGE_PAGES, amounts, contradictions, is_pod_level, requests_and_limits
from planner.read.spot import Spot

_PROTOCOLS = ("TCP", "UDP", "SCTP")
_LAST_PORT = 65535


@dataclass(frozen=True, slots=True)
class Need:
    """What a container asks for; a request that is missing takes the limit."""

    requests: dict[str, int]
    limits: dict[str, int]
    restartable: bool = False


def need(spot: Spot, given: wire.Container) -> Need:
    """Read what one container asks for."""
    requests, limits = requests_and_limits(spot.at("resources"), given.resources)
    if any(name.startswith(HUGE_PAGES) for name in limits) and not {CPU, MEMORY} & {*requests, *limits}:
        spot.at("resources").fault("asks for huge pages alone", "ask for cpu or memory, too")
    if given.restart_policy not in (None, "", "Always", "Never", "OnFailure"):
        spot.at("restartPolicy").fault(f"{given.restart_policy!r} is no restart policy", "write Always, OnFailure or Never")
    return Need({**limits, **requests}, limits, given.restart_policy == "Always")


def apply_ranges(needs: Iterable[Need], ranges: Sequence[Range]) -> list[str]:
    """Fill what the LimitRanges of the namespace default, and say in words why they would refuse the pod."""
    refusals = []
    for each in needs:
        for limits in ranges:
            for name, amount in limits.limits.items():
                each.limits.setdefault(name, amount)
            for name, amount in limits.requests.items():
                each.requests.setdefault(name, amount)
        refusals += [f"the request {reason}, which a LimitRange sets" for reason, _ in contradictions(each.requests, each.limits)]
        refusals += [reason for limits in ranges for reason in _beyond(each, limits)]
    return list(dict.fromkeys(refusals))


def _beyond(each: Need, limits: Range) -> Iterator[str]:
    for name, least in limits.least.items():
        if each.requests.get(name, 0) < least:
            yield f"LimitRange {limits.name} asks for more {name} than a container requests"
    for name, most in limits.most.items():
        if each.limits.get(name, most + 1) > most:
            yield f"LimitRange {limits.name} allows less {name} than a container's limit"


class Asking(Protocol):
    """What asks for resources: a container as written, or the noun."""

    @property
    def requests(self) -> Mapping[str, int]:
        """Return what it requests."""

    @property
    def restartable(self) -> bool:
        """Say whether it is a sidecar."""


def aggregate(containers: Iterable[Asking], init_containers: Iterable[Asking]) -> dict[str, int]:
    """Add up what the containers of a pod request at its peak (component-helpers resource.AggregateContainerRequests)."""
    total: dict[str, int] = {}
    sidecars: dict[str, int] = {}
    peak: dict[str, int] = {}
    for each in init_containers:
        if each.restartable:
            _add(sidecars, each.requests)
            _add(total, each.requests)
        together = dict(sidecars)
        if not each.restartable:
            _add(together, each.requests)
        peak = {name: max(peak.get(name, 0), together.get(name, 0)) for name in {**peak, **together}}
    for each in containers:
        _add(total, each.requests)
    return {name: max(total.get(name, 0), peak.get(name, 0)) for name in {**total, **peak}}


def _add(total: dict[str, int], amount: Mapping[str, int]) -> None:
    for name, value in amount.items():
        total[name] = total.get(name, 0) + value


def pod_level(spot: Spot, given: wire.Resources | None, together: Mapping[str, int]) -> tuple[dict[str, int], dict[str, int]]:
    """Read the pod-level requests and limits as written; `together` is what the containers request as written."""
    if given is None:
        return {}, {}
    requests, limits = amounts(spot.at("requests"), given.requests), amounts(spot.at("limits"), given.limits)
    _check_pod_level(spot, requests, limits)
    for reason, name in (*contradictions(requests, limits), *too_low(requests, together)):
        spot.at("requests").key(name).fault(reason, "raise one, or lower the other")
    return requests, limits


def pod_requests(requests: dict[str, int], limits: Mapping[str, int], together: Mapping[str, int]) -> dict[str, int]:
    """Add the defaults of the pod-level requests, where the pod asks for anything itself.

    Source: pkg/api/pod/util.go DefaultPodLevelResources, which since 1.37 comes last: `together` includes what LimitRanges gave
    the containers. What the defaults add changes no sum.
    """
    if not requests and not limits:
        return {}
    own = {name: amount for name, amount in together.items() if is_pod_level(name)}
    pages = {name: amount for name, amount in limits.items() if name.startswith(HUGE_PAGES)}
    return {**limits, **own, **pages, **requests}


def _check_pod_level(spot: Spot, requests: Iterable[str], limits: Iterable[str]) -> None:
    for field, names in (("requests", requests), ("limits", limits)):
        for name in names:
            if not is_pod_level(name):
                spot.at(field).key(name).fault("is no resource that a whole pod can ask for", "ask for it in a container")


def too_low(requests: Mapping[str, int], together: Mapping[str, int]) -> list[tuple[str, str]]:
    """List (reason, resource) for every pod-level request that does not cover what the containers request."""
    return [("is less than the containers request together", name) for name in requests if requests[name] < together.get(name, 0)]


def container(spot: Spot, given: wire.Container, need: Need, host_network: bool) -> Container:
    """Build the noun."""
    ports = tuple(_host_ports(spot.at("ports"), given.ports or (), host_network))
    return Container(given.name or "", given.image or "", FrozenMap(need.requests), ports, need.restartable)


def _host_ports(spot: Spot, given: Iterable[wire.Port], host_network: bool) -> Iterator[HostPort]:
    for at, port in enumerate(given):
        here = spot.at(f"[{at}]")
        inner, outer = port.container_port or 0, port.host_port or 0
        if not 1 <= inner <= _LAST_PORT:
            here.at("containerPort").fault(f"{inner} is no port", "write a number from 1 to 65535")
        if not 0 <= outer <= _LAST_PORT:
            here.at("hostPort").fault(f"{outer} is no port", "write a number from 1 to 65535")
        if (port.protocol or "TCP") not in _PROTOCOLS:
            here.at("protocol").fault(f"{port.protocol!r} is no protocol", f"write {', '.join(_PROTOCOLS)}")
        if host_network and outer not in (0, inner):
            here.at("hostPort").fault("must equal containerPort where hostNetwork is true", f"write {inner}")
        taken = inner if host_network else outer
        if taken > 0:
            yield HostPort(taken, port.protocol or "TCP", port.host_ip or "0.0.0.0")  # noqa: S104  the API's own spelling


def check_repeated_ports(spot: Spot, given: Sequence[wire.Container], host_network: bool) -> None:
    """Refuse a host port that two containers of one pod ask for; no address and 0.0.0.0 are two to the API server."""
    seen: set[tuple[int, str, str]] = set()
    for at, each in enumerate(given):
        for nth, port in enumerate(each.ports or ()):
            number = port.container_port if host_network else port.host_port
            mine = (number or 0, port.protocol or "TCP", port.host_ip or "")
            if mine in seen and number:
                reason = f"host port {number}/{mine[1]} is taken twice in one pod"
                spot.at(f"[{at}].ports[{nth}].hostPort").fault(reason, "give each container a port of its own")
            seen.add(mine)
