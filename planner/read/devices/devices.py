"""Devices (DRA) as they are written -> how many of a class a pod is given, and how many a node has.

Source: staging/src/k8s.io/dynamic-resource-allocation/structured, resource/v1 types.

kube-scheduler may choose among devices by any expression. Here devices are counted, where that comes to the same: each device
belongs to one node, and classes that somebody asks for have either all devices in common or none. Whatever else is asked for is
said, and not modelled.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from models.frozen_map import FrozenMap
from models.kubernetes.node import NodeShape
from models.kubernetes.resources import DEVICES, NOTHING, Resources, add
from planner.read.devices.cel_subset import Term, Value, terms
from planner.read.schema import device_schema
from planner.read.schema.pod_schema import ClaimName

EXACT = ("", "ExactCount")
NO_SLICES = "no ResourceSlice is in the input (kubectl get resourceslices -o yaml)"
SHARED = "a claim that is there already may be shared"


@dataclass(frozen=True, slots=True)
class Device:
    """A device of a node; `odd` says what keeps it from being counted."""

    node: str
    driver: str
    attributes: FrozenMap[Value]
    odd: str = ""


@dataclass(frozen=True, slots=True)
class Slice:
    """Some of the devices of a pool, which are there once `parts` slices of the newest generation are."""

    pool: tuple[str, str]
    generation: int
    parts: int
    devices: tuple[Device, ...]


@dataclass(frozen=True, slots=True)
class DeviceClaim:
    """What a claim is given: numbers of devices by class; `odd` says what keeps them from being counted."""

    asked: Resources
    odd: str = ""


@dataclass(slots=True)
class Devices:
    """The classes of devices, those who ask for them and the slices that have them, as they were read."""

    classes: dict[str, tuple[Term, ...] | None] = field(default_factory=dict)
    templates: dict[str, DeviceClaim] = field(default_factory=dict)
    slices: dict[str, Slice] = field(default_factory=dict)
    _kinds: dict[str, str] = field(default_factory=dict)
    _odd: dict[str, str] = field(default_factory=dict)
    _rooms: dict[str, Counter[str]] = field(default_factory=dict)

    def learn(self, shapes: Iterable[NodeShape] = ()) -> None:
        """Find out of which classes the devices can be counted; `asked` and `room` answer from then on.

        What can be bought may say how many of a class it has: then classes that have the same devices go by that name.
        """
        said = {name for shape in shapes for name in shape.allocatable}
        there = list(self._devices())
        matching: dict[str, frozenset[int]] = {}
        for name in sorted({name for template in self.templates.values() if not template.odd for name in template.asked}):
            self._odd[name] = "" if DEVICES + name in said and not self.slices else self._why_not(name, there)
            if not self._odd[name]:
                matching[name] = frozenset(
                    index for index, device in enumerate(there) if _all_hold(self.classes.get(name) or (), device)
                )
        for name, mine in matching.items():
            mixed = next((other for other, its in matching.items() if its & mine and its != mine), "")
            self._odd[name] = f"DeviceClass {mixed} has some of its devices, but not all" if mixed else ""
            # Two classes without any device have nothing in common, although they match the same.
            alike = [other for other, its in matching.items() if its == mine and (mine or other == name)]
            self._kinds[name] = next((other for other in alike if DEVICES + other in said), alike[0])
        for name in sorted(set(self._kinds.values())):
            for index in sorted(matching[name]) if not self._odd[name] else ():
                self._rooms.setdefault(there[index].node, Counter())[DEVICES + name] += 1

    def asked(self, namespace: str, claims: Iterable[ClaimName]) -> tuple[Resources, dict[str, str]]:
        """Return what the claims of a pod are given, and of which of them that is not modelled, and why."""
        total, odd = NOTHING, {}
        for claim in claims:
            given, why = self._given(namespace, claim)
            if why:
                odd[claim.name or ""] = why
            else:
                total = add((total, given))
        return total, odd

    def room(self, node: str) -> Resources:
        """Return how many devices of each kind a node has."""
        return FrozenMap(self._rooms.get(node, Counter()))

    def _given(self, namespace: str, claim: ClaimName) -> tuple[Resources, str]:
        if not claim.resource_claim_template_name:
            return NOTHING, SHARED
        name = claim.resource_claim_template_name
        template = self.templates.get(f"{namespace}/{name}")
        if template is None:
            return NOTHING, f"ResourceClaimTemplate {name} is not in the input"
        why = template.odd or next((self._odd[asked] for asked in template.asked if self._odd[asked]), "")
        if why:
            return NOTHING, why
        return add(FrozenMap({DEVICES + self._kinds[asked]: count}) for asked, count in template.asked.items()), ""

    def _devices(self) -> Iterator[Device]:
        """Yield the devices of all pools of which every slice of the newest generation is there."""
        pools: dict[tuple[str, str], list[Slice]] = {}
        for name in sorted(self.slices):
            pools.setdefault(self.slices[name].pool, []).append(self.slices[name])
        for parts in pools.values():
            newest = max(part.generation for part in parts)
            now = [part for part in parts if part.generation == newest]
            if len(now) == now[0].parts:
                yield from (device for device_slice in now for device in device_slice.devices)

    def _why_not(self, name: str, there: Iterable[Device]) -> str:
        """Say why the devices of a class cannot be counted; nothing where they can."""
        if not self.slices:
            return NO_SLICES
        if name not in self.classes:
            return f"DeviceClass {name} is not in the input (kubectl get deviceclasses -o yaml)"
        wanted = self.classes[name]
        if wanted is None:
            return f"what DeviceClass {name} selects is no comparison of drivers and attributes"
        for device in there:
            holds = [term.holds(device.driver, device.attributes) for term in wanted]
            # In CEL a false term decides, whatever is wrong beside it: && fails only where no term is false.
            if False not in holds and (device.odd or None in holds):
                return device.odd or f"DeviceClass {name} asks for an attribute that some of its devices lack"
        return ""


def _all_hold(wanted: Iterable[Term], device: Device) -> bool:
    return all(term.holds(device.driver, device.attributes) for term in wanted)


def class_terms(given: device_schema.DeviceClass) -> tuple[Term, ...] | None:
    """Return what a class asks of its devices; None where that is more than comparisons."""
    selectors: list[Term] = []
    for selector in (given.spec.selectors if given.spec else None) or ():
        some = terms((selector.cel.expression if selector.cel else None) or "")
        if some is None:
            return None
        selectors += some
    return tuple(selectors)


def read_claim_template(given: device_schema.ResourceClaimTemplate) -> DeviceClaim:
    """Return what each claim that is made from a template is given."""
    devices = (given.spec.spec.devices if given.spec and given.spec.spec else None) or device_schema.Requests()
    asked: Counter[str] = Counter()
    odd = "its requests are bound to each other (constraints)" if devices.constraints else ""
    for request in devices.requests or ():
        exact = request.exactly or device_schema.Exactly()
        # The API server makes 1 of a missing count; 0 is for it to refuse.
        asked[exact.device_class_name or ""] += 1 if exact.count is None else exact.count
        odd = odd or _unusual(request, exact)
    return DeviceClaim(FrozenMap(asked), odd)


def _unusual(request: device_schema.DeviceRequest, exact: device_schema.Exactly) -> str:
    unusual = {
        "offers a choice of devices (firstAvailable)": request.first_available or request.exactly is None,
        "has selectors of its own": exact.selectors,
        f"has allocationMode {exact.allocation_mode}": (exact.allocation_mode or "") not in EXACT,
        "asks for adminAccess": exact.admin_access,
        "asks for a part of a device (capacity)": exact.capacity,
    }
    return next((f"request {request.name} {what}" for what, is_so in unusual.items() if is_so), "")


def read_slice(given: device_schema.ResourceSlice) -> Slice:
    """Return the devices of a slice; those that are not of one node alone are of node ""."""
    spec = given.spec or device_schema.SliceSpec()
    pool = spec.pool or device_schema.Pool()
    driver, node = spec.driver or "", spec.node_name or ""
    devices = tuple(Device(node, driver, _attributes(driver, device), _why_odd(node, device)) for device in spec.devices or ())
    return Slice((driver, pool.name or ""), pool.generation or 0, pool.resource_slice_count or 0, devices)


def _attributes(driver: str, device: device_schema.Device) -> FrozenMap[Value]:
    """Return the attributes by their full names: one without a domain is in that of the driver."""
    attributes: dict[str, Value] = {}
    for name, given in (device.attributes or {}).items():
        value = next((candidate for candidate in (given.string, given.boolean, given.whole) if candidate is not None), None)
        if value is not None:
            attributes[name if "/" in name else f"{driver}/{name}"] = value
    return FrozenMap(attributes)


def _why_odd(node: str, device: device_schema.Device) -> str:
    odd: Mapping[str, object] = {
        "of several nodes": not node,
        "tainted": device.taints,
        "parts of others": device.consumes_counters,
        "shared": device.allow_multiple_allocations,
        "bound in several steps": device.binds_to_node or device.binding_conditions,
        "charged to the node": device.node_allocatable_resource_mappings or device.node_allocatable_resources,
    }
    return next((f"some of its devices are {what}" for what, is_so in odd.items() if is_so), "")
