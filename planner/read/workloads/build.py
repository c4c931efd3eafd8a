"""Pod sources -> workloads: the pods of each as the API server would make them, and how many at their peak."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import reduce

from models.frozen_map import FrozenMap
from models.kubernetes.cluster import Resident
from models.kubernetes.labels import Labels
from models.kubernetes.pod import Pod
from models.kubernetes.resources import NOTHING, Resources, add, largest
from models.kubernetes.version import FEATURES_DECLARED, NEWEST, Version
from models.kubernetes.workload import Workload, WorkloadId, Written
from models.trust import Demand
from planner.errors import Fault
from planner.read.devices.devices import Devices
from planner.read.documents.field import Notebook, Spot
from planner.read.documents.identity import Key
from planner.read.documents.remarks import remark
from planner.read.pods.admission import Admission
from planner.read.pods.allocated_resources import beyond, charge_of, requests_of
from planner.read.pods.defaulting import CompletePod, complete_pod
from planner.read.pods.origin import Origin
from planner.read.storage.attach_limits import Storage
from planner.read.values.selectors import read_labels
from planner.read.workloads.ambiguous_selectors import Asking, statements_of
from planner.read.workloads.claim_templates import why_not_made
from planner.read.workloads.ownership.owners import Owners
from planner.read.workloads.pod_count.autoscaler import Autoscaler
from planner.read.workloads.pod_count.peak_pods import Peak, at_peak, pods_away
from planner.read.workloads.pod_count.rollout_strategy import together
from planner.read.workloads.pod_source import PodSource


class WorkloadBuilder:
    """Builds workloads; pod sources of equal pods share one pod."""

    def __init__(
        self,
        admission: Admission,
        notebook: Notebook,
        demand: Demand,
        storage: Storage | None = None,
        version: Version = NEWEST,
        devices: Devices | None = None,
    ) -> None:
        """Apply what admission knows, count as demand and Kubernetes' version say, and note faults and statements.

        `storage` is what the cluster has of volumes and claims, `devices` what it has of these; none by default.
        """
        self._storage = storage or Storage()
        self._devices = devices or Devices()
        self._version = version
        self._admission = admission
        self._notebook = notebook
        self._demand = demand
        self._known: dict[tuple[str, FrozenMap[str], bytes, bool], tuple[CompletePod, Written]] = {}
        self._faults: dict[object, tuple[Fault, ...]] = {}
        self._taken: dict[tuple[bytes, int], Resources] = {}
        self._asked: dict[int, Resources] = {}
        self._built: list[PodSource] = []
        self._asking: list[Asking] = []

    def build(self, source: PodSource) -> Workload:
        """Build the workload of a pod source."""
        complete, written = self._normal(source)
        if source.is_inferred:
            complete = replace(complete, pod=replace(complete.pod, charged=self._most(source)))
        self._built.append(source)
        if complete.meanings:
            self._asking.append((source, complete.meanings))
        peak = at_peak(source, complete.pod, self._demand)
        self._state_remarks(source, complete, peak)
        return Workload(
            id=source.id,
            api_version=source.api_version,
            template=self._with_devices(self._with_features(self._with_volumes(complete, source), complete), complete, source),
            pods=source.pods + peak.surge,
            labels=source.labels,
            run_labels=source.run_labels,
            spec_path=source.spec_path,
            template_path=source.template_path,
            written=written,
            claim_templates=tuple(template.name for template in source.claim_templates),
            running=FrozenMap(source.running),
            counted=peak.counted,
            where=source.where,
            surge=peak.surge,
            away=pods_away(source, peak.surge),
            ends_first=bool(source.rollout and source.rollout.ends_first),
            whole=bool(source.rollout and source.rollout.whole and peak.surge),
            later=source.later,
            start_ordinal=source.start_ordinal,
            by_hand=source.by_hand,
            made_by=source.made_by,
            absent=source.absent,
            stored=source.is_stored,
            added=complete.added,
            confinement=source.confinement,
            held=source.held,
        )

    def _state_remarks(self, source: PodSource, complete: CompletePod, peak: Peak) -> None:
        """Say of a workload what the nouns do not."""
        ranges = self._admission.ranges.get(source.id.namespace, ())
        unmade = why_not_made(source, complete.pod.new_claims, self._storage, ranges)
        spot = source.spot(self._notebook)
        for told in (*complete.remarks, *source.doubts, *unmade):
            spot.state(str(source.id), told)
        self._state_resized(source, complete.pod)
        if peak.unsaid:
            spot.state(str(source.id), peak.unsaid)

    def state_unknown(self, namespaces: Mapping[str, Labels], copied: frozenset[str] = frozenset()) -> None:
        """Say of which workloads it hangs on unknown labels whom they mean, once all are built; `copied` come from nodes."""
        for source, told in statements_of(self._asking, self._built, namespaces, copied):
            source.spot(self._notebook).state(str(source.id), told)

    def _with_volumes(self, complete: CompletePod, source: PodSource) -> Pod:
        """Add the claims that are made from templates, or bear the pod's name, and what all of its volumes take of the nodes."""
        pod = self._with_own_claims(complete.pod, source)
        first, names = f"{source.id.name}-{source.start_ordinal}", (template.name for template in source.claim_templates)
        taken = self._storage.attached(pod, first, names, complete.disks)
        return _with_taken(pod, taken)

    def _with_features(self, pod: Pod, complete: CompletePod) -> Pod:
        """Add the features that its node is to declare, in versions in which anybody asks for them."""
        return _with_taken(pod, complete.features) if self._version >= FEATURES_DECLARED else pod

    def _with_devices(self, pod: Pod, complete: CompletePod, source: PodSource) -> Pod:
        """Add the devices that its claims are given, and say of which of them that is not modelled."""
        taken, odd = self._devices.asked(source.id.namespace, complete.device_claims)
        for why in dict.fromkeys(odd.values()):
            names = tuple(name for name, its in odd.items() if its == why)
            source.spot(self._notebook).state(str(source.id), remark("devices", claims=names, reason=why))
        return _with_taken(pod, taken)

    def _with_own_claims(self, pod: Pod, source: PodSource) -> Pod:
        if source.claim_templates:
            return replace(pod, new_claims=(*pod.new_claims, *source.claim_templates))
        if source.id.full_kind != "Pod" or not pod.new_claims:
            return pod
        there = {
            new_claim.name
            for new_claim in pod.new_claims
            if f"{source.id.namespace}/{source.id.name}-{new_claim.name}" in self._storage.claims
        }
        claims = {*pod.claims, *(f"{source.id.name}-{name}" for name in there)}
        new = tuple(new_claim for new_claim in pod.new_claims if new_claim.name not in there)
        return replace(pod, claims=tuple(sorted(claims)), new_claims=new)

    def resident(self, source: PodSource) -> Resident:
        """Build the resident of a static pod, which takes what its node has allocated to it."""
        pod, spot = self._normal(source)[0].pod, source.spot(self._notebook).at("status")
        taken = charge_of(spot, pod, source.status, self._version)
        if taken != charge_of(spot, pod, None):
            pod = replace(pod, charged=taken)
        return Resident(source.id.name, source.node, pod, source.where)

    def _state_resized(self, source: PodSource, template: Pod) -> None:
        """Say which of its pods take more today than the template asks for: all of them are planned as new ones."""
        if source.is_inferred or not source.bound or (source.bound == [source] and source.status is None):
            return
        # No other pod gets this id, as _known keeps the template.
        planned = self._asked.get(id(template))
        if planned is None:
            planned = self._asked[id(template)] = charge_of(Spot(self._notebook), template, None)
        more = {pod.id.name: (beyond(self._takes(pod), planned), pod) for pod in source.bound}
        names = sorted(name for name, (what, _) in more.items() if what)
        if not names:
            return
        what, first = more[names[0]]
        told = remark("resized", first=names[0], more=what)
        if first is source:
            told = remark("resizing", more=what)
        elif len(names) > 1:
            told = remark("several resized", count=len(names), first=names[0], more=what)
        Spot(self._notebook, first.where).state(str(source.id), told)

    def _most(self, source: PodSource) -> Resources:
        """Return the most that any of its pods takes of each resource."""
        return reduce(largest, (self._takes(pod) for pod in source.bound), NOTHING)

    def _takes(self, source: PodSource) -> Resources:
        """Return what a pod that runs takes of its node; nothing where its spec cannot be read."""
        # Equal statuses are kept once (SharedSpecs), so the id tells them.
        key = (source.alike, id(source.status))
        if key not in self._taken:
            pod = requests_of(source.spec)
            self._taken[key] = NOTHING if pod is None else charge_of(Spot(Notebook()), pod, source.status, self._version)
        return self._taken[key]

    def _normal(self, source: PodSource) -> tuple[CompletePod, Written]:
        key = (source.id.namespace, source.template_labels, source.alike, source.is_live)
        normal_pod = self._known.get(key)
        if normal_pod is not None:
            self._notebook.faults += [replace(fault, where=source.where) for fault in self._faults.get(key, ())]
        else:
            before = len(self._notebook.faults)
            spot = source.spot(self._notebook)
            read_labels(spot.at(source.labels_path), source.template_labels)
            origin = Origin(source.id.namespace, source.template_labels, source.is_live)
            normal_pod = complete_pod(spot.at(source.spec_path), source.spec, origin, self._admission), source.written
            self._known[key] = normal_pod
            self._faults[key] = tuple(self._notebook.faults[before:])
        return normal_pod


