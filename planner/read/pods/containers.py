"""Containers as written -> nouns with the requests and host ports that the API server gives them.

Source: pkg/apis/core/v1/defaults.go SetDefaults_Pod, pkg/apis/core/validation/validation.go validateContainers.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from models.frozen_map import FrozenMap
from models.kubernetes.pod import Container, HostPort
from models.kubernetes.resources import CPU, MEMORY
from planner.read.documents.field import Spot
from planner.read.schema import pod_schema
from planner.read.values.resource_amounts import HUGE_PAGES, requests_and_limits

_PROTOCOLS = ("TCP", "UDP", "SCTP")
_LAST_PORT = 65535


@dataclass(frozen=True, slots=True)
class Need:
    """What a container asks for; a request that is missing takes the limit."""

    requests: dict[str, int]
    limits: dict[str, int]
    restartable: bool = False


def read_need(spot: Spot, given: pod_schema.Container) -> Need:
    """Read what one container asks for."""
    requests, limits = requests_and_limits(spot.at("resources"), given.resources)
    if any(name.startswith(HUGE_PAGES) for name in limits) and not {CPU, MEMORY} & {*requests, *limits}:
        spot.at("resources").fault("asks for huge pages alone", "ask for cpu or memory, too")
    if given.restart_policy not in (None, "", "Always", "Never", "OnFailure"):
        spot.at("restartPolicy").fault(f"{given.restart_policy!r} is no restart policy", "write Always, OnFailure or Never")
    return Need({**limits, **requests}, limits, given.restart_policy == "Always")


class Requester(Protocol):
    """What asks for resources: a container as written, or the noun."""

    @property
    def requests(self) -> Mapping[str, int]:
        """Return what it requests."""

    @property
    def restartable(self) -> bool:
        """Say whether it is a sidecar."""


def aggregate(containers: Iterable[Requester], init_containers: Iterable[Requester]) -> dict[str, int]:
    """Add up what the containers of a pod request at its peak (component-helpers resource.AggregateContainerRequests)."""
    total: dict[str, int] = {}
    sidecars: dict[str, int] = {}
    peak: dict[str, int] = {}
    for container in init_containers:
        if container.restartable:
            # A sidecar starts before the later init containers, and runs on beside the containers: it is in both sums.
            _add(sidecars, container.requests)
            _add(total, container.requests)
        # An init container runs beside the sidecars that stand before it in the list, and beside no others.
        together = dict(sidecars)
        if not container.restartable:
            _add(together, container.requests)
        peak = {name: max(peak.get(name, 0), together.get(name, 0)) for name in {**peak, **together}}
    for container in containers:
        _add(total, container.requests)
    return {name: max(total.get(name, 0), peak.get(name, 0)) for name in {**total, **peak}}


def _add(total: dict[str, int], amount: Mapping[str, int]) -> None:
    for name, value in amount.items():
        total[name] = total.get(name, 0) + value


def container(spot: Spot, given: pod_schema.Container, need: Need, host_network: bool) -> Container:
    """Build the noun."""
    ports = tuple(_host_ports(spot.at("ports"), given.ports or (), host_network))
    return Container(given.name or "", given.image or "", FrozenMap(need.requests), ports, need.restartable)


def _host_ports(spot: Spot, given: Iterable[pod_schema.Port], host_network: bool) -> Iterator[HostPort]:
    for index, port in enumerate(given):
        here = spot.at(f"[{index}]")
        inner, outer = port.container_port or 0, port.host_port or 0
        if not 1 <= inner <= _LAST_PORT:
            here.at("containerPort").fault(f"{inner} is no port", "write a number from 1 to 65535")
        if not 0 <= outer <= _LAST_PORT:
            here.at("hostPort").fault(f"{outer} is no port", "write a number from 1 to 65535")
        if (port.protocol or "TCP") not in _PROTOCOLS:
            here.at("protocol").fault(f"{port.protocol!r} is no protocol", f"write {', '.join(_PROTOCOLS)}")
        if host_network and outer not in (0, inner):
            here.at("hostPort").fault("must equal containerPort where hostNetwork is true", f"write {inner}")
        # The API server fills in hostPort on the host's network, but only in Pods, not in templates.
        taken = inner if host_network else outer
        if taken > 0:
            yield HostPort(taken, port.protocol or "TCP", port.host_ip or "0.0.0.0")  # noqa: S104  the API's own spelling


def check_repeated_ports(spot: Spot, given: Sequence[pod_schema.Container], host_network: bool) -> None:
    """Refuse a host port that two containers of one pod ask for; no address and 0.0.0.0 are two to the API server."""
    seen: set[tuple[int, str, str]] = set()
    for index, container in enumerate(given):
        for nth, port in enumerate(container.ports or ()):
            number = port.container_port if host_network else port.host_port
            mine = (number or 0, port.protocol or "TCP", port.host_ip or "")
            if mine in seen and number:
                reason = f"host port {number}/{mine[1]} is taken twice in one pod"
                spot.at(f"[{index}].ports[{nth}].hostPort").fault(reason, "give each container a port of its own")
            seen.add(mine)
