"""What API servers refuse in a pod where fields that are far apart do not go together.

Source: pkg/apis/core/validation/validation.go ValidatePodSpec, validateHostUsers, validateLinux and validateWindows.
"""

from collections.abc import Collection, Iterator
from typing import Any

from planner.read.validation.containers import KEEP_ONE, STARTING, STAYING, Found, Map, Whole, again, map_of, maps

_CONTAINERS = ("containers", "initContainers")
_TOGETHER = (
    ("shareProcessNamespace", "hostPID", True),
    ("hostPID", "hostUsers", False),
    ("hostIPC", "hostUsers", False),
)
"""What may not be true where another field has this value."""

_OF_SYSTEMS = {
    "linux": ("windowsOptions",),
    "windows": (
        "allowPrivilegeEscalation",
        "appArmorProfile",
        "capabilities",
        "fsGroup",
        "fsGroupChangePolicy",
        "privileged",
        "procMount",
        "readOnlyRootFilesystem",
        "runAsGroup",
        "runAsUser",
        "seLinuxChangePolicy",
        "seLinuxOptions",
        "seccompProfile",
        "supplementalGroups",
        "supplementalGroupsPolicy",
        "sysctls",
    ),
}
"""The fields of security contexts that pods of an operating system may not have."""


def pod_faults(spec: Map, claimed: Collection[str | None], may_end: bool) -> Iterator[Found]:
    """Yield where in the spec, why, and what to do."""
    volumes = {each.get("name"): each for each in maps(spec, "volumes")}
    volumes |= {name: {"persistentVolumeClaim": {}} for name in claimed}
    pod = Whole(spec, volumes, {each.get("name") for each in maps(spec, "resourceClaims")})
    yield from _whole(spec, may_end)
    for kind in _CONTAINERS:
        for at, each in enumerate(maps(spec, kind)):
            may_stay = kind == "containers" or each.get("restartPolicy") == "Always"
            for field, look in (STAYING if may_stay else STARTING).items():
                if each.get(field) is not None:
                    yield from look(f"{kind}[{at}]", each, pod)


def _whole(spec: Map, may_end: bool) -> Iterator[Found]:
    if spec.get("ephemeralContainers"):
        yield "ephemeralContainers", "are for pods that run", "leave them out"
    if spec.get("activeDeadlineSeconds") is not None and not may_end:
        yield "activeDeadlineSeconds", "is not allowed here: its pods are to run for ever", "leave it out, or make it a Job"
    for field, other, value in _TOGETHER:
        if spec.get(field) is True and spec.get(other) is value:
            yield field, f"is true beside {other}: {str(value).lower()}", KEEP_ONE
    if spec.get("dnsPolicy") == "None" and not map_of(spec, "dnsConfig").get("nameservers"):
        yield "dnsConfig", "has no nameservers, as dnsPolicy: None needs", "write some under dnsConfig, or another dnsPolicy"
    if spec.get("securityContext"):
        yield from _sysctls(spec)
    if spec.get("os"):
        yield from _of_system(spec)


def _sysctls(spec: Map) -> Iterator[Found]:
    seen: set[Any] = set()
    for at, each in enumerate(maps(map_of(spec, "securityContext"), "sysctls")):
        yield from again(f"securityContext.sysctls[{at}].name", each.get("name"), seen)


def _of_system(spec: Map) -> Iterator[Found]:
    """Refuse what the operating system of the pod does not have."""
    system = map_of(spec, "os").get("name")
    if system not in _OF_SYSTEMS:
        return
    lists = ((kind, at, each) for kind in _CONTAINERS for at, each in enumerate(maps(spec, kind)))
    everywhere = [("", spec), *((f"{kind}[{at}].", each) for kind, at, each in lists)]
    for path, each in everywhere:
        context = map_of(each, "securityContext")
        for field in _OF_SYSTEMS[system]:
            if context.get(field) not in (None, *(([],) if field == "sysctls" else ())):
                yield f"{path}securityContext.{field}", f"is not for pods of {system}", "leave it out"
    if system == "windows":
        for field in ("hostUsers", "hostPID", "hostIPC", "shareProcessNamespace"):
            if spec.get(field) or (spec.get(field) is False and field in ("hostUsers", "shareProcessNamespace")):
                yield field, "is not for pods of windows", "leave it out"
