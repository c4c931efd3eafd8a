"""Documents that make pods -> pod sources: which template, and how many pods.

How many is what each controller does: replicas for what keeps a number alive, what is still to do for a Job, the runs that
may overlap for a CronJob, one pod on each node for a DaemonSet (counted as 0). What a rollout adds is counted in the end.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from models.field_path import ANY, steps_of
from models.kubernetes.storage import Claim
from models.kubernetes.workload import WorkloadId
from models.trust import Demand
from planner.read.documents.document import Document
from planner.read.documents.field import Notebook, Spot, spot_of
from planner.read.documents.identity import DEFAULT_NAMESPACE, controller_of, name_of
from planner.read.pods import controller_labels
from planner.read.schema import pod_schema, workload_schema
from planner.read.schema.known_kinds import ROLLOUT, Kind, custom_group, full_kind, group_of
from planner.read.storage import volumes
from planner.read.validation.object_rules import within
from planner.read.validation.objects import check_object
from planner.read.validation.pod_spec import ALWAYS, NEVER, ON_FAILURE, check_pod, check_selector
from planner.read.validation.pod_volumes import check_volumes
from planner.read.workloads import blocked_rollouts
from planner.read.workloads.argo_rollout import read_argo_rollout
from planner.read.workloads.ended_pods import EndedPods
from planner.read.workloads.job_pods import Count, cron_job_count, job_count
from planner.read.workloads.pod_source import PodSource, SharedSpecs, without_body
from planner.read.workloads.pod_templates import Place, count, is_complete, places, state_hidden
from planner.read.workloads.rollout_strategy import of_deployment, state_daemon_surge

_NAMELESS = "give it a metadata.name: patches find objects by name"
_NO_TEMPLATE = ("there is no pod template here", "correct the path under podTemplates in the policy")
_FINISHED = ("Complete", "Failed")
_MIRROR = "kubernetes.io/config.mirror"
_CLAIMED = "its ownerReferences say that {} makes it, which is not believed of a manifest: it is planned by itself"
_TEMPLATE, _JOB_TEMPLATE = "spec.template", "spec.jobTemplate.spec.template"
_ENDING = (ON_FAILURE, NEVER)
_OVER = ("Succeeded", "Failed")


class PodSourceReader:
    """Builds pod sources out of documents; equal pod specs are kept once."""

    def __init__(self, notebook: Notebook, demand: Demand) -> None:
        """Count as demand says; write faults and statements into the notebook."""
        self._notebook = notebook
        self._demand = demand
        self._shared = SharedSpecs()
        self._ended = EndedPods()
        self._readers: dict[Kind, Callable[[Document], PodSource | None]] = {
            ("", "Pod"): self._pod,
            ("", "PodTemplate"): self._pod_template,
            ("", "ReplicationController"): self._controller,
            ("apps", "DaemonSet"): self._controller,
            ("apps", "Deployment"): self._controller,
            ("apps", "ReplicaSet"): self._controller,
            ("apps", "StatefulSet"): self._controller,
            ("batch", "CronJob"): self._cron_job,
            ("batch", "Job"): self._job,
        }

    def read(self, kind: Kind, document: Document) -> PodSource | None:
        """Build the pod source of a kind of Kubernetes itself; None for what makes no pods any more."""
        source = self._readers[kind](document)
        if source:
            check_object(document, self._notebook)
        return source

    def state_ended(self) -> None:
        """Say which pods and Jobs were left out, as they have ended or are about to."""
        self._ended.state(self._notebook)

    def custom(self, document: Document, paths: Sequence[str]) -> list[PodSource]:
        """Build the pod sources of a custom resource, one for each pod template to which a path leads; name the others.

        Not every object has all that its kind may have, but one of which nothing is found has it elsewhere.
        """
        given, spot, tree = document.decode(workload_schema.Custom), spot_of(document, self._notebook), document.tree()
        templates = {place.path: place for path in paths for place in places(tree, path)}
        if not templates and not any(is_complete(tree, path) for path in paths):
            for path in paths:
                spot.at(path).fault(*_NO_TEMPLATE)
        sources = [self._read_template(document, given, place) for place in templates.values()]
        if len(paths) > 1 or any(ANY in steps_of(path) for path in paths):
            for source in filter(None, sources):
                source.id = replace(source.id, template=source.template_path)
        state_hidden(document, given.metadata, self._notebook, [source.spec_path for source in sources if source])
        return [source for source in sources if source]

    def _read_template(self, document: Document, given: workload_schema.Custom, place: Place) -> PodSource | None:
        """Build the pod source of a pod template inside a custom resource."""
        spot = spot_of(document, self._notebook)
        if not isinstance(place.value, dict):
            spot.at(place.path).fault(*_NO_TEMPLATE)
            return None
        template = spot.at(place.path).convert(place.value, pod_schema.Template)
        if template is None:
            return None
        pods = (0, "") if document.kind == "DaemonSet" else count(spot, place)
        source = self._build(document, given.metadata, template, pods, place.path)
        if source and f"{document.api_version}/{document.kind}" == ROLLOUT:
            source.rollout = read_argo_rollout(spot, given)
            source.selector = given.spec.selector if given.spec else None
        return source

    def _controller(self, document: Document) -> PodSource | None:
        given = document.decode(workload_schema.Controller)
        spec = given.spec or workload_schema.ControllerSpec()
        spot = spot_of(document, self._notebook)
        count = (0 if document.kind == "DaemonSet" else _read_replicas(spot, spec.replicas), "")
        claimed = {template.metadata.name for template in spec.volume_claim_templates or () if template.metadata}
        self._check(document, spec.template, _TEMPLATE, (ALWAYS,), claimed)
        source = self._build(document, given.metadata, spec.template, count)
        if source:
            check_selector(spot.at("spec"), document.kind, spec.selector, source.template_labels)
            source.doubts += tuple(blocked_rollouts.of_controller(document.kind, spec, source.pods))
            source.selector = _selector(document.kind, spec, source.template_labels)
        if source and document.kind == "StatefulSet":
            source.claim_templates = tuple(_read_claim_templates(spot.at("spec"), spec.volume_claim_templates or ()))
            source.start_ordinal = _read_start(spot, spec.ordinals)
        elif source and document.kind == "DaemonSet":
            state_daemon_surge(spot.at("spec.updateStrategy"), str(source.id), spec.update_strategy)
        elif source and document.kind == "Deployment":
            source.rollout = of_deployment(spot.at("spec.strategy"), spec.strategy)
        return source

    def _job(self, document: Document) -> PodSource | None:
        given = document.decode(workload_schema.Job)
        spec, status = (
            given.spec or workload_schema.JobSpec(),
            (given.status if document.is_stored else None) or workload_schema.JobStatus(),
        )
        if any(condition.type in _FINISHED and condition.status == "True" for condition in status.conditions or ()):
            self._ended.leave_out_job(document, given.metadata)
            return None
        count = job_count(spot_of(document, self._notebook).at("spec"), spec, status.succeeded or 0)
        self._check(document, spec.template, _TEMPLATE, _ENDING)
        source = self._build(document, given.metadata, spec.template, count)
        if source:
            if spec.manual_selector:
                source.selector = spec.selector
                check_selector(spot_of(document, self._notebook).at("spec"), document.kind, spec.selector, source.template_labels)
            labels, source.added = controller_labels.of_job(source.id.name, spec, source.template_labels)
            source.template_labels = self._shared.labels(labels)
            source.doubts += tuple(blocked_rollouts.of_job(spec))
            source.is_frail = blocked_rollouts.is_frail(spec, source.pods, status.failed or 0)
        return source

    def _cron_job(self, document: Document) -> PodSource | None:
        given = document.decode(workload_schema.CronJob)
        spec = given.spec or workload_schema.CronJobSpec()
        job = (spec.job_template.spec if spec.job_template else None) or workload_schema.JobSpec()
        self._check(document, job.template, _JOB_TEMPLATE, _ENDING)
        source = self._build(document, given.metadata, job.template, (0, ""), _JOB_TEMPLATE)
        if source:
            spot = spot_of(document, self._notebook).at("spec")
            source.pods, source.counted = cron_job_count(spot, str(source.id), spec, self._demand)
            source.later = source.pods
            meta = spec.job_template.metadata if spec.job_template else None
            source.run_labels = self._shared.labels(meta.labels if meta else None)
            source.absent += _absent_paths("spec.jobTemplate", meta, document.is_stored)
            source.doubts += tuple(blocked_rollouts.of_job(job))
            source.is_frail = blocked_rollouts.is_frail(job, job_count(Spot(Notebook()), job, 0)[0])
            source.added = controller_labels.of_runs(job, source.template_labels)
        return source

    def _pod_template(self, document: Document) -> PodSource | None:
        meta = document.decode(workload_schema.AnyObject).metadata or pod_schema.Meta()
        name = f"PodTemplate/{meta.namespace or DEFAULT_NAMESPACE}/{meta.name or ''}"
        spot_of(document, self._notebook).state(name, "makes no pods by itself: not planned")
        return None

    def _pod(self, document: Document) -> PodSource | None:
        given = document.decode(workload_schema.Pod)
        meta, status = (
            given.metadata or pod_schema.Meta(),
            (given.status if document.is_stored else None) or workload_schema.PodStatus(),
        )
        if status.phase in _OVER:
            self._ended.leave_out_pod(document, meta)
            return None
        if meta.deletion_timestamp and document.is_stored:
            self._ended.leave_out_deleted(document, meta)
            return None
        template = pod_schema.Template(pod_schema.Labelled(meta.labels), given.spec)
        is_live = document.is_stored and bool(meta.uid or given.status)
        node = ""
        if given.spec and is_live:
            node, given.spec.node_name = given.spec.node_name or "", None
        elif given.spec:
            self._check(document, template, "", (ALWAYS, *_ENDING))
        source = self._build(document, meta, template, (1, ""), "")
        if source:
            source.is_live, source.node = is_live, node
            source.is_static = document.is_stored and _MIRROR in (meta.annotations or ()) and bool(node)
            source.status = self._shared.status(status, source.spec)
        return source

    def _check(
        self,
        document: Document,
        template: pod_schema.Template | None,
        path: str,
        restarts: Collection[str],
        replaced: Collection[str | None] = (),
    ) -> None:
        """Note what validation refuses in a pod spec, before it is shared without what does not bear on placement.

        At what an API server has stored it has looked itself, newer or older than ringfence.
        """
        if template and template.spec:
            spec_path = f"{path}.spec" if path else "spec"
            spot = spot_of(document, self._notebook).at(spec_path)
            check_pod(spot, template.spec, restarts, replaced)
            if not document.is_record:
                check_volumes(spot, within(document.tree(), spec_path) or {}, replaced)

    def _build(
        self,
        document: Document,
        meta: pod_schema.Meta | None,
        template: pod_schema.Template | None,
        count: Count,
        path: str = _TEMPLATE,
    ) -> PodSource | None:
        spot, meta = spot_of(document, self._notebook), meta or pod_schema.Meta()
        if not meta.name:
            spot.at("metadata.name").fault("is missing", _NAMELESS)
        if template is None or template.spec is None:
            spot.at(f"{path}.spec" if path else "spec").fault("is missing", "add the pod's spec")
            return None
        namespace, kind = meta.namespace or DEFAULT_NAMESPACE, (group_of(document.api_version), document.kind)
        account, (owner, owner_uid) = _account(template.spec), controller_of(meta, namespace)
        if owner and not document.is_stored:
            spot.state(f"{full_kind(kind)}/{namespace}/{meta.name or ''}", _CLAIMED.format(name_of(owner)))
        spec, alike, is_first = self._shared.spec(template.spec)
        return PodSource(
            id=WorkloadId(document.kind, namespace, meta.name or "", custom_group(kind)),
            api_version=document.api_version,
            spec=spec,
            alike=alike,
            where=document.where,
            document=without_body(document) if is_first or document.stand_ins else None,
            labels=self._shared.labels(meta.labels),
            template_labels=self._shared.labels(template.metadata.labels if template.metadata else None),
            template_path=path,
            pods=count[0],
            counted=count[1],
            uid=(meta.uid or "") if document.is_stored else "",
            owner=owner if document.is_stored else None,
            owner_uid=owner_uid,
            is_stored=document.is_stored,
            account=account,
            doubts=(blocked_rollouts.ENDING,) if meta.deletion_timestamp and document.is_stored else (),
            added=controller_labels.unknown_keys_of(kind),
            absent=tuple(
                dict.fromkeys(
                    (*_absent_paths("", meta, document.is_stored), *_absent_paths(path, template.metadata, document.is_stored))
                )
            ),
        )


def _selector(kind: str, spec: workload_schema.ControllerSpec, labels: Mapping[str, str]) -> Any:
    """Return how a controller knows what is its own: a ReplicationController, if it does not say it, by its pods' labels."""
    if kind == "ReplicationController":
        return spec.selector or dict(labels) or None
    return spec.selector


