"""Documents that make pods -> pod sources: which template, and how many pods.

How many is what each controller does: replicas for what keeps a number alive, what is still to do for a Job, the runs that
may overlap for a CronJob, one pod on each node for a DaemonSet (counted as 0). What a rollout adds is counted in the end.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from models.kubernetes.storage import Claim
from models.trust import Demand
from planner.read.documents.document import Document
from planner.read.documents.field import Notebook, Spot, spot_of
from planner.read.documents.identity import DEFAULT_NAMESPACE
from planner.read.documents.remarks import remark
from planner.read.pods import controller_labels
from planner.read.schema import pod_schema, workload_schema
from planner.read.schema.known_kinds import Kind
from planner.read.storage import volumes
from planner.read.validation.objects import check_object
from planner.read.validation.pod_spec import ALWAYS, NEVER, ON_FAILURE, check_selector
from planner.read.workloads import blocked_rollouts
from planner.read.workloads.ended_pods import EndedPods
from planner.read.workloads.pod_count.job_pods import cron_job_count, job_count
from planner.read.workloads.pod_count.rollout_strategy import of_deployment, state_daemon_surge
from planner.read.workloads.pod_source import PodSource
from planner.read.workloads.pod_source_builder import TEMPLATE, PodSourceBuilder, absent_paths

_FINISHED = ("Complete", "Failed")
_MIRROR = "kubernetes.io/config.mirror"
_JOB_TEMPLATE = "spec.jobTemplate.spec.template"
_ENDING = (ON_FAILURE, NEVER)
_OVER = ("Succeeded", "Failed")


class ControllerReader:
    """Reads the kinds of Kubernetes itself that make pods."""

    def __init__(self, notebook: Notebook, demand: Demand, builder: PodSourceBuilder) -> None:
        """Count as demand says; write faults and statements into the notebook."""
        self._notebook = notebook
        self._demand = demand
        self._builder = builder
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

    def _controller(self, document: Document) -> PodSource | None:
        given = document.decode(workload_schema.Controller)
        spec = given.spec or workload_schema.ControllerSpec()
        spot = spot_of(document, self._notebook)
        count = (0 if document.kind == "DaemonSet" else _read_replicas(spot, spec.replicas), "")
        claimed = {template.metadata.name for template in spec.volume_claim_templates or () if template.metadata}
        self._builder.check(document, spec.template, TEMPLATE, (ALWAYS,), claimed)
        source = self._builder.build(document, given.metadata, spec.template, count)
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
        spec = given.spec or workload_schema.JobSpec()
        status = (given.status if document.is_stored else None) or workload_schema.JobStatus()
        if any(condition.type in _FINISHED and condition.status == "True" for condition in status.conditions or ()):
            self._ended.leave_out_job(document, given.metadata)
            return None
        count = job_count(spot_of(document, self._notebook).at("spec"), spec, status.succeeded or 0)
        self._builder.check(document, spec.template, TEMPLATE, _ENDING)
        source = self._builder.build(document, given.metadata, spec.template, count)
        if source:
            if spec.manual_selector:
                source.selector = spec.selector
                check_selector(spot_of(document, self._notebook).at("spec"), document.kind, spec.selector, source.template_labels)
            labels, source.added = controller_labels.of_job(source.id.name, spec, source.template_labels)
            source.template_labels = self._builder.shared.labels(labels)
            source.doubts += tuple(blocked_rollouts.of_job(spec))
            source.is_frail = blocked_rollouts.is_frail(spec, source.pods, status.failed or 0)
        return source

    def _cron_job(self, document: Document) -> PodSource | None:
        given = document.decode(workload_schema.CronJob)
        spec = given.spec or workload_schema.CronJobSpec()
        job = (spec.job_template.spec if spec.job_template else None) or workload_schema.JobSpec()
        self._builder.check(document, job.template, _JOB_TEMPLATE, _ENDING)
        source = self._builder.build(document, given.metadata, job.template, (0, ""), _JOB_TEMPLATE)
        if source:
            spot = spot_of(document, self._notebook).at("spec")
            source.pods, source.counted = cron_job_count(spot, str(source.id), spec, self._demand)
            source.later = source.pods
            meta = spec.job_template.metadata if spec.job_template else None
            source.run_labels = self._builder.shared.labels(meta.labels if meta else None)
            source.absent += absent_paths("spec.jobTemplate", meta, document.is_stored)
            source.doubts += tuple(blocked_rollouts.of_job(job))
            # In a notebook of its own: what is wrong with these numbers was noted when they were counted above.
            source.is_frail = blocked_rollouts.is_frail(job, job_count(Spot(Notebook()), job, 0)[0])
            source.added = controller_labels.of_runs(job, source.template_labels)
        return source

    def _pod_template(self, document: Document) -> PodSource | None:
        meta = document.decode(workload_schema.AnyObject).metadata or pod_schema.Meta()
        name = f"PodTemplate/{meta.namespace or DEFAULT_NAMESPACE}/{meta.name or ''}"
        spot_of(document, self._notebook).state(name, remark("PodTemplate"))
        return None

    def _pod(self, document: Document) -> PodSource | None:
        given = document.decode(workload_schema.Pod)
        meta = given.metadata or pod_schema.Meta()
        status = (given.status if document.is_stored else None) or workload_schema.PodStatus()
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
            # kube-scheduler has written it: to leave it would tie the pod that is planned to the node where it runs today.
            node, given.spec.node_name = given.spec.node_name or "", None
        elif given.spec:
            self._builder.check(document, template, "", (ALWAYS, *_ENDING))
        source = self._builder.build(document, meta, template, (1, ""), "")
        if source:
            source.is_live, source.node = is_live, node
            source.is_static = document.is_stored and _MIRROR in (meta.annotations or ()) and bool(node)
            source.status = self._builder.shared.status(status, source.spec)
        return source


def _selector(kind: str, spec: workload_schema.ControllerSpec, labels: Mapping[str, str]) -> Any:
    """Return how a controller knows what is its own: a ReplicationController, if it does not say it, by its pods' labels."""
    if kind == "ReplicationController":
        return spec.selector or dict(labels) or None
    return spec.selector


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


def _read_replicas(spot: Spot, replicas: int | None) -> int:
    if replicas is not None and replicas < 0:
        spot.at("spec.replicas").fault(f"{replicas} is negative", "write 0 or more")
    return 1 if replicas is None else max(0, replicas)
