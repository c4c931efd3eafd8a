"""What kube-scheduler charges a node for a pod that is bound to it, which after a resize in place is not what its spec says.

Source: staging/src/k8s.io/component-helpers/resource/helpers.go PodRequests and AggregateContainerRequests (since 1.37 the
largest of the totals, before it the total of the largest), pkg/scheduler/framework/types.go CalculateResource.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from models.frozen_map import FrozenMap
from models.kubernetes.pod import Container, Pod
from models.kubernetes.resources import CPU, NOTHING, Resources, add, largest
from models.kubernetes.version import NEWEST, RESIZED_IN_TOTAL, Version
from planner.read.documents.field import Notebook, Spot
from planner.read.pods.containers import aggregate, read_need
from planner.read.pods.pod_level_resources import pod_requests, read_pod_level
from planner.read.schema import pod_schema
from planner.read.schema.workload_schema import ContainerStatus, PodStatus
from planner.read.values.resource_amounts import is_pod_level, read_amounts

_PENDING = "PodResizePending"
_INFEASIBLE = "Infeasible"
_UNITS = ((1 << 30, "Gi"), (1 << 20, "Mi"), (1 << 10, "Ki"))
ByContainer = dict[str, tuple[Resources | None, Resources | None]]
"""What each container is allocated, and what it runs with, as far as the status says."""


def status_that_counts(status: PodStatus, spec: pod_schema.PodSpec | None) -> PodStatus | None:
    """Return the part of a status that bears on what the pod is charged; None where it says no more than the spec, as most do."""
    reported = PodStatus(
        conditions=[condition for condition in status.conditions or () if condition.type == _PENDING] or None,
        container_statuses=_that_count(status.container_statuses),
        init_container_statuses=_that_count(status.init_container_statuses),
        allocated_resources=status.allocated_resources,
        resources=status.resources,
    )
    return None if reported == PodStatus() or _repeats(reported, spec or pod_schema.PodSpec()) else reported


def _repeats(status: PodStatus, spec: pod_schema.PodSpec) -> bool:
    """Say whether every container is allocated, and runs with, what the spec says, to the letter."""
    if status.conditions or status.allocated_resources is not None or status.resources is not None:
        return False
    wanted = {container.name: container.resources for container in (*(spec.init_containers or ()), *(spec.containers or ()))}
    told = (*(status.container_statuses or ()), *(status.init_container_statuses or ()))
    return all(
        container.name in wanted and given in (None, requests.requests if (requests := wanted[container.name]) else None)
        for container in told
        for given in (container.allocated_resources, container.resources.requests if container.resources else None)
    )


def _that_count(statuses: list[ContainerStatus] | None) -> list[ContainerStatus] | None:
    return [status for status in statuses or () if status.allocated_resources is not None or status.resources is not None] or None


def charge_of(spot: Spot, pod: Pod, status: PodStatus | None, version: Version = NEWEST) -> Resources:
    """Return what the pod is charged for, overhead included; `spot` is where the status was read."""
    if status is None:
        return add((_with_pod_level(_total(pod), pod.requests), pod.overhead))
    infeasible = is_infeasible(status)
    if version < RESIZED_IN_TOTAL:
        statuses = _by_container(spot, status)
        total = _total(pod, lambda container: _largest_of(container, statuses, infeasible))
        return add((_with_pod_level(total, pod.requests), pod.overhead))
    own = read_amounts(spot.at("resources.requests"), status.resources.requests if status.resources else None)
    given = read_amounts(spot.at("allocatedResources"), status.allocated_resources)
    whole = FrozenMap(given), FrozenMap(own)
    if status.allocated_resources is None or status.resources is None or status.resources.requests is None:
        reported = _by_container(spot, status)
        whole = (
            _total(pod, lambda container: _allocated_to(container, reported, infeasible)),
            _total(pod, lambda container: _used_by(container, reported, infeasible)),
        )
    total = largest(*whole) if infeasible else largest(_total(pod), largest(*whole))
    level = pod.requests
    if level and status.resources is not None:
        level = largest(NOTHING if infeasible else level, largest(FrozenMap(own), FrozenMap(given)))
    return add((_with_pod_level(total, level), pod.overhead))


def is_infeasible(status: PodStatus) -> bool:
    """Say whether the node has answered that the wanted resize can never fit; the first such condition decides."""
    reasons = (condition.reason for condition in status.conditions or () if condition.type == _PENDING)
    return next(reasons, None) == _INFEASIBLE


def _total(pod: Pod, requests: Callable[[Container], Resources] = lambda container: container.requests) -> Resources:
    both = (
        [replace(container, requests=requests(container)) for container in some] for some in (pod.containers, pod.init_containers)
    )
    return FrozenMap(aggregate(*both))


def _with_pod_level(total: Resources, level: Resources) -> Resources:
    if not level:
        return total
    return FrozenMap({**total, **{name: amount for name, amount in level.items() if is_pod_level(name)}})


def _by_container(spot: Spot, status: PodStatus) -> ByContainer:
    """Read the statuses of all containers; of two with one name the first counts, as kube-scheduler looks them up."""
    reported: ByContainer = {}
    lists = {"containerStatuses": status.container_statuses, "initContainerStatuses": status.init_container_statuses}
    for field, statuses in lists.items():
        for index, container in enumerate(statuses or ()):
            here = spot.at(f"{field}[{index}]")
            allocated = _read_amounts(here.at("allocatedResources"), container.allocated_resources)
            actual = _read_amounts(here.at("resources.requests"), container.resources.requests if container.resources else None)
            reported.setdefault(container.name or "", (allocated, actual))
    return reported


def _read_amounts(spot: Spot, given: pod_schema.Amounts | None) -> Resources | None:
    return None if given is None else FrozenMap(read_amounts(spot, given))


def _allocated_to(container: Container, reported: ByContainer, infeasible: bool) -> Resources:
    allocated, _ = reported.get(container.name, (None, None))
    if allocated is not None:
        return allocated
    return NOTHING if infeasible else container.requests


def _used_by(container: Container, reported: ByContainer, infeasible: bool) -> Resources:
    _, actual = reported.get(container.name, (None, None))
    return actual if actual is not None else _allocated_to(container, reported, infeasible)


def _largest_of(container: Container, reported: ByContainer, infeasible: bool) -> Resources:
    """Return the largest of what one container wants, is allocated and runs with; what it wants where it is not said to run."""
    allocated, actual = reported.get(container.name, (None, None))
    if actual is None:
        return container.requests
    told = largest(actual, allocated or NOTHING)
    return told if infeasible else largest(container.requests, told)


def requests_of(spec: pod_schema.PodSpec) -> Pod | None:
    """Return what a pod that lives asks for, and nothing else of it; None where that cannot be read."""
    notebook = Notebook()
    spot = Spot(notebook)
    inner, outer = (
        tuple(_container(spot, container) for container in some or ()) for some in (spec.containers, spec.init_containers)
    )
    together = aggregate(inner, outer)
    level = pod_requests(read_pod_level(spot, spec.resources), together)
    pod = Pod(
        containers=inner,
        init_containers=outer,
        requests=FrozenMap(level),
        overhead=FrozenMap(read_amounts(spot, spec.overhead)),
    )
    return None if notebook.faults else pod


def _container(spot: Spot, given: pod_schema.Container) -> Container:
    asks = read_need(spot, given)
    return Container(given.name or "", requests=FrozenMap(asks.requests), restartable=asks.restartable)


def beyond(taken: Resources, planned: Resources) -> str:
    """Say in words of what a pod takes more than is planned for it; empty where it takes no more of anything."""
    more = (name for name in taken if taken[name] > planned.get(name, 0))
    return ", ".join(f"{name} {_show(name, taken)}, not {_show(name, planned)}" for name in more)


def _show(name: str, amounts: Mapping[str, int]) -> str:
    amount = amounts.get(name, 0)
    if name == CPU:
        return f"{amount}m" if amount % 1000 else str(amount // 1000)
    unit, suffix = next(((unit, suffix) for unit, suffix in _units(name) if amount and amount % unit == 0), (1, ""))
    return f"{amount // unit}{suffix}"


def _units(name: str) -> Iterable[tuple[int, str]]:
    """Return the units of amounts in bytes; what a device plug-in offers is counted."""
    return () if "/" in name else _UNITS
