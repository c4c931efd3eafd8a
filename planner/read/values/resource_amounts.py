"""Amounts of resources as written -> milli-cores and whole units, with the API server's complaints.

Source: pkg/apis/core/validation/validation.go, ValidateResourceRequirements and validateResourceQuantityValue.
"""

from collections.abc import Mapping
from functools import lru_cache

from models.kubernetes.resources import CPU, EPHEMERAL_STORAGE, MEMORY, PODS
from planner.read.documents.field import Spot
from planner.read.schema.pod_schema import Amounts, Quantity, Resources
from planner.read.values import name_syntax, quantity

HUGE_PAGES = "hugepages-"
STORAGE = "storage"
MOST_CORES = 10**6
MOST_PODS = 10**5
MOST = 2**50
"""More than any one node has: the largest machines have thousands of cores and less than a PiB of memory or disk.

So sums over thousands of pods or nodes stay within the 64 bits in which they are counted. What claims ask for is no amount of a
node.
"""
_STANDARD = (CPU, MEMORY, EPHEMERAL_STORAGE)


def read_amounts(spot: Spot, given: Amounts | None) -> dict[str, int]:
    """Read a map of resource names to quantities: cpu in milli-cores, all else in whole units."""
    parsed = {}
    for name, value in (given or {}).items():
        try:
            parsed[name] = _amount(name, value)
        except quantity.NotAQuantity as error:
            spot.key(name).fault(error.reason, error.fix)
    return parsed


def ratios(spot: Spot, given: Amounts | None) -> dict[str, int]:
    """Read a map of resource names to ratios, in thousandths."""
    parsed = {}
    for name, value in (given or {}).items():
        try:
            parsed[name] = quantity.milli(value)
        except quantity.NotAQuantity as error:
            spot.key(name).fault(error.reason, error.fix)
    return parsed


@lru_cache(maxsize=65536, typed=True)
def _amount(name: str, value: Quantity) -> int:
    nano = quantity.parse(value)
    if nano < 0:
        raise quantity.NotAQuantity(f"{value} is negative", "write an amount of 0 or more")
    if is_extended(name) and nano % quantity.NANO:
        raise quantity.NotAQuantity(f"{value} is not a whole number", "extended resources are counted in whole units")
    if name != STORAGE and nano > _most(name) * quantity.NANO:
        raise quantity.NotAQuantity(f"{value} is more than any node has", f"write an amount of at most {_most(name):,}")
    return quantity.milli(value) if name == CPU else quantity.whole(value)


def _most(name: str) -> int:
    """Return what no node has more of, in cores or whole units."""
    return {CPU: MOST_CORES, PODS: MOST_PODS}.get(name, MOST)


def is_extended(name: str) -> bool:
    """Say whether a resource is known to a device plug-in only, not to Kubernetes itself."""
    # requests.NAME is how ResourceQuotas call a resource.
    return "/" in name and "kubernetes.io/" not in name and not name.startswith("requests.")


def is_pod_level(name: str) -> bool:
    """Say whether a whole pod may ask for the resource."""
    return name in (CPU, MEMORY) or name.startswith(HUGE_PAGES)


def requests_and_limits(spot: Spot, given: Resources | None) -> tuple[dict[str, int], dict[str, int]]:
    """Read what a container asks for; the two must not contradict each other."""
    if given is None:
        return {}, {}
    requests, limits = read_amounts(spot.at("requests"), given.requests), read_amounts(spot.at("limits"), given.limits)
    for field, names in (("requests", requests), ("limits", limits)):
        for name in names:
            check_name(spot.at(field).key(name), name)
        check_pages(spot.at(field), names)
    for reason, name in contradictions(requests, limits):
        spot.at("requests").key(name).fault(reason, "make the request fit the limit")
    return requests, limits


def check_name(spot: Spot, name: str) -> None:
    """Refuse what is no resource that a container can ask for."""
    if "/" not in name:
        if name not in _STANDARD and not name.startswith(HUGE_PAGES):
            known = ", ".join(_STANDARD)
            spot.fault("is no resource that a container can ask for", f"write {known}, hugepages-SIZE or a DOMAIN/NAME")
    elif not name_syntax.is_label_key(name):
        spot.fault("is no resource name", name_syntax.KEY)


def check_pages(spot: Spot, given: Mapping[str, int]) -> None:
    """Refuse huge pages of a size that is none, and amounts of them that are no whole number of pages."""
    for name, amount in given.items():
        if not name.startswith(HUGE_PAGES):
            continue
        size = _page_size(name)
        if not size:
            spot.key(name).fault("is no size of huge pages", "write what the nodes have, such as hugepages-2Mi")
        elif amount % size:
            spot.key(name).fault("is not a whole number of pages", f"write a multiple of {name.removeprefix(HUGE_PAGES)}")


@lru_cache(maxsize=256)
def _page_size(name: str) -> int:
    """Return the bytes of one page; 0 where the name says nothing of the kind."""
    try:
        nano = quantity.parse(name.removeprefix(HUGE_PAGES))
    except quantity.NotAQuantity:
        return 0
    return 0 if nano <= 0 or nano % quantity.NANO else nano // quantity.NANO


def contradictions(requests: Mapping[str, int], limits: Mapping[str, int]) -> list[tuple[str, str]]:
    """List (reason, resource) for every request that its limit forbids; extended resources cannot be overcommitted."""
    reasons = []
    for name, request in requests.items():
        overcommits = not is_extended(name) and not name.startswith(HUGE_PAGES)
        limit = limits.get(name)
        if limit is None:
            if not overcommits:
                reasons.append((f"needs a limit of the same amount: {name} cannot be overcommitted", name))
        elif request > limit:
            reasons.append((f"is larger than the limit of {name}", name))
        elif request < limit and not overcommits:
            reasons.append((f"must equal the limit: {name} cannot be overcommitted", name))
    return reasons
