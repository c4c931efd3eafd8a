"""What keeps a controller from making pods as a plan has them, at once or after a loss: said, workload by workload.

Source: pkg/controller/statefulset/stateful_set_utils.go newVersionedStatefulSetPod, pkg/controller/deployment/sync.go sync,
pkg/controller/daemon/update.go, pkg/controller/job/job_controller.go, pkg/controller/podgc/gc_controller.go.
"""

from collections.abc import Iterator, Sequence, Set

from models.disclosure import Disclosure
from planner.read.documents.field import Notebook, Spot
from planner.read.documents.remarks import remark
from planner.read.schema import workload_schema
from planner.read.workloads.pod_source import PodSource

ENDING = remark("being deleted")
_OWN = "kubernetes.io/job-controller"
_ON_DELETE = "OnDelete"
_DEFAULT = "default"
_BACKOFF = 6
"""The backoffLimit of a Job that gives none (pkg/apis/batch/v1/defaults.go)."""


def of_controller(kind: str, spec: workload_schema.ControllerSpec, pods: int) -> Iterator[Disclosure]:
    """Say what keeps a new template from the pods of a controller."""
    given = spec.update_strategy or workload_schema.Strategy()
    if kind == "Deployment" and spec.paused:
        yield remark("paused")
    elif kind in ("DaemonSet", "StatefulSet") and given.type == _ON_DELETE:
        yield remark("on delete")
    elif kind == "StatefulSet" and given.rolling_update:
        held = min(given.rolling_update.partition or 0, pods)
        if held > 0:
            case = "partition of one" if held == 1 else "partition"
            yield remark(case, partition=given.rolling_update.partition or 0, held=held)


def of_job(spec: workload_schema.JobSpec) -> Iterator[Disclosure]:
    """Say of a Job, or of those of a CronJob, that somebody else makes their pods."""
    if spec.managed_by and spec.managed_by != _OWN:
        yield remark("managed by", manager=spec.managed_by)


def is_frail(spec: workload_schema.JobSpec, pods: int, failed: int = 0) -> bool:
    """Say whether a Job of which so many pods run may fail for good once a node with all of them is lost."""
    rules = (spec.pod_failure_policy.rules if spec.pod_failure_policy else None) or ()
    if any(rule.action == "Ignore" and _is_disruption(rule) for rule in rules):
        return False
    if spec.backoff_limit_per_index is not None:
        return pods > 0 and spec.backoff_limit_per_index == 0
    limit = _BACKOFF if spec.backoff_limit is None else spec.backoff_limit
    # All its pods fail at once with the node, on top of those that have failed before.
    return pods > 0 and failed + pods > limit


def _is_disruption(rule: workload_schema.FailureRule) -> bool:
    return any(condition.type == "DisruptionTarget" for condition in rule.on_pod_conditions or ())


def state_lost(sources: Sequence[PodSource], notebook: Notebook) -> None:
    """Name the pods that are planned, and are not made again after the loss of their node."""
    alone = (str(source.id) for source in sources if source.id.full_kind == "Pod" and source.owner is None)
    frail = (str(source.id) for source in sources if source.is_frail)
    if pods := tuple(sorted(alone)):
        Spot(notebook).state("survive", remark("alone", pods=pods))
    if workloads := tuple(sorted(frail)):
        Spot(notebook).state("survive", remark("frail", workloads=workloads))


def state_accounts(sources: Sequence[PodSource], known: Set[tuple[str, str]], notebook: Notebook) -> None:
    """Name the ServiceAccounts that are not in the input, and whose pods do not run yet."""
    wanted = {
        (source.id.namespace, source.account)
        for source in sources
        if source.account and not source.running and not source.is_live
    }
    running = {(source.id.namespace, source.account) for source in sources if source.running or source.is_live}
    # A controller makes this account in every namespace.
    missing = tuple(sorted(f"{space}/{name}" for space, name in wanted - running - known if name != _DEFAULT))
    if missing:
        case = "accounts missing" if len(missing) > 1 else "account missing"
        Spot(notebook).state("ServiceAccount", remark(case, accounts=missing))