def _account(spec: pod_schema.PodSpec) -> str:
    """Take the name of the ServiceAccount out of a pod spec, for it does not bear on where pods may run."""
    account, spec.service_account_name, spec.service_account = spec.service_account_name or spec.service_account, None, None
    return account or ""


def _read_claim_templates(spot: Spot, given: Iterable[pod_schema.ClaimTemplate]) -> Iterator[Claim]:
    """Yield what claims a StatefulSet makes for each of its pods."""
    for index, template in enumerate(given):
        name = (template.metadata.name if template.metadata else None) or ""
        yield volumes.read_claim(spot.at(f"volumeClaimTemplates[{index}]"), "", name, template.metadata, template.spec)


def _read_start(spot: Spot, ordinals: workload_schema.Ordinals | None) -> int:
    """Return the number of a StatefulSet's first pod (pkg/controller/statefulset/stateful_set_utils.go getStartOrdinal)."""
    start = (ordinals.start if ordinals else None) or 0
    if start < 0:
        spot.at("spec.ordinals.start").fault(f"{start} is negative", "write 0 or more")
    return max(0, start)


def _absent_paths(path: str, meta: pod_schema.Labelled | pod_schema.Meta | None, is_stored: bool) -> tuple[str, ...]:
    """Return the path of the metadata, or of the labels, that what is at `path` does not have.

    An API server writes out metadata of templates that its author left out (ObjectMeta is no pointer): empty ones are none.
    """
    here = f"{path}.metadata" if path else "metadata"
    if meta is None or (is_stored and meta == type(meta)()):
        return (here,)
    return (f"{here}.labels",) if meta.labels is None else ()


def _read_replicas(spot: Spot, replicas: int | None) -> int:
    if replicas is not None and replicas < 0:
        spot.at("spec.replicas").fault(f"{replicas} is negative", "write 0 or more")
    return 1 if replicas is None else max(0, replicas)
