"""The Kubernetes API as it comes in: the kinds that make pods, and only what the nouns need of them."""

from planner.read.wire import Meta, PodSpec, Template, Wire


class AnyObject(Wire):
    """What every object has."""

    metadata: Meta | None = None


class PodStatus(Wire):
    """Where a pod is in its life."""

    phase: str | None = None


class Pod(Wire):
    """v1 Pod."""

    metadata: Meta | None = None
    spec: PodSpec | None = None
    status: PodStatus | None = None


class ClaimTemplate(Wire):
    """An entry of a StatefulSet's volumeClaimTemplates."""

    metadata: Meta | None = None


class ControllerSpec(Wire):
    """The spec of what keeps a number of pods alive."""

    replicas: int | None = None
    template: Template | None = None
    volume_claim_templates: list[ClaimTemplate] | None = None


class Controller(Wire):
    """Deployment, StatefulSet, DaemonSet, ReplicaSet, ReplicationController."""

    metadata: Meta | None = None
    spec: ControllerSpec | None = None


class JobSpec(Wire):
    """The spec of a Job."""

    parallelism: int | None = None
    completions: int | None = None
    suspend: bool | None = None
    template: Template | None = None


class Condition(Wire):
    """One condition in a status."""

    type: str | None = None
    status: str | None = None


class JobStatus(Wire):
    """How far a Job has come."""

    succeeded: int | None = None
    conditions: list[Condition] | None = None


class Job(Wire):
    """batch/v1 Job."""

    metadata: Meta | None = None
    spec: JobSpec | None = None
    status: JobStatus | None = None


class JobTemplate(Wire):
    """The Job that a CronJob makes."""

    spec: JobSpec | None = None


class CronJobSpec(Wire):
    """The spec of a CronJob."""

    suspend: bool | None = None
    job_template: JobTemplate | None = None


class CronJob(Wire):
    """batch/v1 CronJob."""

    metadata: Meta | None = None
    spec: CronJobSpec | None = None


class Target(Wire):
    """What an autoscaler scales, or a Rollout takes its template from."""

    api_version: str | None = None
    kind: str | None = None
    name: str | None = None


class RolloutSpec(Wire):
    """The spec of an Argo Rollout, or of another custom resource that keeps a number of pods alive."""

    replicas: int | None = None
    workload_ref: Target | None = None


class Custom(Wire):
    """A custom resource that embeds a pod template, without the template."""

    metadata: Meta | None = None
    spec: RolloutSpec | None = None
