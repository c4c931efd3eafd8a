"""Documents that make no pods but bear on them: namespaces, classes, limits, volumes, budgets, autoscalers.

And what may change or refuse pods as they are admitted (admission_hooks.py).
"""

from collections.abc import Callable, Mapping, Set

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import DisruptionBudget
from planner.read.cluster.admission_hooks import AdmissionHooks
from planner.read.devices.devices import Devices
from planner.read.devices.documents import DeviceObjects
from planner.read.documents.document import Document
from planner.read.documents.duplicates import Register
from planner.read.documents.field import Notebook, Spot, spot_of
from planner.read.documents.identity import DEFAULT_NAMESPACE
from planner.read.documents.inventory_only import in_manifests
from planner.read.documents.remarks import remark
from planner.read.pods.admission import Admission, read_runtime
from planner.read.pods.limit_ranges import read_limit_range
from planner.read.schema import cluster_schema, pod_schema
from planner.read.schema.known_kinds import NAME_LABEL, SERVED, Kind, group_of
from planner.read.schema.workload_schema import AnyObject, Target
from planner.read.storage.attach_limits import Storage
from planner.read.storage.documents import StorageObjects
from planner.read.validation import unknown_fields
from planner.read.validation.objects import check_object
from planner.read.values.selectors import keys_of, read_label_selector, read_labels
from planner.read.workloads.pod_count.autoscaler import Autoscaler

_PLUG_INS = {
    "scheduler.alpha.kubernetes.io/node-selector": "PodNodeSelector",
    "scheduler.alpha.kubernetes.io/defaultTolerations": "PodTolerationRestriction",
    "scheduler.alpha.kubernetes.io/tolerationsWhitelist": "PodTolerationRestriction",
}
_ENFORCE, _PRIVILEGED = "pod-security.kubernetes.io/enforce", "privileged"
_GROUPS = {kind: group for group, kind in SERVED}


