"""Documents about devices (DRA): their classes, templates of claims, and what each node has."""

from collections.abc import Callable

from planner.read.devices import devices
from planner.read.devices.devices import Devices
from planner.read.documents.document import Document
from planner.read.documents.duplicates import Register
from planner.read.documents.field import Spot
from planner.read.documents.identity import DEFAULT_NAMESPACE
from planner.read.documents.remarks import remark
from planner.read.schema import device_schema, pod_schema
from planner.read.schema.known_kinds import Kind

_GROUP = "resource.k8s.io"


class DeviceObjects:
    """Reads them into `Devices`."""

    def __init__(self, register: Register) -> None:
        """Start with nothing."""
        self._register = register
        self.devices = Devices()
        self.readers: dict[Kind, Callable[[Spot, Document], None]] = {
            (_GROUP, "DeviceClass"): self._device_class,
            (_GROUP, "ResourceClaimTemplate"): self._device_template,
            (_GROUP, "ResourceSlice"): self._device_slice,
        }

    def _device_class(self, spot: Spot, document: Document) -> None:
        given = document.decode(device_schema.DeviceClass)
        terms = devices.class_terms(given)
        name = (given.metadata.name if given.metadata else None) or ""
        # A list of its own: the register tells objects by identity, and () and None are the same object everywhere.
        if self._register.is_new(spot, document, given.metadata, [terms]):
            self.devices.classes[name] = terms
            if given.spec and given.spec.extended_resource_name:
                told = remark("extended resource", resource=given.spec.extended_resource_name)
                spot.state(f"DeviceClass/{name}", told)

    def _device_template(self, spot: Spot, document: Document) -> None:
        given = document.decode(device_schema.ResourceClaimTemplate)
        meta, template = given.metadata or pod_schema.Meta(), devices.read_claim_template(given)
        if self._register.is_new(spot, document, meta, template, namespaced=True):
            self.devices.templates[f"{meta.namespace or DEFAULT_NAMESPACE}/{meta.name}"] = template

    def _device_slice(self, spot: Spot, document: Document) -> None:
        given = document.decode(device_schema.ResourceSlice)
        part = devices.read_slice(given)
        if self._register.is_new(spot, document, given.metadata, part) and given.metadata:
            self.devices.slices[given.metadata.name or ""] = part
