"""A pod goes to a node only if what it requests is still free there, resource by resource, and a pod slot is left.

Source: pkg/scheduler/framework/plugins/noderesources/fit.go, staging/src/k8s.io/component-helpers/resource/helpers.go.
"""

from collections.abc import Iterable, Mapping
from functools import cache

from models.kubernetes.pod import Pod
from models.kubernetes.resources import CPU, EPHEMERAL_STORAGE, MEMORY, NOTHING, PODS, Resources, add, largest
from planner.rules.plugins import dynamicresources, nodedeclaredfeatures, nodevolumelimits, volumerestrictions

TOO_MANY_PODS = "Too many pods"
FIRST = (CPU, MEMORY, EPHEMERAL_STORAGE)
LATER = (
    volumerestrictions.DISK_TAKEN,
    nodevolumelimits.NOT_INSTALLED,
    nodevolumelimits.REASON,
    dynamicresources.REASON,
    nodedeclaredfeatures.REASON,
)
"""How what other plug-ins say ends, after all that this one has to say; of these the first alone."""

_OTHERS = (
    (volumerestrictions.is_disk, volumerestrictions.DISK_TAKEN),
    (nodevolumelimits.is_limit, nodevolumelimits.REASON),
    (dynamicresources.is_devices, dynamicresources.REASON),
    (nodedeclaredfeatures.is_feature, nodedeclaredfeatures.REASON),
)


@cache
def requests(pod: Pod) -> Resources:
    """Return what the scheduler charges for the pod, without its slot.

    Sidecars run beside the containers; an init step runs beside the sidecars that come before it, and the larger of the two
    phases counts. Pod-level requests replace cpu, memory and huge pages; overhead comes on top of all. What a resize in place has
    made of a bound pod counts instead.
    """
    if pod.charged is not None:
        return add((pod.charged, pod.attached)) if pod.attached else pod.charged
    running = add(container.requests for container in pod.containers)
    sidecars = peak = NOTHING
    for container in pod.init_containers:
        if container.restartable:
            running = add((running, container.requests))
            sidecars = add((sidecars, container.requests))
            peak = largest(peak, sidecars)
        else:
            peak = largest(peak, add((container.requests, sidecars)))
    total = dict(largest(running, peak))
    total |= {name: amount for name, amount in pod.requests.items() if _pod_level(name)}
    return add((Resources(total), pod.overhead, pod.attached))


def _pod_level(name: str) -> bool:
    return name in (CPU, MEMORY) or name.startswith("hugepages-")


def compared(name: str) -> bool:
    """Say whether kube-scheduler looks at a resource of this name at all; a bare unknown name is ignored."""
    if name in FIRST or name == PODS or name.startswith(("hugepages-", "attachable-volumes-")):
        return True
    # IsScalarResourceName (pkg/scheduler/util): `requests.` begins names of quotas, not of resources
    return "kubernetes.io/" in name or ("/" in name and not name.startswith("requests."))


@cache
def asked(request: Resources) -> tuple[str, ...]:
    """Return the resources of which something is asked and compared, in kube-scheduler's order; the rest by name."""
    names = [name for name in request if request[name] > 0 and name != PODS and compared(name)]
    return (*(name for name in FIRST if name in names), *(name for name in names if name not in FIRST))


@cache
def wanted(request: Resources) -> tuple[tuple[str, int], ...]:
    """Return what one more pod needs to be free: its slot, and what is asked and compared."""
    return ((PODS, 1), *((name, request[name]) for name in asked(request)))


def has_room(needs: Iterable[tuple[str, int]], free: Mapping[str, int], allocatable: Mapping[str, int]) -> bool:
    """Say whether nothing of what is `wanted` is insufficient, without saying what is."""
    for name, amount in needs:
        left = free.get(name)
        if (allocatable.get(name, 0) if left is None else left) < amount:
            return False
    return True


def insufficient(request: Resources, free: Mapping[str, int], allocatable: Mapping[str, int]) -> tuple[str, ...]:
    """Return what is missing for one more pod, the pod slot first.

    `free` is what others leave of `allocatable`, its "pods" the slots left; of a name it does not mention all of `allocatable` is
    free. A resource of which the pod asks nothing is never missing, not even where it is overcommitted.
    """
    missing = dict.fromkeys(lack(name) for name in asked(request) if request[name] > free.get(name, allocatable.get(name, 0)))
    slots = free.get(PODS, allocatable.get(PODS, 0))
    reasons = (*missing,) if slots >= 1 else (TOO_MANY_PODS, *missing)
    first = tuple(reason for reason in reasons if not is_later(reason))
    return first or tuple(reason for end in LATER for reason in reasons if reason.endswith(end))[:1]


def is_later(reason: str) -> bool:
    """Say whether another plug-in gives the reason, after this one."""
    return reason.endswith(LATER)


def lack(name: str) -> str:
    """Say that there is too little of a resource, as the plug-in says it whose it is."""
    if nodevolumelimits.is_driver(name):
        return nodevolumelimits.not_installed(name)
    return next((reason for is_its, reason in _OTHERS if is_its(name)), f"Insufficient {name}")
