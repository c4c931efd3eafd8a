"""A pod template as written -> the pod that the API server would make of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from models.disclosure import Disclosure
from models.frozen_map import EMPTY, FrozenMap
from models.kubernetes.labels import Labels, Toleration
from models.kubernetes.pod import Container, Pod
from models.kubernetes.resources import NOTHING, Resources
from models.kubernetes.storage import Claim
from models.kubernetes.workload import NOTHING_ADDED, Added
from planner.read.documents.field import Spot
from planner.read.documents.remarks import remark
from planner.read.pods.admission import LOWER, NEVER, Admission, RuntimeOverhead
from planner.read.pods.affinity_and_spread import (
    read_node_affinity,
    read_pod_terms,
    read_preferred_nodes,
    read_preferred_pods,
    read_spreads,
)
from planner.read.pods.containers import Need, aggregate, check_repeated_ports, container, read_need
from planner.read.pods.inline_disks import disks
from planner.read.pods.limit_ranges import LimitRange, fill, refusals
from planner.read.pods.not_modelled import remarks
from planner.read.pods.origin import Origin
from planner.read.pods.pod_level_resources import (
    PodLevelResources,
    check_level,
    clashes,
    pod_requests,
    read_pod_level,
    with_defaults,
)
from planner.read.pods.selector_meaning import Meaning, meanings
from planner.read.schema import pod_schema
from planner.read.storage import data_on_node, volumes
from planner.read.values.declared_features import features_needed_by
from planner.read.values.resource_amounts import read_amounts
from planner.read.values.selectors import read_labels, read_tolerations

_NO_AFFINITY = pod_schema.Affinity()
_FAILURES = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")
_STAY_SECONDS = 300
"""What DefaultTolerationSeconds gives (plugin/pkg/admission/defaulttolerationseconds)."""
_RUNTIMES = "add the RuntimeClass to the input (kubectl get runtimeclasses -o yaml)"
_PRIORITIES = "add the PriorityClass to the input (kubectl get priorityclasses -o yaml)"
_BY_CLASS = "leave it out, or name a PriorityClass of the input that says so"


@dataclass(frozen=True, slots=True)
class CompletePod:
    """A pod, in words what the nouns cannot say of it, and what it needs where nodes are asked for it: devices, and features.

    `meanings` are the selectors in it that may hang on labels that the plan cannot know, `disks` the provisioners of those that
    it has without a claim and a CSI driver attaches, and `added` is what its RuntimeClass adds to what is written.
    """

    pod: Pod
    remarks: tuple[Disclosure, ...] = ()
    device_claims: tuple[pod_schema.ClaimName, ...] = ()
    features: Resources = NOTHING
    meanings: tuple[Meaning, ...] = ()
    disks: tuple[str, ...] = ()
    added: Added = NOTHING_ADDED


def complete_pod(spot: Spot, spec: pod_schema.PodSpec, origin: Origin, admission: Admission) -> CompletePod:
    """Read a pod spec with everything that defaulting and admission add to it."""
    runtime = _runtime(spot, spec, origin, admission)
    asked = _read_requests(spot, spec, origin, admission)
    bare = Pod(
        namespace=origin.namespace,
        labels=origin.labels,
        containers=asked.containers,
        init_containers=asked.init_containers,
        requests=asked.requests,
        overhead=_overhead(spot.at("overhead"), spec, runtime, origin),
        claims=tuple(_claims(spec)),
        new_claims=tuple(_new_claims(spot.at("volumes"), spec)),
        node_name=spec.node_name or "",
        scheduler_name=spec.scheduler_name or "default-scheduler",
        scheduling_gates=tuple(gate.name or "" for gate in spec.scheduling_gates or ()),
        priority=_priority(spot, spec, origin, admission),
        host_network=bool(spec.host_network),
        preempts=_preempts(spot, spec, origin, admission),
        attached=disks(spec),
        host_paths=data_on_node.host_paths(spec),
        empty_dirs=data_on_node.empty_dirs(spec),
        other_images=tuple(_other_images(spec)),
    )
    pod, affinity, constraints = read_placement(spot, bare, spec, runtime.added, origin)
    said = (*(remark("refused", reason=reason) for reason in asked.refusals), *remarks(spec, affinity))
    meant, unclaimed = meanings(pod, affinity, constraints), tuple(filter(None, map(volumes.built_in, spec.volumes or ())))
    return CompletePod(pod, said, tuple(spec.resource_claims or ()), features_needed_by(spec), meant, unclaimed, runtime.added)


def read_placement(
    spot: Spot, bare: Pod, spec: pod_schema.PodSpec, added: Added, origin: Origin
) -> tuple[Pod, pod_schema.Affinity, list[pod_schema.Spread] | None]:
    """Return the pod with where it may run as it is written and its RuntimeClass adds, and what is written of it."""
    pod = replace(
        bare,
        node_selector=_node_selector(spot.at("nodeSelector"), spec, added),
        tolerations=_tolerations(spot.at("tolerations"), spec, added),
    )
    affinity, constraints = _NO_AFFINITY, None
    if spec.affinity is not None:
        affinity = spot.at("affinity").convert(spec.affinity, pod_schema.Affinity) or _NO_AFFINITY
        pod = _with_affinity(spot.at("affinity"), pod, affinity, origin)
    if spec.topology_spread_constraints is not None:
        there = spot.at("topologySpreadConstraints")
        constraints = there.convert(spec.topology_spread_constraints, list[pod_schema.Spread])
        pod = replace(pod, topology_spread_constraints=read_spreads(there, constraints, origin))
    return pod, affinity, constraints


def _with_affinity(spot: Spot, pod: Pod, affinity: pod_schema.Affinity, origin: Origin) -> Pod:
    return replace(
        pod,
        node_affinity=read_node_affinity(spot.at("nodeAffinity"), affinity.node_affinity),
        pod_affinity=read_pod_terms(spot.at("podAffinity"), affinity.pod_affinity, origin),
        pod_anti_affinity=read_pod_terms(spot.at("podAntiAffinity"), affinity.pod_anti_affinity, origin),
        preferred_node_affinity=read_preferred_nodes(spot.at("nodeAffinity"), affinity.node_affinity),
        preferred_pod_affinity=read_preferred_pods(spot.at("podAffinity"), affinity.pod_affinity, origin),
        preferred_pod_anti_affinity=read_preferred_pods(spot.at("podAntiAffinity"), affinity.pod_anti_affinity, origin),
    )


@dataclass(frozen=True, slots=True)
class _Requests:
    containers: tuple[Container, ...]
    init_containers: tuple[Container, ...]
    requests: Resources
    refusals: tuple[str, ...]


def _read_requests(spot: Spot, spec: pod_schema.PodSpec, origin: Origin, admission: Admission) -> _Requests:
    """Read what the pod asks for: defaults of the containers first, then LimitRanges, then defaults of the pod."""
    inner, outer = spec.containers or [], spec.init_containers or []
    if not inner:
        spot.at("containers").fault("must hold at least one container", "add a container, or leave the object out")
    here, there = spot.at("containers"), spot.at("initContainers")
    needs = [read_need(here.at(f"[{index}]"), given) for index, given in enumerate(inner)]
    initial = [read_need(there.at(f"[{index}]"), given) for index, given in enumerate(outer)]
    level, said = read_pod_level(spot.at("resources"), spec.resources), []
    if not origin.is_live:
        check_level(spot, level, needs, initial)
        said = _fill_from_ranges(level, needs, initial, admission.ranges.get(origin.namespace, ()))
    host = bool(spec.host_network)
    containers = tuple(container(here.at(f"[{index}]"), given, needs[index], host) for index, given in enumerate(inner))
    init_containers = tuple(container(there.at(f"[{index}]"), given, initial[index], host) for index, given in enumerate(outer))
    check_repeated_ports(here, inner, host)
    requests = FrozenMap(pod_requests(level, aggregate(needs, initial)))
    return _Requests(containers, init_containers, requests, tuple(said))


def _fill_from_ranges(
    level: PodLevelResources, needs: Sequence[Need], initial: Sequence[Need], ranges: Sequence[LimitRange]
) -> list[str]:
    """Fill what LimitRanges default, and say in words why the pod would be refused then, the same of two containers once."""
    if not ranges:
        return []
    said = [*fill((*needs, *initial), ranges), *map(str, clashes(level, needs, initial))]
    return list(dict.fromkeys((*said, *refusals(needs, initial, with_defaults(level, needs, initial), ranges))))


def _runtime(spot: Spot, spec: pod_schema.PodSpec, origin: Origin, admission: Admission) -> RuntimeOverhead:
    """Find the RuntimeClass; a pod that lives has got everything from it already."""
    name = spec.runtime_class_name
    if not name or origin.is_live:
        return RuntimeOverhead()
    runtime = admission.runtimes.get(name)
    if runtime is None:
        spot.at("runtimeClassName").fault(f"there is no RuntimeClass {name}", _RUNTIMES)
    return runtime or RuntimeOverhead()


def _overhead(spot: Spot, spec: pod_schema.PodSpec, runtime: RuntimeOverhead, origin: Origin) -> Resources:
    written = FrozenMap(read_amounts(spot, spec.overhead))
    if origin.is_live:
        return written
    if written and written != runtime.overhead:
        spot.fault("is not what the RuntimeClass says", "leave overhead out: the API server sets it")
    return runtime.overhead


def _node_selector(spot: Spot, spec: pod_schema.PodSpec, added: Added) -> Labels:
    own = EMPTY if spec.node_selector is None else read_labels(spot, spot.convert(spec.node_selector, dict[str, str]))
    for key, value in added.node_selector.items():
        if own.get(key, value) != value:
            reason = f"{own[key]!r} contradicts the RuntimeClass, which selects {value!r}"
            spot.key(key).fault(reason, "leave it out, or choose another RuntimeClass")
    return FrozenMap({**own, **added.node_selector}) if added.node_selector else own


def _tolerations(spot: Spot, spec: pod_schema.PodSpec, added: Added) -> tuple[Toleration, ...]:
    written = None if spec.tolerations is None else spot.convert(spec.tolerations, list[pod_schema.Toleration])
    own = read_tolerations(spot, written)
    tolerations = (*own, *(toleration for toleration in added.tolerations if toleration not in own))
    return (
        *tolerations,
        *(Toleration(key, "Exists", "", "NoExecute", _STAY_SECONDS) for key in _FAILURES if not _is_tolerated(tolerations, key)),
    )


def _is_tolerated(tolerations: tuple[Toleration, ...], key: str) -> bool:
    """Say whether a pod already says how long it stays on a failing node; DefaultTolerationSeconds adds it otherwise."""
    return any(toleration.key in (key, "") and toleration.effect in ("NoExecute", "") for toleration in tolerations)


def _claims(spec: pod_schema.PodSpec) -> Iterator[str]:
    for volume in spec.volumes or ():
        if volume.persistent_volume_claim and volume.persistent_volume_claim.claim_name:
            yield volume.persistent_volume_claim.claim_name


def _other_images(spec: pod_schema.PodSpec) -> Iterator[str]:
    """Yield the images that no container is started from: those added to a pod that runs, and those that are volumes."""
    for ephemeral_container in spec.ephemeral_containers or ():
        yield ephemeral_container.image or ""
    for volume in spec.volumes or ():
        if volume.image:
            yield volume.image.reference or ""


def _new_claims(spot: Spot, spec: pod_schema.PodSpec) -> Iterator[Claim]:
    """Yield what is claimed anew for each pod: the ephemeral volumes."""
    for index, volume in enumerate(spec.volumes or ()):
        template = volume.ephemeral.volume_claim_template if volume.ephemeral else None
        if template:
            here = spot.at(f"[{index}].ephemeral.volumeClaimTemplate")
            yield volumes.read_claim(here, "", volume.name or "", template.metadata, template.spec)


def _priority(spot: Spot, spec: pod_schema.PodSpec, origin: Origin, admission: Admission) -> int:
    """Find the priority by its class; a pod that lives has it in numbers, which others may only repeat."""
    name = spec.priority_class_name
    if origin.is_live and spec.priority is not None:
        return spec.priority
    priority = admission.priorities.get(name) if name else admission.default_priority or 0
    if priority is None:
        spot.at("priorityClassName").fault(f"there is no PriorityClass {name}", _PRIORITIES)
    elif spec.priority not in (None, priority):
        spot.at("priority").fault(f"is not the {priority} that its PriorityClass gives", _BY_CLASS)
    return priority or 0


def _preempts(spot: Spot, spec: pod_schema.PodSpec, origin: Origin, admission: Admission) -> bool:
    """Say whether others are put out for the pod: its class decides, and a pod that lives says it itself."""
    written, name = spec.preemption_policy, spec.priority_class_name or admission.default_name
    if origin.is_live and written is not None:
        return written != NEVER
    policy = NEVER if name in admission.polite else LOWER
    # A class that is not there is a fault of its own already.
    if written not in (None, policy) and (not name or name in admission.priorities):
        spot.at("preemptionPolicy").fault(f"is not the {policy} that its PriorityClass gives", _BY_CLASS)
    return policy != NEVER
