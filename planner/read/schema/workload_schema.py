"""The Kubernetes API as it comes in: the kinds that make pods, and only what the nouns need of them."""

from typing import Any

from planner.read.schema.pod_schema import Amounts, ClaimTemplate, Labelled, Meta, PodSpec, Resources, Template, Wire


class AnyObject(Wire):
    """What every object has."""

    metadata: Meta | None = None


class Condition(Wire):
    """One condition in a status."""

    type: str | None = None
    status: str | None = None
    reason: str | None = None


class ContainerStatus(Wire):
    """What a container of a bound pod is allocated, and what it runs with."""

    name: str | None = None
    allocated_resources: Amounts | None = None
    resources: Resources | None = None


class PodStatus(Wire):
    """Where a pod is in its life, and what its node gives it."""

    phase: str | None = None
    conditions: list[Condition] | None = None
    container_statuses: list[ContainerStatus] | None = None
    init_container_statuses: list[ContainerStatus] | None = None
    allocated_resources: Amounts | None = None
    resources: Resources | None = None


class Pod(Wire):
    """v1 Pod."""

    metadata: Meta | None = None
    spec: PodSpec | None = None
    status: PodStatus | None = None


class Rolling(Wire):
    """How a rollout replaces pods: how many it adds, how many it may end first, and how many it leaves alone."""

    max_surge: int | str | None = None
    max_unavailable: int | str | None = None
    partition: int | None = None


class Strategy(Wire):
    """A Deployment's strategy, or the updateStrategy of a DaemonSet or StatefulSet."""

    type: str | None = None
    rolling_update: Rolling | None = None


class Ordinals(Wire):
    """How the pods of a StatefulSet are numbered."""

    start: int | None = None


class ControllerSpec(Wire):
    """The spec of what keeps a number of pods alive."""

    replicas: int | None = None
    selector: Any = None
    template: Template | None = None
    volume_claim_templates: list[ClaimTemplate] | None = None
    ordinals: Ordinals | None = None
    strategy: Strategy | None = None
    update_strategy: Strategy | None = None
    paused: bool | None = None


class Controller(Wire):
    """Deployment, StatefulSet, DaemonSet, ReplicaSet, ReplicationController."""

    metadata: Meta | None = None
    spec: ControllerSpec | None = None


class FailurePattern(Wire):
    """A condition of failed pods."""

    type: str | None = None


class FailureRule(Wire):
    """What becomes of a Job of which a pod has failed in a certain way."""

    action: str | None = None
    on_pod_conditions: list[FailurePattern] | None = None


class FailurePolicy(Wire):
    """What becomes of a Job whose pods fail."""

    rules: list[FailureRule] | None = None


class JobSpec(Wire):
    """The spec of a Job."""

    parallelism: int | None = None
    completions: int | None = None
    suspend: bool | None = None
    selector: Any = None
    template: Template | None = None
    active_deadline_seconds: int | None = None
    manual_selector: bool | None = None
    completion_mode: str | None = None
    managed_by: str | None = None
    backoff_limit: int | None = None
    backoff_limit_per_index: int | None = None
    pod_failure_policy: FailurePolicy | None = None


class JobStatus(Wire):
    """How far a Job has come."""

    succeeded: int | None = None
    failed: int | None = None
    conditions: list[Condition] | None = None


class Job(Wire):
    """batch/v1 Job."""

    metadata: Meta | None = None
    spec: JobSpec | None = None
    status: JobStatus | None = None


class JobTemplate(Wire):
    """The Job that a CronJob makes."""

    metadata: Labelled | None = None
    spec: JobSpec | None = None


class CronJobSpec(Wire):
    """The spec of a CronJob."""

    suspend: bool | None = None
    job_template: JobTemplate | None = None
    schedule: str | None = None
    time_zone: str | None = None
    concurrency_policy: str | None = None


class CronJob(Wire):
    """batch/v1 CronJob."""

    metadata: Meta | None = None
    spec: CronJobSpec | None = None


class Target(Wire):
    """What an autoscaler scales, or a Rollout takes its template from."""

    api_version: str | None = None
    kind: str | None = None
    name: str | None = None


class RolloutTarget(Target):
    """What an Argo Rollout takes its template from, and whether it scales it down."""

    scale_down: str | None = None


class Canary(Rolling):
    """An Argo Rollout's canary strategy; with traffic routing the old pods stay until all new ones run."""

    traffic_routing: Any = None


class ArgoStrategy(Wire):
    """The strategy of an Argo Rollout."""

    canary: Canary | None = None
    blue_green: Any = None


class RolloutSpec(Wire):
    """The spec of an Argo Rollout, or of another custom resource that keeps a number of pods alive."""

    replicas: int | None = None
    selector: Any = None
    workload_ref: RolloutTarget | None = None
    strategy: Any = None


class Custom(Wire):
    """A custom resource that embeds a pod template, without the template."""

    metadata: Meta | None = None
    spec: RolloutSpec | None = None
