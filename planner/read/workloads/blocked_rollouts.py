"""What keeps a controller from making pods as a plan has them, at once or after a loss: said, workload by workload.

Source: pkg/controller/statefulset/stateful_set_utils.go newVersionedStatefulSetPod, pkg/controller/deployment/sync.go sync,
pkg/controller/daemon/update.go, pkg/controller/job/job_controller.go, pkg/controller/podgc/gc_controller.go.
"""

from collections.abc import Iterator, Sequence, Set

from planner.read.documents.field import Notebook, Spot
from planner.read.schema import workload_schema
from planner.read.workloads.pod_source import PodSource
from planner.words import some

ENDING = "is being deleted: no more pods of it are made, though the plan has room for them"
_OWN = "kubernetes.io/job-controller"
_ON_DELETE = "OnDelete"
_PAUSED = "is paused: the patch reaches none of its pods until it is resumed, and if it is new it has none until then"
_WAITING = "updateStrategy OnDelete: the patch reaches a pod that runs already only once somebody deletes that"
_HELD = (
    "updateStrategy with partition {}: if {} already, the patch does not reach {}, also when made again, until the partition is 0"
)
_FOREIGN = "managedBy {}: that makes its pods, not the controller of Jobs; how many, and like its template or not, is not known"
_ALONE = "{}: a Pod that nothing controls is not made again once its node is lost"
_FRAIL = "{}: pods that are lost with a node have failed, which may be more of them than backoffLimit allows: the Job fails then"
_ACCOUNTS = "{} not in the input: unless the cluster has {}, it makes no pods for those who name {}"
_DEFAULT = "default"
_BACKOFF = 6
"""The backoffLimit of a Job that gives none (pkg/apis/batch/v1/defaults.go)."""


def of_controller(kind: str, spec: workload_schema.ControllerSpec, pods: int) -> Iterator[str]:
    """Say what keeps a new template from the pods of a controller."""
    given = spec.update_strategy or workload_schema.Strategy()
    if kind == "Deployment" and spec.paused:
        yield _PAUSED
    elif kind in ("DaemonSet", "StatefulSet") and given.type == _ON_DELETE:
        yield _WAITING
    elif kind == "StatefulSet" and given.rolling_update:
        held = min(given.rolling_update.partition or 0, pods)
        if held > 0:
            whom = ("its first pod runs", "it") if held == 1 else (f"its first {held} pods run", "them")
            yield _HELD.format(given.rolling_update.partition, *whom)


def of_job(spec: workload_schema.JobSpec) -> Iterator[str]:
    """Say of a Job, or of those of a CronJob, that somebody else makes their pods."""
    if spec.managed_by and spec.managed_by != _OWN:
        yield _FOREIGN.format(spec.managed_by)


def is_frail(spec: workload_schema.JobSpec, pods: int, failed: int = 0) -> bool:
    """Say whether a Job of which so many pods run may fail for good once a node with all of them is lost."""
    rules = (spec.pod_failure_policy.rules if spec.pod_failure_policy else None) or ()
    if any(rule.action == "Ignore" and _is_disruption(rule) for rule in rules):
        return False
    if spec.backoff_limit_per_index is not None:
        return pods > 0 and spec.backoff_limit_per_index == 0
    limit = _BACKOFF if spec.backoff_limit is None else spec.backoff_limit
    return pods > 0 and failed + pods > limit


def _is_disruption(rule: workload_schema.FailureRule) -> bool:
    return any(condition.type == "DisruptionTarget" for condition in rule.on_pod_conditions or ())


def state_lost(sources: Sequence[PodSource], notebook: Notebook) -> None:
    """Name the pods that are planned, and are not made again after the loss of their node."""
    alone = [source for source in sources if source.id.full_kind == "Pod" and source.owner is None]
    frail = [source for source in sources if source.is_frail]
    for message, lost in ((_ALONE, alone), (_FRAIL, frail)):
        if lost:
            Spot(notebook).state("survive", message.format(some(sorted(str(source.id) for source in lost))))


def state_accounts(sources: Sequence[PodSource], known: Set[tuple[str, str]], notebook: Notebook) -> None:
    """Name the ServiceAccounts that are not in the input, and whose pods do not run yet."""
    wanted = {
        (source.id.namespace, source.account)
        for source in sources
        if source.account and not source.running and not source.is_live
    }
    running = {(source.id.namespace, source.account) for source in sources if source.running or source.is_live}
    missing = sorted(f"{space}/{name}" for space, name in wanted - running - known if name != _DEFAULT)
    if missing:
        several = len(missing) > 1
        are, them = ("are", "them") if several else ("is", "it")
        Spot(notebook).state("ServiceAccount", _ACCOUNTS.format(f"{some(missing)} {are}", them, them))