def scale(autoscalers: Collection[Autoscaler], owners: Owners, notebook: Notebook, demand: Demand) -> None:
    """Count each autoscaled pod source at the most pods that any of its autoscalers allows, or at what it runs now.

    Those beyond the fewest that it allows come later, however many there are today: a plan must not hang on the hour it is made.
    One that is scaled to nothing, not by its autoscaler, has switched that off (pkg/controller/podautoscaler/horizontal.go).
    """
    reached: set[Key] = set()
    targets = {autoscaler.target for autoscaler in autoscalers}
    # Asked of all before the first autoscaler changes the numbers.
    written = {key: source.pods - source.beside(key) for key in targets if (source := owners.find(key))}
    for autoscaler in sorted(autoscalers, key=lambda item: item.name):
        source = owners.find(autoscaler.target)
        if source is None or len(owners.all_of(autoscaler.target)) > 1:
            _, kind, _, name = autoscaler.target
            told = remark("scales several" if source else "scales nothing", kind=kind, name=name)
            Spot(notebook, autoscaler.where).state(f"HorizontalPodAutoscaler/{autoscaler.name}", told)
        elif _scale(source, autoscaler, written[autoscaler.target], source.key not in reached, demand):
            reached.add(source.key)


def _scale(source: PodSource, autoscaler: Autoscaler, written: int, is_first: bool, demand: Demand) -> bool:
    """Count what one autoscaler makes of a pod source that has so many pods as written; say whether it decides that."""
    beside, decides = source.beside(autoscaler.target), False
    others = f", and {beside} of others that run its template" if beside else ""
    most, said = autoscaler.most + beside, f"HorizontalPodAutoscaler {autoscaler.name}: "
    if demand.hpa == "now":
        own = source.pods - beside
        now = min(max(own, autoscaler.least), autoscaler.most) if own else 0
        source.pods, source.counted = now + beside, f"{said}{now} now, maxReplicas {autoscaler.most}{others}"
    elif not (written or autoscaler.from_zero or autoscaler.least == 0):
        if is_first:
            source.counted = f"{said}off while replicas is 0, maxReplicas {autoscaler.most} not counted{others}"
    elif decides := is_first or most > source.pods:
        first = source.pods - source.later
        if is_first:
            first = beside + (min(autoscaler.least, autoscaler.most) if first > beside else 0)
        source.pods, source.later = most, most - first
        source.counted = f"{said}maxReplicas {autoscaler.most}{others}"
    if autoscaler.target in source.shares:
        source.shares[autoscaler.target] = (source.pods - beside, source.shares[autoscaler.target][1])
        source.rollout = together(source.shares.values())
    return decides


def repeated_names(sources: Iterable[PodSource]) -> Iterator[tuple[PodSource, PodSource]]:
    """Yield every pod source whose name an earlier one has, and that one."""
    seen: dict[WorkloadId, PodSource] = {}
    for source in sources:
        first = seen.setdefault(source.id, source)
        if first is not source:
            yield source, first


def _with_taken(pod: Pod, taken: Resources) -> Pod:
    """Return the pod with more that it takes of its node beside what its containers ask for."""
    return replace(pod, attached=add((pod.attached, taken))) if taken else pod
