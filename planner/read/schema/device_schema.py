"""The Kubernetes API as it comes in: devices (resource.k8s.io), those who ask for them and those who have them."""

from msgspec import field

from planner.read.schema.pod_schema import Meta, Present, Wire


class Expression(Wire):
    """A selector of devices, in CEL."""

    expression: str | None = None


class DeviceSelector(Wire):
    """Which devices are meant."""

    cel: Expression | None = None


class ClassSpec(Wire):
    """The spec of a DeviceClass."""

    selectors: list[DeviceSelector] | None = None
    extended_resource_name: str | None = None


class DeviceClass(Wire):
    """resource.k8s.io/v1 DeviceClass."""

    metadata: Meta | None = None
    spec: ClassSpec | None = None


class Exactly(Wire):
    """So many devices of a class."""

    device_class_name: str | None = None
    selectors: list[DeviceSelector] | None = None
    allocation_mode: str | None = None
    count: int | None = None
    admin_access: bool | None = None
    capacity: Present | None = None


class DeviceRequest(Wire):
    """One of the requests of a claim."""

    name: str | None = None
    exactly: Exactly | None = None
    first_available: list[Present] | None = None


class Requests(Wire):
    """What a claim asks for."""

    requests: list[DeviceRequest] | None = None
    constraints: list[Present] | None = None


class ResourceClaimSpec(Wire):
    """The spec of a ResourceClaim."""

    devices: Requests | None = None


class MadeFrom(Wire):
    """What ResourceClaims are made from."""

    spec: ResourceClaimSpec | None = None


class ResourceClaimTemplate(Wire):
    """resource.k8s.io/v1 ResourceClaimTemplate."""

    metadata: Meta | None = None
    spec: MadeFrom | None = None


class Pool(Wire):
    """The pool that a slice is a part of."""

    name: str | None = None
    generation: int | None = None
    resource_slice_count: int | None = None


class Attribute(Wire):
    """What a device is, in one regard."""

    string: str | None = None
    boolean: bool | None = field(default=None, name="bool")
    whole: int | None = field(default=None, name="int")
    version: str | None = None


class Device(Wire):
    """A device."""

    name: str | None = None
    attributes: dict[str, Attribute] | None = None
    taints: list[Present] | None = None
    consumes_counters: list[Present] | None = None
    allow_multiple_allocations: bool | None = None
    binds_to_node: bool | None = None
    binding_conditions: list[str] | None = None
    node_allocatable_resource_mappings: dict[str, Present] | None = None
    node_allocatable_resources: dict[str, Present] | None = None


class SliceSpec(Wire):
    """The spec of a ResourceSlice."""

    driver: str | None = None
    pool: Pool | None = None
    node_name: str | None = None
    devices: list[Device] | None = None


class ResourceSlice(Wire):
    """resource.k8s.io/v1 ResourceSlice."""

    metadata: Meta | None = None
    spec: SliceSpec | None = None