class ClusterObjects:
    """What was read so far; the same object twice is no fault unless the two differ."""

    def __init__(self, notebook: Notebook) -> None:
        """Write faults and statements into the notebook."""
        self._notebook, self._register = notebook, Register(notebook)
        self.admission = Admission()
        self.hooks = AdmissionHooks()
        self.namespaces: dict[str, FrozenMap[str]] = {}
        self.accounts: set[tuple[str, str]] = set()
        self._ending: set[str] = set()
        self._volumes, self._devices = StorageObjects(self._register), DeviceObjects(self._register)
        self.budgets: list[DisruptionBudget] = []
        self.autoscalers: list[Autoscaler] = []
        self._readers: dict[Kind, Callable[[Spot, Document], None]] = {
            **self._volumes.readers,
            **self._devices.readers,
            ("", "LimitRange"): self._limit_range,
            ("", "Namespace"): self._namespace,
            ("", "ServiceAccount"): self._service_account,
            ("admissionregistration.k8s.io", "MutatingAdmissionPolicy"): self.hooks.note_changing_policy,
            ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"): self.hooks.note_changing_hooks,
            ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"): self.hooks.note_refusing_policy,
            ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"): self.hooks.note_binding,
            ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"): self.hooks.note_refusing_hooks,
            ("autoscaling", "HorizontalPodAutoscaler"): self._autoscaler,
            ("node.k8s.io", "RuntimeClass"): self._runtime,
            ("policy", "PodDisruptionBudget"): self._budget,
            ("scheduling.k8s.io", "PriorityClass"): self._priority,
        }

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Return the kinds that are read."""
        return tuple(self._readers)

    @property
    def storage(self) -> Storage:
        """Return what was read of volumes."""
        return self._volumes.storage

    @property
    def devices(self) -> Devices:
        """Return what was read of devices."""
        return self._devices.devices

    def state_drivers(self, are_owned: bool) -> None:
        """Say of which CSI drivers the input does not tell enough to keep pods off owned nodes."""
        self._volumes.state_drivers(are_owned)

    def add(self, kind: Kind, document: Document) -> bool:
        """Read the document, if it is one of these kinds, and say so."""
        reader = self._readers.get(kind)
        if reader is None:
            return False
        spot = spot_of(document, self._notebook)
        if not _is_old(spot, document):
            # First of all, as it puts what fits in the place of what is of the wrong type.
            unknown_fields.check(document, self._notebook)
            reader(spot, document)
            check_object(document, self._notebook)
        return True

    def _namespace(self, spot: Spot, document: Document) -> None:
        meta = document.decode(AnyObject).metadata or pod_schema.Meta()
        # The API server writes this label over whatever the manifest says.
        own = read_labels(spot.at("metadata.labels"), {**(meta.labels or {}), NAME_LABEL: meta.name or ""})
        if meta.name and not document.is_inventory and (not self._is_refused(spot, meta, own) or meta.name in self.namespaces):
            return
        if meta.deletion_timestamp and document.is_stored:
            self._ending.add(meta.name or "")
        if not self._register.is_new(spot, document, meta, own):
            return
        self.namespaces[meta.name or ""] = own
        for plug_in in sorted({_PLUG_INS[key] for key in meta.annotations or () if key in _PLUG_INS}):
            spot.state(f"Namespace/{meta.name}", remark("plug-in", plug_in=plug_in))

    def _is_refused(self, spot: Spot, meta: pod_schema.Meta, own: Mapping[str, str]) -> bool:
        """Refuse a namespace of which manifests say what the inventory does not."""
        known = self.namespaces.get(meta.name or "")
        news = [("labels", key) for key in own if (known or {NAME_LABEL: meta.name}).get(key) != own[key]]
        if known is None:
            news += [("annotations", key) for key in meta.annotations or () if key in _PLUG_INS]
        if news:
            field, key = news[0]
            in_manifests(spot.at(f"metadata.{field}").key(key), "Namespace", meta)
        return bool(news)

    def state_namespaces(self, planned: Set[str]) -> None:
        """Say of those among the planned namespaces that they are being deleted, or have PodSecurity refuse pods."""
        for name in sorted(self.namespaces.keys() & planned):
            spot, level = self._register.spot(("", "Namespace"), name), self.namespaces[name].get(_ENFORCE, _PRIVILEGED)
            if level != _PRIVILEGED:
                spot.state(f"Namespace/{name}", remark("pod security", label=_ENFORCE, level=level))
            if name in self._ending:
                spot.state(f"Namespace/{name}", remark("namespace ends"))

    def state_selecting(self, copied: frozenset[str]) -> None:
        """Say of the budgets that select by labels which pods get from their nodes that whom they protect is not modelled."""
        for budget in self.budgets:
            keys = tuple(sorted(keys_of(budget.selector) & copied))
            if keys:
                spot = self._register.spot(("policy", "PodDisruptionBudget"), budget.name, budget.namespace)
                spot.state(f"PodDisruptionBudget/{budget.namespace}/{budget.name}", remark("budget", keys=keys))

    def _priority(self, spot: Spot, document: Document) -> None:
        given = document.decode(cluster_schema.PriorityClass)
        if (
            self._register.is_new(spot, document, given.metadata, [given.value, given.global_default, given.preemption_policy])
            and given.metadata
        ):
            self.admission.add_priority(spot, given.metadata.name or "", given)

    def _runtime(self, spot: Spot, document: Document) -> None:
        given = document.decode(cluster_schema.RuntimeClass)
        runtime_class = read_runtime(spot, given)
        if self._register.is_new(spot, document, given.metadata, runtime_class) and given.metadata:
            self.admission.runtimes[given.metadata.name or ""] = runtime_class

    def _limit_range(self, spot: Spot, document: Document) -> None:
        given = document.decode(cluster_schema.LimitRange)
        meta = given.metadata or pod_schema.Meta()
        limits = read_limit_range(spot, meta.name or "", given)
        if self._register.is_new(spot, document, meta, limits, namespaced=True):
            self.admission.add_range(meta.namespace or DEFAULT_NAMESPACE, limits)

    def _service_account(self, spot: Spot, document: Document) -> None:  # noqa: ARG002  every reader is called alike
        meta = document.decode(AnyObject).metadata or pod_schema.Meta()
        self.accounts.add((meta.namespace or DEFAULT_NAMESPACE, meta.name or ""))

    def _budget(self, spot: Spot, document: Document) -> None:
        given = document.decode(cluster_schema.Budget)
        meta, spec = given.metadata or pod_schema.Meta(), given.spec or cluster_schema.BudgetSpec()
        least, most = ("" if amount is None else str(amount) for amount in (spec.min_available, spec.max_unavailable))
        if least and most:
            spot.at("spec.maxUnavailable").fault("is given beside minAvailable", "keep one of the two")
        selector = read_label_selector(spot.at("spec.selector"), spec.selector)
        budget = DisruptionBudget(meta.namespace or DEFAULT_NAMESPACE, meta.name or "", selector, least, most)
        if self._register.is_new(spot, document, meta, budget, namespaced=True):
            self.budgets.append(budget)

    def _autoscaler(self, spot: Spot, document: Document) -> None:
        given = document.decode(cluster_schema.Autoscaler)
        meta, spec = given.metadata or pod_schema.Meta(), given.spec or cluster_schema.AutoscalerSpec()
        namespace, target = meta.namespace or DEFAULT_NAMESPACE, spec.scale_target_ref or Target()
        if not target.kind or not target.name:
            spot.at("spec.scaleTargetRef").fault("does not name what to scale", "write kind and name")
        if (spec.max_replicas or 0) < 1:
            spot.at("spec.maxReplicas").fault("must be 1 or more", "write how many pods there may be")
        # apiVersion is optional in a scaleTargetRef.
        group = group_of(target.api_version) if target.api_version else _GROUPS.get(target.kind or "", "")
        key = (group, target.kind or "", namespace, target.name or "")
        least = 1 if spec.min_replicas is None else spec.min_replicas
        conditions = (given.status.conditions if given.status and document.is_stored else None) or ()
        # An autoscaler leaves a workload alone that has 0 replicas, unless it was the autoscaler that took them away.
        from_zero = any(condition.type == "ScaledToZero" and condition.status == "True" for condition in conditions)
        autoscaler = Autoscaler(f"{namespace}/{meta.name}", key, least, spec.max_replicas or 0, document.where, from_zero)
        if self._register.is_new(spot, document, meta, [key, autoscaler.least, autoscaler.most], namespaced=True):
            self.autoscalers.append(autoscaler)


def _is_old(spot: Spot, document: Document) -> bool:
    """Say whether devices are written in a version in which they looked different, and note that."""
    if document.api_version != "resource.k8s.io/v1beta1":
        return False
    meta = document.decode(AnyObject).metadata
    spot.state(f"{document.kind}/{meta.name if meta else ''}", remark("old devices"))
    return True
