"""What API servers refuse in a container of a pod where its fields do not go together, or not with those of the pod.

Source: pkg/apis/core/validation/validation.go validateContainers, validateInitContainers, ValidateVolumeMounts.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Found = tuple[str, str, str]
"""Where below the pod's spec, what is wrong, and what to do."""

Map = Mapping[str, Any]
KEEP_ONE = "keep one of the two"
_STAY_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Whole:
    """A pod's spec, its volumes by their names, those that are added to it among them, and the names of its claims."""

    spec: Map
    volumes: Mapping[Any, Map]
    claims: Collection[Any]

    @property
    def seconds(self) -> int:
        """Return how long it may take to end: the API server makes 1 of what is negative."""
        given = self.spec.get("terminationGracePeriodSeconds")
        if not isinstance(given, int):
            return _STAY_SECONDS
        return given if given >= 0 else 1


def maps(whole: Map, field: str) -> list[Map]:
    """Return the maps of a list; what else is in it is none of ours, but counts."""
    given = whole.get(field)
    return [each if isinstance(each, dict) else {} for each in given] if given and isinstance(given, list) else []


def map_of(whole: Map, field: str) -> Map:
    """Return the map in a field, or an empty one."""
    given = whole.get(field)
    return given if isinstance(given, dict) else {}


def again(path: str, value: Any, seen: set[Any]) -> Iterator[Found]:
    """Refuse what is there a second time; what is no text is refused elsewhere."""
    if not isinstance(value, str) or not value:
        return
    if value in seen:
        yield path, f"{value} is there twice", KEEP_ONE
    seen.add(value)


def _names(here: str, container: Map, _: Whole) -> Iterator[Found]:
    seen: set[Any] = set()
    for at, port in enumerate(maps(container, "ports")):
        yield from again(f"{here}.ports[{at}].name", port.get("name"), seen)


def _mounts(here: str, container: Map, pod: Whole) -> Iterator[Found]:
    seen: set[Any] = set()
    for at, mount in enumerate(maps(container, "volumeMounts")):
        path, name = f"{here}.volumeMounts[{at}]", mount.get("name")
        if name and name not in pod.volumes:
            yield f"{path}.name", f"there is no volume {name}", "add it to volumes, or correct the name"
        yield from again(f"{path}.mountPath", mount.get("mountPath"), seen)
        if mount.get("mountPropagation") == "Bidirectional" and not map_of(container, "securityContext").get("privileged"):
            yield f"{path}.mountPropagation", "Bidirectional is for privileged containers only", "write HostToContainer"


def _devices(here: str, container: Map, pod: Whole) -> Iterator[Found]:
    devices = maps(container, "volumeDevices")
    names, paths = ({one.get(field) for one in maps(container, "volumeMounts")} for field in ("name", "mountPath"))
    for at, device in enumerate(devices):
        path, name = f"{here}.volumeDevices[{at}]", device.get("name")
        volume = pod.volumes.get(name)
        if name and volume is None:
            yield f"{path}.name", f"there is no volume {name}", "add it to volumes, or correct the name"
        elif volume is not None and not {"persistentVolumeClaim", "ephemeral"} & volume.keys():
            yield f"{path}.name", f"{name} is no claim, which devices must be", "mount it, or claim the volume"
        yield from again(f"{path}.name", name, names)
        yield from again(f"{path}.devicePath", device.get("devicePath"), paths)
    if devices and pod.spec.get("hostUsers") is False:
        yield f"{here}.volumeDevices", "are given beside hostUsers: false", KEEP_ONE


def _claims(here: str, container: Map, pod: Whole) -> Iterator[Found]:
    seen: set[Any] = set()
    for at, claim in enumerate(maps(map_of(container, "resources"), "claims")):
        path, name, request = f"{here}.resources.claims[{at}]", claim.get("name"), claim.get("request")
        if not name:
            yield path, "names no claim", "write its name"
        elif name not in pod.claims:
            yield path, f"there is no claim {name}", "add it to resourceClaims of the pod, or correct the name"
        elif {name, f"{name}/{request}" if request else name} & seen or (not request and f"{name}/" in seen):
            yield path, f"{name} is there twice", KEEP_ONE
        seen |= {f"{name}/{request}", f"{name}/"} if request else {name}


def _resizes(here: str, container: Map, pod: Whole) -> Iterator[Found]:
    seen: set[Any] = set()
    for at, policy in enumerate(maps(container, "resizePolicy")):
        path = f"{here}.resizePolicy[{at}]"
        yield from again(path, policy.get("resourceName"), seen)
        if pod.spec.get("restartPolicy") == "Never" and policy.get("restartPolicy") == "RestartContainer":
            yield f"{path}.restartPolicy", "restarts what restartPolicy: Never keeps from it", "write NotRequired"


def _ends(field: str) -> "_Look":
    def look(here: str, container: Map, _: Whole) -> Iterator[Found]:
        threshold = map_of(container, field).get("successThreshold")
        if isinstance(threshold, int) and threshold > 1:
            yield f"{here}.{field}.successThreshold", f"must be 1, not {threshold}", "write 1, or leave it out"

    return look


def _readiness(here: str, container: Map, _: Whole) -> Iterator[Found]:
    if map_of(container, "readinessProbe").get("terminationGracePeriodSeconds") is not None:
        yield f"{here}.readinessProbe.terminationGracePeriodSeconds", "is not for readiness: that ends nothing", "leave it out"


def _sleeps(here: str, container: Map, pod: Whole) -> Iterator[Found]:
    """Refuse sleeps that outlast the pod."""
    lifecycle = map_of(container, "lifecycle")
    for field in lifecycle:
        seconds = map_of(map_of(lifecycle, field), "sleep").get("seconds")
        if isinstance(seconds, int) and not 0 <= seconds <= pod.seconds:
            reason = f"{seconds} is not within the terminationGracePeriodSeconds, {pod.seconds}"
            yield f"{here}.lifecycle.{field}.sleep.seconds", reason, "write less, or a longer terminationGracePeriodSeconds"


def _not_of_init(field: str) -> "_Look":
    def look(here: str, _: Map, __: Whole) -> Iterator[Found]:
        fix = "leave it out, or write restartPolicy: Always"
        yield f"{here}.{field}", "is for init containers that restart always only", fix

    return look


_Look = Callable[[str, Map, Whole], Iterator[Found]]
_ALL: dict[str, _Look] = {
    "ports": _names,
    "volumeMounts": _mounts,
    "volumeDevices": _devices,
    "resources": _claims,
    "resizePolicy": _resizes,
}
STAYING: dict[str, _Look] = {
    **_ALL,
    "livenessProbe": _ends("livenessProbe"),
    "readinessProbe": _readiness,
    "startupProbe": _ends("startupProbe"),
    "lifecycle": _sleeps,
}
STARTING: dict[str, _Look] = {
    **_ALL,
    **{field: _not_of_init(field) for field in ("livenessProbe", "readinessProbe", "startupProbe", "lifecycle")},
}
"""What to look for where a container has a field: in those that stay, and in those that end before the others start."""
