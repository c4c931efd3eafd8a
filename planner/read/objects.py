"""Documents that make no pods but bear on them: namespaces, classes, limits, volumes, budgets, autoscalers.

And what may change or refuse pods as they are admitted (gates.py).
"""

from collections.abc import Callable, Set
from dataclasses import dataclass
from typing import Any

from models.cluster import DisruptionBudget
from models.frozen import FrozenMap
from models.source import Source
from planner.read import devices, storage, wire, wire_devices
from planner.read import wire_cluster as kinds
from planner.read.added import COPIED
from planner.read.admission import Admission, runtime
from planner.read.attached import Storage
from planner.read.devices import Devices
from planner.read.document import Document
from planner.read.gates import Gates
from planner.read.kinds import SERVED, Kind, group_of
from planner.read.limit_ranges import limit_range
from planner.read.maker import DEFAULT_NAMESPACE, Key, owner_of
from planner.read.selectors import keys_of, label_selector, labels
from planner.read.spot import Notebook, Spot, spot_of
from planner.read.validation_objects import check_object
from planner.read.wire_kinds import AnyObject, Target

NAME_LABEL = "kubernetes.io/metadata.name"
_PLUG_INS = {
    "scheduler.alpha.kubernetes.io/node-selector": "PodNodeSelector",
    "scheduler.alpha.kubernetes.io/defaultTolerations": "PodTolerationRestriction",
    "scheduler.alpha.kubernetes.io/tolerationsWhitelist": "PodTolerationRestriction",
}
_ENFORCE, _PRIVILEGED = "pod-security.kubernetes.io/enforce", "privileged"
_UNINSTALLED = (
    "keeps pods off nodes without the driver (preventPodSchedulingIfMissing), but no CSINode of the input says which have it: "
    "not modelled; kubectl get csinodes tells"
)
_UNMEASURED = (
    "keeps pods with new volumes off nodes without storage for them (storageCapacity), but no CSIStorageCapacity of the input "
    "says which have it: not modelled; where the cluster has none either, kube-scheduler refuses such pods everywhere; kubectl "
    "get csistoragecapacities -A tells"
)
_PANICS = (
    "has maximumVolumeSize without capacity: kube-scheduler 1.37 ends in a panic where it weighs nodes by it (gate "
    "StorageCapacityScoring)"
)
_GROUPS = {kind: group for group, kind in SERVED}


@dataclass(frozen=True, slots=True)
class Autoscaler:
    """A HorizontalPodAutoscaler: what it scales and how far, and whether from nothing, where it has itself scaled it to that."""

    name: str
    target: Key
    least: int
    most: int
    where: Source
    from_zero: bool = False


class Objects:
    """What was read so far; the same object twice is no fault unless the two differ."""

    def __init__(self, notebook: Notebook) -> None:
        """Write faults and statements into the notebook."""
        self._notebook = notebook
        self._seen: dict[tuple[Kind, str, str], tuple[Any, Source]] = {}
        self.admission = Admission()
        self.gates = Gates()
        self.namespaces: dict[str, FrozenMap[str]] = {}
        self.accounts: set[tuple[str, str]] = set()
        self._ending: set[str] = set()
        self.storage = Storage()
        self.devices = Devices()
        self.budgets: list[DisruptionBudget] = []
        self.autoscalers: list[Autoscaler] = []
        self._readers: dict[Kind, Callable[[Spot, Document], None]] = {
            ("", "LimitRange"): self._limit_range,
            ("", "Namespace"): self._namespace,
            ("", "PersistentVolume"): self._volume,
            ("", "ServiceAccount"): self._service_account,
            ("", "PersistentVolumeClaim"): self._claim,
            ("admissionregistration.k8s.io", "MutatingAdmissionPolicy"): self.gates.changing_policy,
            ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"): self.gates.changing_hooks,
            ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"): self.gates.refusing_policy,
            ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"): self.gates.binding,
            ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"): self.gates.refusing_hooks,
            ("autoscaling", "HorizontalPodAutoscaler"): self._autoscaler,
            ("node.k8s.io", "RuntimeClass"): self._runtime,
            ("policy", "PodDisruptionBudget"): self._budget,
            ("resource.k8s.io", "DeviceClass"): self._device_class,
            ("resource.k8s.io", "ResourceClaimTemplate"): self._device_template,
            ("resource.k8s.io", "ResourceSlice"): self._device_slice,
            ("scheduling.k8s.io", "PriorityClass"): self._priority,
            ("storage.k8s.io", "CSIDriver"): self._csi_driver,
            ("storage.k8s.io", "CSINode"): self._csi_node,
            ("storage.k8s.io", "CSIStorageCapacity"): self._capacity,
            ("storage.k8s.io", "StorageClass"): self._storage_class,
        }

    def add(self, kind: Kind, document: Document) -> bool:
        """Read the document, if it is one of these kinds, and say so."""
        reader = self._readers.get(kind)
        if reader is None:
            return False
        spot = spot_of(document, self._notebook)
        if not _is_old(spot, document):
            reader(spot, document)
            check_object(document, self._notebook)
        return True

    def _is_new(self, spot: Spot, document: Document, meta: wire.Meta | None, content: Any, namespaced: bool = False) -> bool:
        """Say whether this object was not there before; one that contradicts an earlier one is a fault."""
        name = (meta.name if meta else None) or ""
        namespace = ((meta.namespace if meta else None) or DEFAULT_NAMESPACE) if namespaced else ""
        if not name:
            spot.at("metadata.name").fault("is missing", "give the object its name")
            return False
        key = (group_of(document.api_version), document.kind), namespace, name
        found = self._seen.setdefault(key, (content, document.where))
        if found[0] is not content and found[0] != content:
            reason = f"a second {document.kind} {name}, which differs from the one in {found[1]}"
            spot.fault(reason, "keep one of the two")
        return found[0] is content

    def _namespace(self, spot: Spot, document: Document) -> None:
        meta = document.decode(AnyObject).metadata or wire.Meta()
        own = labels(spot.at("metadata.labels"), {**(meta.labels or {}), NAME_LABEL: meta.name or ""})
        if meta.deletion_timestamp:
            self._ending.add(meta.name or "")
        if not self._is_new(spot, document, meta, own):
            return
        self.namespaces[meta.name or ""] = own
        for plug_in in sorted({_PLUG_INS[key] for key in meta.annotations or () if key in _PLUG_INS}):
            message = f"its annotations speak to the admission plug-in {plug_in}: what that changes in pods is not modelled"
            spot.state(f"Namespace/{meta.name}", message)

    def state_drivers(self, are_owned: bool) -> None:
        """Say that nobody is kept off owned nodes for want of a CSI driver or its storage where the input does not tell of it."""
        for name in self.storage.unmeasured() if are_owned else ():
            self._state_driver(name, _UNMEASURED)
        if not (are_owned and self.storage.wanted) or self.storage.installed:
            return
        self.storage.wanted = frozenset()
        for name in sorted(self.storage.required):
            self._state_driver(name, _UNINSTALLED)

    def _state_driver(self, name: str, message: str) -> None:
        _, where = self._seen[("storage.k8s.io", "CSIDriver"), "", name]
        Spot(self._notebook, where).state(f"CSIDriver/{name}", message)

    def state_namespaces(self, planned: Set[str]) -> None:
        """Say of those among the planned namespaces that they are being deleted, or have PodSecurity refuse pods."""
        for name in sorted(self.namespaces.keys() & planned):
            _, where = self._seen[("", "Namespace"), "", name]
            spot, level = Spot(self._notebook, where), self.namespaces[name].get(_ENFORCE, _PRIVILEGED)
            if level != _PRIVILEGED:
                message = f"{_ENFORCE}: {level}, so the API server may refuse pods of its workloads: which ones is not modelled"
                spot.state(f"Namespace/{name}", message)
            if name in self._ending:
                message = "is being deleted: no more pods are made in it, though the plan has room for those of its workloads"
                spot.state(f"Namespace/{name}", message)

    def state_selecting(self, copied: frozenset[str]) -> None:
        """Say of the budgets that select by labels which pods get from their nodes that whom they protect is not modelled."""
        for budget in self.budgets:
            keys = sorted(keys_of(budget.selector) & copied)
            if keys:
                _, where = self._seen[("policy", "PodDisruptionBudget"), budget.namespace, budget.name]
                message = f"selects by {', '.join(keys)}: {COPIED}, so which pods it protects is not modelled"
                Spot(self._notebook, where).state(f"PodDisruptionBudget/{budget.namespace}/{budget.name}", message)

    def _priority(self, spot: Spot, document: Document) -> None:
        given = document.decode(kinds.PriorityClass)
        if (
            self._is_new(spot, document, given.metadata, [given.value, given.global_default, given.preemption_policy])
            and given.metadata
        ):
            self.admission.add_priority(spot, given.metadata.name or "", given)

    def _runtime(self, spot: Spot, document: Document) -> None:
        given = document.decode(kinds.RuntimeClass)
        found = runtime(spot, given)
        if self._is_new(spot, document, given.metadata, found) and given.metadata:
            self.admission.runtimes[given.metadata.name or ""] = found

    def _limit_range(self, spot: Spot, document: Document) -> None:
        given = document.decode(kinds.LimitRange)
        meta = given.metadata or wire.Meta()
        found = limit_range(spot, meta.name or "", given)
        if self._is_new(spot, document, meta, found, namespaced=True):
            self.admission.add_range(meta.namespace or DEFAULT_NAMESPACE, found)

    def _volume(self, spot: Spot, document: Document) -> None:
        given = document.decode(kinds.PersistentVolume)
        found = storage.volume(spot, given)
        if self._is_new(spot, document, given.metadata, found):
            self.storage.volumes[found.name] = found
            if given.spec and not given.spec.csi and found.driver:
                self.storage.built_in.add(found.name)

    def _claim(self, spot: Spot, document: Document) -> None:
        given = document.decode(kinds.PersistentVolumeClaim)
        meta = given.metadata or wire.Meta()
        found = storage.existing_claim(spot, meta.namespace or DEFAULT_NAMESPACE, given)
        if self._is_new(spot, document, meta, storage.as_written(found), namespaced=True) or found.uid:
            self.storage.claims[f"{found.namespace}/{found.name}"] = found
        owner = owner_of(meta, found.namespace)
        if owner and owner[:2] == ("", "Pod"):
            self.storage.owners[f"{found.namespace}/{found.name}"] = owner[3]

    def _service_account(self, spot: Spot, document: Document) -> None:  # noqa: ARG002  every reader is called alike
        meta = document.decode(AnyObject).metadata or wire.Meta()
        self.accounts.add((meta.namespace or DEFAULT_NAMESPACE, meta.name or ""))

    def _storage_class(self, spot: Spot, document: Document) -> None:
        given = document.decode(kinds.StorageClass)
        found = storage.storage_class(spot, given)
        if self._is_new(spot, document, given.metadata, found):
            self.storage.classes[found.name] = found

    def _csi_node(self, spot: Spot, document: Document) -> None:
        given = document.decode(kinds.CSINode)
        limits, installed = storage.limits(spot, given), storage.installed(given)
        if self._is_new(spot, document, given.metadata, [limits, installed]) and given.metadata:
            name = given.metadata.name or ""
            self.storage.limits[name], self.storage.installed[name] = limits, installed

    def _csi_driver(self, spot: Spot, document: Document) -> None:
        given = document.decode(kinds.CSIDriver)
        spec = given.spec or kinds.CSIDriverSpec()
        said = bool(spec.prevent_pod_scheduling_if_missing), bool(spec.storage_capacity)
        if self._is_new(spot, document, given.metadata, said) and given.metadata:
            name = given.metadata.name or ""
            self.storage.required |= {name} if said[0] else set()
            self.storage.counting |= {name} if said[1] else set()

    def _capacity(self, spot: Spot, document: Document) -> None:
        given = document.decode(kinds.CSIStorageCapacity)
        meta, found = given.metadata or wire.Meta(), storage.capacity(spot, given)
        if self._is_new(spot, document, meta, found, namespaced=True):
            name = f"{meta.namespace or DEFAULT_NAMESPACE}/{meta.name}"
            self.storage.capacities[name] = found
            if given.capacity is None and given.maximum_volume_size is not None:
                spot.state(f"CSIStorageCapacity/{name}", _PANICS)

    def _device_class(self, spot: Spot, document: Document) -> None:
        given = document.decode(wire_devices.DeviceClass)
        found = devices.class_terms(given)
        name = (given.metadata.name if given.metadata else None) or ""
        if self._is_new(spot, document, given.metadata, [found]):
            self.devices.classes[name] = found
            if given.spec and given.spec.extended_resource_name:
                message = f"its devices serve those who request {given.spec.extended_resource_name} too: that is not modelled"
                spot.state(f"DeviceClass/{name}", message)

    def _device_template(self, spot: Spot, document: Document) -> None:
        given = document.decode(wire_devices.ResourceClaimTemplate)
        meta, found = given.metadata or wire.Meta(), devices.made(given)
        if self._is_new(spot, document, meta, found, namespaced=True):
            self.devices.templates[f"{meta.namespace or DEFAULT_NAMESPACE}/{meta.name}"] = found

    def _device_slice(self, spot: Spot, document: Document) -> None:
        given = document.decode(wire_devices.ResourceSlice)
        found = devices.slice_of(given)
        if self._is_new(spot, document, given.metadata, found) and given.metadata:
            self.devices.slices[given.metadata.name or ""] = found

    def _budget(self, spot: Spot, document: Document) -> None:
        given = document.decode(kinds.Budget)
        meta, spec = given.metadata or wire.Meta(), given.spec or kinds.BudgetSpec()
        least, most = ("" if amount is None else str(amount) for amount in (spec.min_available, spec.max_unavailable))
        if least and most:
            spot.at("spec.maxUnavailable").fault("is given beside minAvailable", "keep one of the two")
        selector = label_selector(spot.at("spec.selector"), spec.selector)
        found = DisruptionBudget(meta.namespace or DEFAULT_NAMESPACE, meta.name or "", selector, least, most)
        if self._is_new(spot, document, meta, found, namespaced=True):
            self.budgets.append(found)

    def _autoscaler(self, spot: Spot, document: Document) -> None:
        given = document.decode(kinds.Autoscaler)
        meta, spec = given.metadata or wire.Meta(), given.spec or kinds.AutoscalerSpec()
        namespace, target = meta.namespace or DEFAULT_NAMESPACE, spec.scale_target_ref or Target()
        if not target.kind or not target.name:
            spot.at("spec.scaleTargetRef").fault("does not name what to scale", "write kind and name")
        if (spec.max_replicas or 0) < 1:
            spot.at("spec.maxReplicas").fault("must be 1 or more", "write how many pods there may be")
        group = group_of(target.api_version) if target.api_version else _GROUPS.get(target.kind or "", "")
        key = (group, target.kind or "", namespace, target.name or "")
        least = 1 if spec.min_replicas is None else spec.min_replicas
        conditions = (given.status.conditions if given.status else None) or ()
        from_zero = any(each.type == "ScaledToZero" and each.status == "True" for each in conditions)
        found = Autoscaler(f"{namespace}/{meta.name}", key, least, spec.max_replicas or 0, document.where, from_zero)
        if self._is_new(spot, document, meta, [key, found.least, found.most], namespaced=True):
            self.autoscalers.append(found)


def _is_old(spot: Spot, document: Document) -> bool:
    """Say whether devices are written in a version in which they looked different, and note that."""
    if document.api_version != "resource.k8s.io/v1beta1":
        return False
    meta = document.decode(AnyObject).metadata
    message = "devices are read as resource.k8s.io/v1 has them: this is passed over (kubectl convert)"
    spot.state(f"{document.kind}/{meta.name if meta else ''}", message)
    return True
